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
    let minutes = seconds / 60
    let hours = (seconds + 1800) / 3600
    return switch () {
    case _ where seconds < 1: "Less than a second"
    case _ where seconds == 1: "1 second"
    case _ where seconds < 60: "\(seconds) seconds"
    case _ where minutes == 1: "About a minute"
    case _ where minutes < 60: "\(minutes) minutes"
    case _ where hours == 1: "About an hour"
    case _ where hours < 48: "\(hours) hours"
    case _ where hours < 24 * 14: "\(hours / 24) days"
    case _ where hours < 24 * 60: "\(hours / 24 / 7) weeks"
    case _ where hours < 24 * 730: "\(hours / 24 / 30) months"
    default: "\(hours / 24 / 365) years"
    }
  }
}
