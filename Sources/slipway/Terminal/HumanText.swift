/// Sizes and times as Docker's lists show them.
enum HumanText {
  /// Three digits that count, powers of 1000: `1.98MB`.
  static func size(_ bytes: Int64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    var value = Double(max(0, bytes))
    var unit = 0
    while value >= 1000, unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    let decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2
    let factor = [1.0, 10, 100][decimals]
    let rounded = Int64((value * factor).rounded())
    var text = String(rounded / Int64(factor))
    var fraction = String(rounded % Int64(factor))
    if decimals > 0 { fraction = String(repeating: "0", count: decimals - fraction.count) + fraction }
    while fraction.hasSuffix("0") { fraction.removeLast() }
    if decimals > 0, !fraction.isEmpty { text += "." + fraction }
    return text + units[unit]
  }

  /// Four digits that count, powers of 1024: `23.54GiB`.
  static func binarySize(_ bytes: UInt64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1024, unit + 1 < units.count {
      value /= 1024
      unit += 1
    }
    return fixed(value, decimals: value >= 1000 ? 0 : value >= 100 ? 1 : value >= 10 ? 2 : 3, keepsZeros: false) + units[unit]
  }

  /// `1.81%`
  static func percent(_ value: Double) -> String { fixed(value, decimals: 2, keepsZeros: true) + "%" }

  private static func fixed(_ value: Double, decimals: Int, keepsZeros: Bool) -> String {
    let factor = [1, 10, 100, 1000][decimals]
    // What is not finite or beyond all sense comes from nowhere but a broken engine.
    guard let scaled = Int(exactly: (value * Double(factor)).rounded()), scaled >= 0 else { return "0" }
    let digits = String(scaled % factor)
    var fraction = decimals == 0 ? "" : String(repeating: "0", count: decimals - digits.count) + digits
    if !keepsZeros { while fraction.hasSuffix("0") { fraction.removeLast() } }
    return "\(scaled / factor)" + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// In double quotes, as Go's `strconv.Quote` writes it; what cannot be printed is escaped.
  static func quoted(_ text: String) -> String {
    "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  private static let letters: [Unicode.Scalar: String] = [
    "\"": "\\\"", "\\": "\\\\", "\u{07}": "\\a", "\u{08}": "\\b", "\u{0C}": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
    "\u{0B}": "\\v",
  ]

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    if let letters = letters[scalar] { return letters }
    func digits(_ count: Int) -> String {
      let text = String(scalar.value, radix: 16)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    switch scalar.properties.generalCategory {
    case .control where scalar.value < 0x80: return "\\x" + digits(2)
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
      return scalar.value > 0xFFFF ? "\\U" + digits(8) : "\\u" + digits(4)
    case .spaceSeparator where scalar != " ": return "\\u" + digits(4)
    default: return String(Character(scalar))
    }
  }

  /// About how long: `54 seconds`, `3 weeks`.
  static func duration(seconds: Int64) -> String {
    if seconds < 1 { return "Less than a second" }
    if seconds < 60 { return seconds == 1 ? "1 second" : "\(seconds) seconds" }
    let minutes = seconds / 60
    if minutes < 60 { return minutes == 1 ? "About a minute" : "\(minutes) minutes" }
    let hours = (seconds + 1800) / 3600
    if hours < 48 { return hours == 1 ? "About an hour" : "\(hours) hours" }
    let days = hours / 24
    if days < 14 { return "\(days) days" }
    if days < 60 { return "\(days / 7) weeks" }
    return days < 730 ? "\(days / 30) months" : "\(days / 365) years"
  }
}
