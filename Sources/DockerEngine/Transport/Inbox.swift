import NIOCore
import NIOHTTP1
import Synchronization

/// What arrived on one connection and was not taken yet: the hand-over from the event loop to one reading task.
///
/// Bounded: above `highMarkBytes` the handler stops reading from the socket until the task has caught up.
final class Inbox: Sendable {
  enum Part: Sendable {
    case head(HTTPResponseHead)
    case bytes(ByteBuffer)
    case end
  }

  fileprivate struct State {
    var parts = CircularBuffer<Part>()
    var bufferedBytes = 0
    var failure: TransportFailure?
    var waiter: CheckedContinuation<Result<Part, TransportFailure>, Never>?
    var isPaused = false
    /// Answers that were asked for and whose head has not come yet.
    var headsAwaited = 0
    var hasReceivedAnything = false
    var isGathering = false
  }

  static let highMarkBytes = 256 << 10
  static let lowMarkBytes = 64 << 10

  private let state = Mutex(State())

  /// One more request is about to be written: forgets what was received for the one before.
  func expectAnswer() {
    state.withLock {
      $0.headsAwaited += 1
      $0.hasReceivedAnything = false
    }
  }

  /// Whether bytes of the current answer have come: then a call must not be repeated.
  var hasReceivedAnything: Bool { state.withLock { $0.hasReceivedAnything } }

  /// Whether small pieces that come in quick succession are waited for, so that they are read together: for streams of many lines.
  var isGathering: Bool {
    get { state.withLock { $0.isGathering } }
    set { state.withLock { $0.isGathering = newValue } }
  }

  var isOpen: Bool { state.withLock { $0.failure == nil } }

  /// Called on the event loop with what one round of reading gave; false: stop reading.
  func deliver(_ batch: [Part]) -> Bool {
    let (resume, part, wantsMore) = state.withLock {
      state -> (CheckedContinuation<Result<Part, TransportFailure>, Never>?, Part?, Bool) in
      guard state.failure == nil else { return (nil, nil, false) }
      for part in batch { state.append(part) }
      guard let waiter = state.waiter, let first = state.takeFirst() else { return (nil, nil, state.checkRoom()) }
      state.waiter = nil
      return (waiter, first, state.checkRoom())
    }
    if let resume, let part { resume.resume(returning: .success(part)) }
    return wantsMore
  }

  /// Ends the inbox. With `dropping`, what was not taken yet is lost, so that the failure is seen at once.
  func fail(_ failure: TransportFailure, dropping: Bool) {
    let waiter = state.withLock { state -> CheckedContinuation<Result<Part, TransportFailure>, Never>? in
      guard state.failure == nil else { return nil }
      state.failure = failure
      if dropping {
        state.parts.removeAll()
        state.bufferedBytes = 0
      }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: .failure(failure))
  }

  /// What can be had without waiting, or nil; `resumesReading` tells that the socket should be read again.
  func takeIfReady() -> (result: Result<Part, TransportFailure>, resumesReading: Bool)? {
    state.withLock { state in
      if let part = state.takeFirst() { return (.success(part), state.checkResume()) }
      return state.failure.map { (.failure($0), false) }
    }
  }

  /// Whether the reader has caught up after a pause, so that the socket is to be read again.
  func takesMoreAgain() -> Bool { state.withLock { $0.checkResume() } }

  /// Waits for the next part; `fail` ends the wait. One task at a time.
  func next() async -> Result<Part, TransportFailure> {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { state -> Result<Part, TransportFailure>? in
        if let part = state.takeFirst() { return .success(part) }
        if let failure = state.failure { return .failure(failure) }
        if state.waiter != nil { return .failure(.malformed(reason: "two tasks read one answer")) }
        state.waiter = continuation
        return nil
      }
      if let ready { continuation.resume(returning: ready) }
    }
  }
}

extension Inbox.State {
  mutating func append(_ part: Inbox.Part) {
    hasReceivedAnything = true
    switch part {
    case .head: headsAwaited -= 1
    case .bytes(let buffer): bufferedBytes += buffer.readableBytes
    case .end: break
    }
    parts.append(part)
  }

  mutating func takeFirst() -> Inbox.Part? {
    guard let part = parts.popFirst() else { return nil }
    if case .bytes(let buffer) = part { bufferedBytes -= buffer.readableBytes }
    return part
  }

  mutating func checkRoom() -> Bool {
    isPaused = bufferedBytes >= Inbox.highMarkBytes
    return !isPaused
  }

  mutating func checkResume() -> Bool {
    guard isPaused, bufferedBytes <= Inbox.lowMarkBytes else { return false }
    isPaused = false
    return true
  }
}
