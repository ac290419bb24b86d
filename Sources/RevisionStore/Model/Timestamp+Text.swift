import Glibc

extension Timestamp {
  /// RFC 3339 in UTC with milliseconds: `2026-11-22T05:12:01.042Z`.
  package var text: String {
    let rest = String(milliseconds % 1000)
    return secondsText.dropLast() + "." + String(repeating: "0", count: max(0, 3 - rest.count)) + rest + "Z"
  }

  /// RFC 3339 in UTC: `2026-11-22T05:12:01Z`.
  package var secondsText: String {
    var seconds = time_t(milliseconds / 1000)
    var parts = unsafe tm()
    unsafe gmtime_r(&seconds, &parts)
    func pad(_ value: Int32, _ width: Int = 2, adding base: Int = 0) -> String {
      let text = String(Int(value) + base)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return
      unsafe "\(pad(parts.tm_year, 4, adding: 1900))-\(pad(parts.tm_mon, adding: 1))-\(pad(parts.tm_mday))T\(pad(parts.tm_hour)):\(pad(parts.tm_min)):\(pad(parts.tm_sec))Z"
  }
}
