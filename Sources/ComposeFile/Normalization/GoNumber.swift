/// Numbers in the text forms of Go, which hashes and labels depend on.
enum GoNumber {
  /// As `%v` prints a float64: shortest digits, with an exponent of at least two digits below 1e-4 and from 1e6 on
  /// (`1e+06`, `1.2345675e+06`).
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
    let (isNegative, digits, point) = Self.digits(of: value.description)
    let sign = isNegative ? "-" : ""
    if digits == "0" { return sign + "0" }
    let exponent = point - 1
    return sign
      + (exponent < -4 || exponent >= 6 ? scientific(digits, exponent, minimumDigits: 2) : plain(digits, point))
  }

  /// A number whose shortest decimal text is that of the nearest float32.
  static func singlePrecision(_ value: Double) -> ComposeValue {
    let single = Float(value)
    if let whole = Int(exactly: single), whole.magnitude < 1 << 53 { return .int(whole) }
    return .double(Double(single.description) ?? value)
  }

  /// As Go's `encoding/json` prints a float64.
  static func json(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    let (isNegative, digits, point) = Self.digits(of: value.description)
    let sign = isNegative ? "-" : ""
    if digits == "0" { return sign + "0" }
    let magnitude = abs(value)
    return sign
      + (magnitude < 1e-6 || magnitude >= 1e21
        ? scientific(digits, point - 1, minimumDigits: 1) : plain(digits, point))
  }

  /// The significant digits, and how many of them stand before the decimal point.
  private static func digits(of description: String) -> (isNegative: Bool, digits: String, point: Int) {
    var text = Substring(description)
    let isNegative = text.hasPrefix("-")
    if isNegative { text.removeFirst() }
    var exponent = 0
    if let e = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      exponent = Int(text[text.index(after: e)...].drop { $0 == "+" }) ?? 0
      text = text[..<e]
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let whole = parts.first.map(String.init) ?? "0"
    let fraction = parts.count > 1 ? String(parts[1]) : ""
    var digits = whole + fraction
    var point = whole.utf8.count + exponent
    while digits.hasPrefix("0"), digits.utf8.count > 1 {
      digits.removeFirst()
      point -= 1
    }
    while digits.hasSuffix("0"), digits.utf8.count > 1 { digits.removeLast() }
    return (isNegative, digits, digits == "0" ? 1 : point)
  }

  private static func plain(_ digits: String, _ point: Int) -> String {
    if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
    let count = digits.utf8.count
    if point >= count { return digits + String(repeating: "0", count: point - count) }
    return digits.prefix(point) + "." + digits.dropFirst(point)
  }

  private static func scientific(_ digits: String, _ exponent: Int, minimumDigits: Int) -> String {
    let mantissa = digits.utf8.count == 1 ? digits : digits.prefix(1) + "." + digits.dropFirst()
    let power = String(abs(exponent))
    let padding = String(repeating: "0", count: max(0, minimumDigits - power.utf8.count))
    return "\(mantissa)e\(exponent < 0 ? "-" : "+")\(padding)\(power)"
  }
}
