import DockerEngine
import Glibc
import RevisionStore

/// Times for people and machines: RFC 3339 in UTC.
enum ClockText {
  /// With milliseconds.
  static func precise(_ milliseconds: Int64) -> String { Timestamp(milliseconds: milliseconds).text }

  static func utc(_ milliseconds: Int64) -> String { Timestamp(milliseconds: milliseconds).secondsText }

  /// RFC 3339 without zeros at the end of the fraction, as Go writes it.
  static func trimmed(_ text: String) -> String {
    guard text.hasSuffix("Z"), text.contains(".") else { return text }
    var body = text.dropLast()
    while body.hasSuffix("0") { body = body.dropLast() }
    if body.hasSuffix(".") { body = body.dropLast() }
    return body + "Z"
  }

  /// The local time with microseconds: `2026-11-21 07:25:45.869367`.
  static func local(_ time: EngineTimestamp) -> String {
    var seconds = time_t(time.seconds)
    var parts = unsafe tm()
    unsafe localtime_r(&seconds, &parts)
    func pad(_ value: Int, _ width: Int = 2) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let (year, month, day) = unsafe (Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday))
    let (hour, minute, second) = unsafe (Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec))
    let clock = "\(pad(hour)):\(pad(minute)):\(pad(second)).\(pad(Int(time.nanoseconds) / 1000, 6))"
    return "\(pad(year, 4))-\(pad(month))-\(pad(day)) \(clock)"
  }
}
