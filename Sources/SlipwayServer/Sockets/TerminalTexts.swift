import DockerEngine
import Synchronization

/// Makes text of what a command writes: a character whose bytes come in two pieces is not torn.
final class TerminalTexts: Sendable {
  private let rests = Mutex<[LogFrame.Stream: [UInt8]]>([:])

  func text(of frame: LogFrame) -> String {
    rests.withLock { rests in
      var bytes = (rests.removeValue(forKey: frame.stream) ?? []) + frame.bytes
      let torn = Self.tornBytes(at: bytes[...])
      if torn > 0 {
        rests[frame.stream] = Array(bytes.suffix(torn))
        bytes.removeLast(torn)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Bytes at the end that begin a character which goes on (RFC 3629).
  private static func tornBytes(at bytes: ArraySlice<UInt8>) -> Int {
    let tail = bytes.suffix(4)
    guard let lead = tail.lastIndex(where: { $0 & 0xC0 != 0x80 }), bytes[lead] >= 0xC0 else { return 0 }
    let length = bytes[lead] >= 0xF0 ? 4 : bytes[lead] >= 0xE0 ? 3 : 2
    let there = bytes.endIndex - lead
    return there < length ? there : 0
  }
}

/// Notices when nothing has happened for a while.
final class IdleWatch: Sendable {
  private let last = Mutex<ContinuousClock.Instant?>(.now)

  init() {}

  func touch() { last.withLock { if $0 != nil { $0 = .now } } }

  /// From now on it may be silent for as long as it likes.
  func end() { last.withLock { $0 = nil } }

  /// Returns when nothing was touched for so long.
  func wait(for limit: Duration) async throws {
    while true {
      let rest = last.withLock { $0 }.map { limit - (ContinuousClock.now - $0) }
      guard rest ?? limit > .zero else { return }
      try await Task.sleep(for: rest ?? limit)
    }
  }
}
