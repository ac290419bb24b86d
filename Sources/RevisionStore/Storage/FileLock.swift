import Glibc
import Synchronization

/// The lock that serialises writers of all processes (decision 15), with a note of what the last one was doing.
///
/// SQLite 3.40 must never see two connections write or checkpoint at once (R-DB-2). The file holds one letter, `i`
/// (idle) or `w` (a write was under way), and the boot it belongs to: who finds an old boot, or a `w` under a free lock,
/// knows that the last writer did not end by itself.
final class FileLock: Sendable {
  private let path: String
  private let file: FileDescriptor
  /// Taken for good: no other process writes while this one lives.
  private let isHeld = Atomic(false)

  init(path: String) throws(StoreError) {
    self.path = path
    file = try FileDescriptor(path: path, flags: O_RDWR | O_CREAT)
  }

  /// Takes the lock, waiting at most `limit`, for as long as `body` runs.
  ///
  /// Blocks the thread: only for the store's own queue and for opening.
  func withLock<Value>(limit: Duration, _ body: () throws -> Value) throws -> Value {
    if isHeld.load(ordering: .acquiring) { return try body() }
    try take(limit: limit)
    defer { flock(file.number, LOCK_UN) }
    return try body()
  }

  /// Takes the lock until this value goes away; then `withLock` waits for nobody any more.
  func hold(limit: Duration) throws(StoreError) {
    try take(limit: limit)
    isHeld.store(true, ordering: .releasing)
  }

  private func take(limit: Duration) throws(StoreError) {
    let started = ContinuousClock.now
    var pause: UInt32 = 200
    while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw StoreError.inputOutput(path: path, detail: lastSystemError())
      }
      let waited = ContinuousClock.now - started
      guard waited < limit else { throw StoreError.busy(path: path, waitedMilliseconds: waited.milliseconds) }
      usleep(pause)
      pause = min(pause * 2, 4_000)
    }
  }

  /// What the note says of the last writer, as seen in boot `bootID`.
  func note(bootID: String) throws(StoreError) -> WriterNote {
    let bytes = try file.read(count: 65, offset: 0, path: path)
    guard let letter = bytes.first else { return .fresh }
    guard String(decoding: bytes.dropFirst(), as: UTF8.self) == bootID else { return .otherBoot }
    return letter == UInt8(ascii: "w") ? .writing : .idle
  }

  /// Waits until the note says that nobody writes (true), or the lock is free while it still says otherwise (false).
  func isIdle(within limit: Duration, bootID: String) throws -> Bool {
    let started = ContinuousClock.now
    var pause: UInt32 = 200
    while true {
      if try note(bootID: bootID) == .idle { return true }
      if isHeld.load(ordering: .acquiring) { return false }
      if flock(file.number, LOCK_EX | LOCK_NB) == 0 {
        defer { flock(file.number, LOCK_UN) }
        return try note(bootID: bootID) == .idle
      }
      let waited = ContinuousClock.now - started
      guard waited < limit else { throw StoreError.busy(path: path, waitedMilliseconds: waited.milliseconds) }
      usleep(pause)
      pause = min(pause * 2, 4_000)
    }
  }

  /// Leaves a note; only under the lock.
  func leave(_ note: WriterNote, bootID: String) throws(StoreError) {
    let letter = note == .writing ? UInt8(ascii: "w") : UInt8(ascii: "i")
    try file.write([letter] + bootID.utf8.prefix(64), offset: 0, path: path)
  }
}

/// What the lock file says of the last writer.
enum WriterNote: Sendable {
  /// There was none yet.
  case fresh
  case idle
  /// It writes now, or died while it did.
  case writing
  /// The host was started anew since.
  case otherBoot
}

extension Duration {
  var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
