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

  /// The secret values of a project: of variables and environment entries whose names say so, of URLs with a password, and the
  /// content of secrets.
  /// - Parameter environments: also of these, such as those of running containers.
  package init(project: Project, variables: [String: String?], environments: [[String: String]] = []) {
    var values: [String] = []
    func add(_ name: String, _ value: String?) {
      guard let value else { return }
      if SecretName.looksSecret(name) {
        values.append(value)
      } else if let password = Self.password(inURL: value) {
        values.append(password)
      }
    }
    for (name, value) in variables { add(name, value) }
    for service in project.services {
      for (name, value) in service.environment { add(name, value) }
      for (name, value) in service.buildSection?.arguments ?? [:] { add(name, value) }
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
    self.init(values)
  }

  package func redacted(_ text: String) -> String {
    values.reduce(text) { Self.hiding($1, in: $0) }
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
  private static func password(inURL text: String) -> String? {
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
