import Synchronization

/// What all rings hold together, and what that leaves to one of them.
final class RingMemory: Sendable {
  /// R-LOG-1.
  static let limitBytes = 64 << 20
  /// What one ring may hold when there are too many: those that are written to make room then.
  static let leastBytes = 64 << 10

  private let limitBytes: Int
  private let used = Mutex(0)
  /// Called when the limit is passed, to give up what nobody reads.
  private let isShort: @Sendable () -> Void

  init(limitBytes: Int = limitBytes, isShort: @escaping @Sendable () -> Void = {}) {
    self.limitBytes = limitBytes
    self.isShort = isShort
  }

  var usedBytes: Int { used.withLock { $0 } }

  /// Bytes that a ring which grows now may hold.
  var ringLimit: Int { usedBytes <= limitBytes ? LogRing.limitBytes : Self.leastBytes }

  func change(by bytes: Int) {
    guard bytes != 0 else { return }
    let isOver = used.withLock { used in
      used += bytes
      return used > limitBytes
    }
    if isOver, bytes > 0 { isShort() }
  }
}
