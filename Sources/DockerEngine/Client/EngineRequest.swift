/// The methods that the Engine API has.
enum EngineMethod: String, Sendable {
  case GET, HEAD, POST, PUT, DELETE
}

/// One call before it is sent.
struct EngineRequest: Sendable {
  enum Body: Sendable {
    case none
    case json([UInt8])
  }

  var method: EngineMethod
  /// Escaped, without version: `/containers/json`.
  var path: String
  var query = EngineQuery()
  var headers: [(name: String, value: String)] = []
  var body = Body.none
  /// For errors, when the path does not tell what the call is about.
  var subject: String?
  /// For the whole call, or for the head of an answer that is a stream.
  var limit: Duration
  var answerBytes: Int
  /// POSTs that change nothing may be repeated as GETs are.
  var isRead: Bool
  /// Goes over a connection of its own, never one that was kept.
  var isOnNewConnection = false

  init(_ method: EngineMethod, _ path: String, limit: Duration, answerBytes: Int) {
    self.method = method
    self.path = path
    self.limit = limit
    self.answerBytes = answerBytes
    isRead = method == .GET || method == .HEAD
  }
}

/// The query of a call; values are escaped, empty ones left out.
struct EngineQuery: Sendable {
  private(set) var text = ""

  mutating func add(_ name: String, _ value: String?) {
    guard let value, !value.isEmpty else { return }
    text += "\(text.isEmpty ? "?" : "&")\(name)=\(escaped(value, keeping: ""))"
  }

  mutating func add(_ name: String, _ flag: Bool) {
    if flag { add(name, "1") }
  }

  mutating func add(_ filters: EngineFilters) {
    add("filters", filters.json)
  }
}

/// Filters of lists, prunes and events: for each key the values of which one must match (labels: all of them).
package struct EngineFilters: ExpressibleByDictionaryLiteral, Hashable, Sendable {
  package var values: [String: [String]]

  package init(_ values: [String: [String]] = [:]) { self.values = values }

  package init(dictionaryLiteral elements: (String, [String])...) {
    values = Dictionary(elements, uniquingKeysWith: +)
  }

  /// All of these labels; nil as value asks for the label's presence only.
  package static func labels(_ labels: [String: String?]) -> EngineFilters {
    EngineFilters(["label": labels.map { name, value in value.map { "\(name)=\($0)" } ?? name }.sorted()])
  }

  /// Empty when there is nothing to filter by.
  var json: String {
    if values.isEmpty { return "" }
    let members = values.sorted { $0.key < $1.key }.map { key, values in
      "\(jsonText(key)):[\(values.map(jsonText).joined(separator: ","))]"
    }
    return "{\(members.joined(separator: ","))}"
  }
}

private func jsonText(_ text: String) -> String {
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}

/// Percent-escapes all but the unreserved characters of RFC 3986 and those of `keeping`.
func escaped(_ text: String, keeping: String) -> String {
  let kept = Set(keeping.utf8)
  var result: [UInt8] = []
  result.reserveCapacity(text.utf8.count)
  let digits = Array("0123456789ABCDEF".utf8)
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
      result.append(byte)
    case _ where kept.contains(byte): result.append(byte)
    default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
  return String(decoding: result, as: UTF8.self)
}

/// A name or Id as one segment of a path; what would change the path's meaning is refused.
func segment(_ name: String, _ what: String) throws(EngineError) -> String {
  guard !name.isEmpty, name != ".", name != ".." else { throw .badArgument("\"\(name)\" cannot be the name of a \(what)") }
  return escaped(name, keeping: ":@")
}

/// An image reference in a path, where slashes stay.
func imageSegment(_ reference: String) throws(EngineError) -> String {
  let parts = reference.split(separator: "/", omittingEmptySubsequences: false)
  guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
    throw .badArgument("\"\(reference)\" is not an image reference")
  }
  return escaped(reference, keeping: "/:@")
}
