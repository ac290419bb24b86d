import Glibc

/// Times for people and machines: RFC 3339 in UTC.
enum ClockText {
  /// With milliseconds.
  static func precise(_ milliseconds: Int64) -> String {
    let rest = String(milliseconds % 1000)
    return utc(milliseconds).dropLast() + "." + String(repeating: "0", count: max(0, 3 - rest.count)) + rest + "Z"
  }

  static func utc(_ milliseconds: Int64) -> String {
    var seconds = time_t(milliseconds / 1000)
    var parts = unsafe tm()
    unsafe gmtime_r(&seconds, &parts)
    func pad(_ value: Int32, _ width: Int = 2) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return
      unsafe "\(pad(parts.tm_year + 1900, 4))-\(pad(parts.tm_mon + 1))-\(pad(parts.tm_mday))T\(pad(parts.tm_hour)):\(pad(parts.tm_min)):\(pad(parts.tm_sec))Z"
  }
}
