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
