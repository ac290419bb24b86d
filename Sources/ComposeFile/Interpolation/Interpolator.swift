/// Replaces the variables of a text: `$NAME`, `${NAME}`, and `${NAME…}` with `:-` `-` `:+` `+` `:?` `?`, nested; `$$` is `$`.
///
/// A `$` that begins none of these stays as it is. See "Interpolation" in the Compose Specification.
struct Interpolator {
  /// Why a text cannot be interpolated.
  enum Failure: Error, Hashable {
    /// A `${…}` that is not one of the forms.
    case malformed(String)
    /// `${NAME:?message}` without a value.
    case required(name: String, message: String)
    /// Nested, or grown, beyond what any real file needs.
    case tooLarge
  }

  /// What was looked up on the way.
  struct Trace {
    /// Names without value and default, once for each use.
    var unset: [String] = []
    var values: [String: String?] = [:]
    /// False: `values` stays empty, and a value may change from one text to the next.
    var keepsValues = true
    /// Bytes that values of variables have put into results so far.
    var expandedBytes = 0
  }

  /// Bytes that variables may put into all texts of one document, or of one env file.
  private static let expansionLimit = 4 << 20

  private static let nestingLimit = 32
  /// Bytes of one result.
  private static let resultLimit = 1 << 20

  private let value: (String) -> String?

  init(_ value: @escaping (String) -> String?) { self.value = value }

  func substitute(_ text: String, _ trace: inout Trace) throws(Failure) -> String {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
    return try substitute(Array(text.utf8), &trace)
  }

  /// The text is UTF-8.
  func substitute(_ text: [UInt8], _ trace: inout Trace) throws(Failure) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    try expand(text[...], into: &result, &trace, depth: 0)
    return String(decoding: result, as: UTF8.self)
  }

  private func expand(
    _ text: ArraySlice<UInt8>, into result: inout [UInt8], _ trace: inout Trace, depth: Int
  ) throws(Failure) {
    guard depth <= Self.nestingLimit else { throw .tooLarge }
    var at = text.startIndex
    while let dollar = text[at...].firstIndex(of: UInt8(ascii: "$")) {
      result += text[at..<dollar]
      at = dollar + 1
      guard at < text.endIndex else {
        result.append(UInt8(ascii: "$"))
        break
      }
      switch text[at] {
      case UInt8(ascii: "$"):
        result.append(UInt8(ascii: "$"))
        at += 1
      case UInt8(ascii: "{"):
        at = try braced(text, from: dollar, into: &result, &trace, depth: depth)
      case let byte where byte.startsName:
        let end = Self.nameEnd(text, from: at)
        try append(plain(text[at..<end], &trace), to: &result, &trace)
        at = end
      default:
        result.append(UInt8(ascii: "$"))
      }
      guard result.count <= Self.resultLimit else { throw .tooLarge }
    }
    result += text[at...]
  }

  /// Expands the `${` at `start`; returns where the text goes on.
  private func braced(
    _ text: ArraySlice<UInt8>, from start: Int, into result: inout [UInt8], _ trace: inout Trace, depth: Int
  ) throws(Failure) -> Int {
    let nameStart = start + 2
    let nameEnd = Self.nameEnd(text, from: nameStart)
    guard nameEnd > nameStart, nameEnd < text.endIndex else { throw Self.malformed(text, from: start) }
    if text[nameEnd] == UInt8(ascii: "}") {
      try append(plain(text[nameStart..<nameEnd], &trace), to: &result, &trace)
      return nameEnd + 1
    }
    let countsEmpty = text[nameEnd] == UInt8(ascii: ":")
    let sign = countsEmpty ? nameEnd + 1 : nameEnd
    guard sign < text.endIndex, let end = Self.closingBrace(text, from: start), end > sign else {
      throw Self.malformed(text, from: start)
    }
    let name = String(decoding: text[nameStart..<nameEnd], as: UTF8.self)
    let word = text[(sign + 1)..<end]
    let value = lookUp(name, &trace).flatMap { countsEmpty && $0.isEmpty ? nil : $0 }
    // A word that is not needed is not looked at, as in Compose: what it requires is not required.
    switch (text[sign], value) {
    case (UInt8(ascii: "-"), let value?), (UInt8(ascii: "?"), let value?): try append(value, to: &result, &trace)
    case (UInt8(ascii: "-"), nil), (UInt8(ascii: "+"), _?): try expand(word, into: &result, &trace, depth: depth + 1)
    case (UInt8(ascii: "+"), nil): break
    case (UInt8(ascii: "?"), nil):
      var message: [UInt8] = []
      try expand(word, into: &message, &trace, depth: depth + 1)
      throw .required(name: name, message: String(decoding: message, as: UTF8.self))
    default: throw Self.malformed(text, from: start)
    }
    return end + 1
  }

  private func append(_ value: String, to result: inout [UInt8], _ trace: inout Trace) throws(Failure) {
    trace.expandedBytes += value.utf8.count
    guard trace.expandedBytes <= Self.expansionLimit else { throw .tooLarge }
    result += value.utf8
  }

  private func plain(_ name: ArraySlice<UInt8>, _ trace: inout Trace) -> String {
    let name = String(decoding: name, as: UTF8.self)
    guard let known = lookUp(name, &trace) else {
      trace.unset.append(name)
      return ""
    }
    return known
  }

  private func lookUp(_ name: String, _ trace: inout Trace) -> String? {
    guard trace.keepsValues else { return value(name) }
    if let known = trace.values[name] { return known }
    let known = value(name)
    trace.values[name] = .some(known)
    return known
  }

  private static func nameEnd(_ text: ArraySlice<UInt8>, from start: Int) -> Int {
    guard start < text.endIndex, text[start].startsName else { return start }
    return text[start...].firstIndex { !$0.continuesName } ?? text.endIndex
  }

  /// The `}` that closes the `${` at `start`, on the same line: the one that balances the braces (the byte after a `{` is
  /// not looked at, as in Compose), else the last one.
  private static func closingBrace(_ text: ArraySlice<UInt8>, from start: Int) -> Int? {
    var open = 0
    var last: Int?
    var at = start
    while at < text.endIndex, text[at] != UInt8(ascii: "\n") {
      if text[at] == UInt8(ascii: "}") {
        last = at
        open -= 1
        if open == 0 { return at }
      } else if text[at] == UInt8(ascii: "{") {
        open += 1
        at += 1
        guard at < text.endIndex else { break }
        if text[at] == UInt8(ascii: "}") { last = at }
        if text[at] == UInt8(ascii: "\n") { break }
      }
      at += 1
    }
    return last
  }

  private static func malformed(_ text: ArraySlice<UInt8>, from start: Int) -> Failure {
    let line = text[start...].prefix { $0 != UInt8(ascii: "\n") }
    return .malformed(String(decoding: line.prefix(60), as: UTF8.self))
  }
}

extension UInt8 {
  fileprivate var startsName: Bool { self == UInt8(ascii: "_") || (65...90).contains(self) || (97...122).contains(self) }
  fileprivate var continuesName: Bool { startsName || (48...57).contains(self) }
}
