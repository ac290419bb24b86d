/// The time that waits and limits of live logs go by: monotonic, since some start.
package struct LogClock: Sendable {
  package var now: @Sendable () -> Duration
  /// Returns at the time given, or earlier when the task is cancelled.
  package var sleep: @Sendable (_ until: Duration) async -> Void

  package init(now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (_ until: Duration) async -> Void) {
    self.now = now
    self.sleep = sleep
  }

  /// The machine's.
  package static var continuous: LogClock {
    let start = ContinuousClock.now
    return LogClock(now: { start.duration(to: .now) }, sleep: { try? await Task.sleep(until: start + $0, clock: .continuous) })
  }
}
