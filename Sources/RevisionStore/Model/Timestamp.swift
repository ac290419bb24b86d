import Glibc

/// A moment on the wall clock, in milliseconds since 1970 UTC.
///
/// Only for people to read and for schedules; durations are measured by a monotonic clock elsewhere (R-CLK-1).
package struct Timestamp: Hashable, Comparable, Sendable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// - Parameter seconds: since 1970; outside of the years 1 to 9999 it is the nearest of these.
  package init(seconds: Int64) {
    self.milliseconds = min(max(seconds, -62_135_596_800), 253_402_300_799) * 1000
  }

  /// The wall clock of this host.
  package static func systemNow() -> Timestamp {
    var time = timespec()
    // SAFETY: the call writes one timespec that we own; CLOCK_REALTIME cannot fail.
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }
}
