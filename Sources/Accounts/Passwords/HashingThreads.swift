import Glibc
import Synchronization

/// Makes password hashes on threads of its own: few at once, few waiting, the rest is refused (S-AUTH-1).
///
/// Not on the threads that tasks share: there are as many as cores, and two logins would stop everything else for 0.2 s. And of
/// lower priority: on two cores, two logins would leave everything else a third of the time.
final class HashingThreads: Sendable {
  private typealias Job = @Sendable (_ isRefused: Bool) -> Void

  private struct State {
    var running = 0
    var waiting: [Job] = []
    var mostAtOnce = 0
  }

  /// Of `nice`: with a third of the weight of the other threads (sched(7)).
  private static let niceness: CInt = 5

  private let atOnce: Int
  private let waitingLimit: Int
  private let state = Mutex(State())

  init(atOnce: Int, waitingLimit: Int) {
    self.atOnce = atOnce
    self.waitingLimit = waitingLimit
  }

  /// The most that ever ran at the same time.
  var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }

  /// Runs `body` when its turn comes. Not cancelled with the task: the queue is short.
  ///
  /// - Throws: `tooBusy` at once when as many wait as may.
  func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws(AccountError) -> Value {
    let value: Value? = await withCheckedContinuation { continuation in
      enqueue { isRefused in continuation.resume(returning: isRefused ? nil : body()) }
    }
    guard let value else { throw .tooBusy(retryAfterSeconds: 2) }
    return value
  }

  private enum Turn { case now, later, never }

  private func enqueue(_ job: @escaping Job) {
    let turn: Turn = state.withLock { state in
      if state.running < atOnce {
        state.running += 1
        state.mostAtOnce = max(state.mostAtOnce, state.running)
        return .now
      }
      guard state.waiting.count < waitingLimit else { return .never }
      state.waiting.append(job)
      return .later
    }
    switch turn {
    case .now: start(with: job)
    case .later: break
    case .never: job(true)
    }
  }

  private func start(with first: @escaping Job) {
    let isStarted = startThread {
      // Of this thread alone, as Linux has it (setpriority(2)). It may fail: then hashes are made as fast as all else.
      _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
      var next: Job? = first
      while let job = next {
        job(false)
        next = self.nextJob()
      }
    }
    guard !isStarted else { return }
    // No thread to be had: whoever has nobody left to wait for is refused too.
    let refused = state.withLock { state in
      state.running -= 1
      return [first] + (state.running == 0 ? state.waiting.take() : [])
    }
    for job in refused { job(true) }
  }

  private func nextJob() -> Job? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.running -= 1
        return nil
      }
      return state.waiting.removeFirst()
    }
  }
}

extension Array {
  fileprivate mutating func take() -> [Element] {
    defer { self = [] }
    return self
  }
}

/// Runs `body` on a new thread that nobody waits for; false when the system starts none.
private func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  var thread = pthread_t()
  let argument = unsafe Unmanaged.passRetained(Body(body))
  let code = unsafe pthread_create(
    &thread, nil,
    { argument in
      guard let argument = unsafe argument else { return nil }
      // SAFETY: retained by the creator for this thread alone.
      let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
      body.run()
      return nil
    }, argument.toOpaque())
  guard code == 0 else {
    unsafe argument.release()
    return false
  }
  pthread_detach(thread)
  return true
}
