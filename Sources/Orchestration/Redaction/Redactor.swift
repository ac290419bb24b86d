package import ComposeFile
import FoundationEssentials

/// Takes known secret values out of text (S-SEC-4).
package struct Redactor: Sendable {
  /// Shorter values would take harmless text with them.
  private static let shortest = 6

  /// Longest first, so that no part of a longer one is left.
  private let values: [String]

  /// - Parameter values: as they are; their Base64 and percent-encoded forms are taken out too.
  package init(_ values: some Sequence<String>) {
    var all: Set<String> = []
    for value in values {
      let lines = value.split(whereSeparator: \.isNewline).map(String.init)
      for text in Set(lines + [value]) where text.utf8.count >= Self.shortest {
        all.insert(text)
        all.insert(Data(text.utf8).base64EncodedString())
        all.insert(Self.percentEncoded(text))
      }
    }
    self.values = all.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
  }

  /// The secret values of a project: of variables, environment entries and arguments whose names say so, of URLs with a password,
  /// and the content of secrets.
  /// - Parameters:
  ///   - secrets: variables that are secret whatever they are called.
  ///   - environments: also of these, such as those of running containers.
  ///   - known: values that are secret wherever they come from.
  package init(
    project: Project, variables: [String: String?], secrets: Set<String> = [], environments: [[String: String]] = [],
    known: [String] = []
  ) {
    self.init(known + Self.values(of: project, variables: variables, secrets: secrets, environments: environments))
  }

  static func values(
    of project: Project, variables: [String: String?], secrets: Set<String> = [], environments: [[String: String]] = []
  ) -> [String] {
    var values: [String] = []
    func add(_ name: String, _ value: String?) {
      guard let value else { return }
      if secrets.contains(name) || SecretName.looksSecret(name) {
        values.append(value)
      } else if let password = Self.password(inURL: value) {
        values.append(password)
      }
    }
    for (name, value) in variables { add(name, value) }
    for service in project.services {
      for (name, value) in service.environment { add(name, value) }
      for (name, value) in service.buildSection?.arguments ?? [:] { add(name, value) }
      for (name, value) in service.labels { add(name, value) }
      let hooks = service.postStart + service.preStop
      for hook in hooks {
        for (name, value) in hook.environment { add(name, value) }
      }
      for command in [service.command, service.entrypoint, service.healthcheck?.test] + hooks.map(\.command) {
        values += SecretArguments.values(in: command ?? [])
      }
    }
    for environment in environments {
      for (name, value) in environment { add(name, value) }
    }
    for secret in project.secrets.values {
      switch secret.source {
      case .environment(_, let value?), .content(let value): values.append(value)
      case .environment, .file, .external: break
      }
    }
    return values
  }

  package func redacted(_ text: String) -> String {
    hidingCut(values.reduce(text) { Self.hiding($1, in: $0) })
  }

  /// Also the beginning of a value that was cut off: differences are shortened before anybody knows what is secret in them.
  private func hidingCut(_ text: String) -> String {
    let mark = Array("...".utf8)
    guard !values.isEmpty, text.firstRange(of: "...") != nil else { return text }
    let beginnings = values.map { Array($0.utf8.prefix(Self.cutLimit)) }
    var rest = Array(text.utf8)[...]
    var result: [UInt8] = []
    while let dots = rest.firstRange(of: mark) {
      let before = rest[..<dots.lowerBound]
      let longest = beginnings.lazy.map { Self.overlap($0, endOf: before) }.max() ?? 0
      result += before.dropLast(longest)
      if longest > 0 { result += "•••".utf8 }
      result += mark
      rest = rest[dots.upperBound...]
    }
    return String(decoding: result + rest, as: UTF8.self)
  }

  /// Bytes of a text that is cut off, of 80 characters.
  private static let cutLimit = 320

  /// How much of the beginning of a value a text ends with; 0 for less than counts.
  private static func overlap(_ value: [UInt8], endOf text: ArraySlice<UInt8>) -> Int {
    let most = min(value.count, text.count)
    guard most >= shortest else { return 0 }
    return (shortest...most).last { text.suffix($0).elementsEqual(value.prefix($0)) } ?? 0
  }

  /// By bytes: a mark that combines with the end of a value does not keep it from being found.
  private static func hiding(_ value: String, in text: String) -> String {
    let wanted = Array(value.utf8)
    guard let first = wanted.first, text.utf8.count >= wanted.count else { return text }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var rest = bytes[...]
    while let start = rest.firstIndex(of: first) {
      if rest[start...].starts(with: wanted) {
        result += rest[..<start] + "•••".utf8
        rest = rest[(start + wanted.count)...]
      } else {
        result += rest[...start]
        rest = rest[(start + 1)...]
      }
    }
    return result.isEmpty ? text : String(decoding: result + rest, as: UTF8.self)
  }

  /// `scheme://user:PASSWORD@…` (RFC 3986, 3.2.1).
  static func password(inURL text: String) -> String? {
    guard let scheme = text.firstRange(of: "://") else { return nil }
    let authority = text[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else { return nil }
    return String(authority[authority.index(after: colon)..<at])
  }

  private static func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
