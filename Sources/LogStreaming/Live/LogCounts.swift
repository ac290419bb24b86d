import Synchronization

/// What the readers of a hub have done since it was made.
final class LogCounts: Sendable {
  /// Lines that readers took from engines; history that was read for one client alone is not among them.
  let lines = Atomic<Int>(0)
  /// Lines that a client was told it had lost, and how often one was.
  let dropped = Atomic<Int>(0)
  let gaps = Atomic<Int>(0)

  func drop(_ lines: Int) {
    dropped.add(lines, ordering: .relaxed)
    gaps.add(1, ordering: .relaxed)
  }
}
