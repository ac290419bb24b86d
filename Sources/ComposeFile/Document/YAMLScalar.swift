/// The type of an unquoted YAML scalar, as Docker Compose's parser sees it: the YAML 1.2 core types, and of YAML 1.1
/// the leading-zero octals, `_` in numbers, binary integers and timestamps. `yes`, `no`, `on` and `off` are strings.
enum YAMLScalar {
  static func resolve(_ text: String) -> Node.Content {
    guard let first = text.utf8.first else { return .null }
    if text.utf8.count <= 5, let word = word(text) { return word }
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard digits.contains(first) || first == UInt8(ascii: "+") || first == UInt8(ascii: "-") || first == UInt8(ascii: ".")
    else { return .string(text) }
    if digits.contains(first), let time = timestamp(text) { return .timestamp(time) }
    return number(text) ?? .string(text)
  }

  /// A word that stands for something else than text.
  private static func word(_ text: String) -> Node.Content? {
    switch text {
    case "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case ".nan", ".NaN", ".NAN": return .double(.nan)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .double(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .double(-.infinity)
    default: return nil
    }
  }

  private static func number(_ text: String) -> Node.Content? {
    let plain = text.utf8.contains(UInt8(ascii: "_")) ? text.replacing("_", with: "") : text
    if let value = integer(plain) { return .int(value) }
    guard isFloat(plain), let value = Double(plain) else { return nil }
    return .double(value)
  }

  private static func integer(_ text: String) -> Int? {
    var body = Substring(text)
    var sign = ""
    if let first = body.first, first == "-" || first == "+" {
      sign = first == "-" ? "-" : ""
      body.removeFirst()
    }
    guard let first = body.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return nil }
    if body.count > 1, first == UInt8(ascii: "0") {
      let rest = body.dropFirst()
      switch rest.first {
      case "x", "X": return integer(sign, rest.dropFirst(), radix: 16)
      case "o", "O": return integer(sign, rest.dropFirst(), radix: 8)
      case "b", "B": return integer(sign, rest.dropFirst(), radix: 2)
      default: return integer(sign, rest, radix: 8)
      }
    }
    return Int(sign + body)
  }

  /// A second sign, as in `0-3`, makes it a text.
  private static func integer(_ sign: String, _ digits: Substring, radix: Int) -> Int? {
    digits.first == "-" || digits.first == "+" ? nil : Int(sign + digits, radix: radix)
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, the float of the YAML 1.2 core schema.
  private static func isFloat(_ text: String) -> Bool {
    var rest = text.utf8[...]
    func digit(_ byte: UInt8?) -> Bool { byte.map { (48...57).contains($0) } ?? false }
    func skipDigits() -> Int {
      var count = 0
      while digit(rest.first) {
        rest.removeFirst()
        count += 1
      }
      return count
    }
    if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { rest.removeFirst() }
    let whole = skipDigits()
    var fraction = 0
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      fraction = skipDigits()
    }
    guard whole + fraction > 0 else { return false }
    if let e = rest.first, e == UInt8(ascii: "e") || e == UInt8(ascii: "E") {
      rest.removeFirst()
      if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { rest.removeFirst() }
      guard skipDigits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  /// A date, or a date and a time, in the text form of Go's `time.Time`; nil when `text` is neither.
  private static func timestamp(_ text: String) -> String? {
    guard (8...40).contains(text.utf8.count) else { return nil }
    let bytes = Array(text.utf8)
    var at = 0
    func number(_ width: ClosedRange<Int>) -> Int? {
      var value = 0
      var length = 0
      while length < width.upperBound, at < bytes.count, (48...57).contains(bytes[at]) {
        value = value * 10 + Int(bytes[at] - 48)
        at += 1
        length += 1
      }
      return length >= width.lowerBound ? value : nil
    }
    func take(_ byte: Character) -> Bool {
      guard at < bytes.count, bytes[at] == byte.asciiValue else { return false }
      at += 1
      return true
    }
    guard let year = number(4...4), take("-"), let month = number(1...2), take("-"), let day = number(1...2),
      (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    func pad(_ value: Int, _ width: Int = 2) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let date = "\(pad(year, 4))-\(pad(month))-\(pad(day))"
    if at == bytes.count { return "\(date) 00:00:00 +0000 UTC" }
    guard take("T") || take("t") || take(" ") else { return nil }
    while take(" ") {}
    guard let hour = number(1...2), take(":"), let minute = number(2...2), take(":"), let second = number(2...2),
      hour < 24, minute < 60, second < 60
    else { return nil }
    var fraction = ""
    if take(".") {
      while at < bytes.count, (48...57).contains(bytes[at]) {
        fraction.append(Character(Unicode.Scalar(bytes[at])))
        at += 1
      }
      while fraction.hasSuffix("0") { fraction.removeLast() }
    }
    let clock = "\(pad(hour)):\(pad(minute)):\(pad(second))\(fraction.isEmpty ? "" : "." + fraction)"
    while take(" ") {}
    if at == bytes.count || (take("Z") && at == bytes.count) { return "\(date) \(clock) +0000 UTC" }
    let negative = bytes[at] == UInt8(ascii: "-")
    guard take("+") || take("-"), let zoneHour = number(1...2) else { return nil }
    var zoneMinute = 0
    if take(":") {
      guard let minutes = number(2...2) else { return nil }
      zoneMinute = minutes
    }
    guard at == bytes.count else { return nil }
    let zone = "\(negative ? "-" : "+")\(pad(zoneHour))\(pad(zoneMinute))"
    return "\(date) \(clock) \(zone) \(zone)"
  }
}
