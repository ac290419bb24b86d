import DockerEngine
import RevisionStore
import StackPlanning
import Synchronization

/// Keeps what an operation tells with its journal, and says there that its process lives (R-OP-4).
final class OperationRecorder: Sendable {
  /// Between two writes of what was told since.
  static let interval: Duration = .seconds(1)
  /// Writes between two signs of life when nothing is told.
  static let beats = 5
  /// Events that wait for the next write; more are dropped.
  static let pendingLimit = 2_000

  private let store: RevisionStore
  private let operation: OperationHandle
  private let forward: ProgressSink
  private let pending = Mutex<[NewEvent]>([])

  init(store: RevisionStore, operation: OperationHandle, forward: @escaping ProgressSink) {
    self.store = store
    self.operation = operation
    self.forward = forward
  }

  var sink: ProgressSink {
    { [self] progress in
      forward(progress)
      guard let event = Self.event(progress) else { return }
      pending.withLock { if $0.count < Self.pendingLimit { $0.append(event) } }
    }
  }

  /// Runs `body` with the heart beating beside it; all that was told is written when this returns.
  func recording<Value: Sendable>(_ body: () async throws -> Value) async rethrows -> Value {
    // WHY: the heart beats on while a cancelled operation walks its way back.
    let heart = Task { await beat() }
    defer { heart.cancel() }
    let value = try await body()
    await flush()
    return value
  }

  private func beat() async {
    var quiet = 0
    while !Task.isCancelled {
      do {
        try await Task.sleep(for: Self.interval)
      } catch {
        return
      }
      if await flush() {
        quiet = 0
      } else if quiet + 1 < Self.beats {
        quiet += 1
      } else {
        quiet = 0
        // A beat that fails is no reason to stop: the next journal write tells.
        try? await store.heartbeat(operation)
      }
    }
  }

  /// Writes what waits; false when there was nothing, or it could not be written: events never end an operation.
  @discardableResult
  func flush() async -> Bool {
    let events = pending.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    guard !events.isEmpty else { return false }
    do {
      try await store.recordEvents(operation, events)
      return true
    } catch {
      return false
    }
  }

  private static func event(_ progress: OperationProgress) -> NewEvent? {
    let at = Timestamp.systemNow()
    switch progress {
    case .planned(let plan):
      let count = plan.steps.count
      return NewEvent(at: at, kind: "plan", text: count == 1 ? "1 step" : "\(count) steps")
    case .phase(let phase): return NewEvent(at: at, kind: "phase.\(phase.rawValue)", text: phase.rawValue)
    case .recorded, .pulling, .pushing, .building, .copying, .stepStarted, .stepSkipped: return nil
    case .pulled(let reference): return NewEvent(at: at, kind: "image.pulled", text: reference)
    case .pushed(let reference): return NewEvent(at: at, kind: "image.pushed", text: reference)
    case .copied(let object, let bytes): return NewEvent(at: at, kind: "copied", text: "\(object), \(bytes) bytes")
    case .built(let reference, let service):
      return NewEvent(at: at, kind: "image.built", service: service, text: reference)
    case .stepDone(let step):
      return NewEvent(
        at: at, kind: "step.done", service: step.action.service, text: "\(step.action.words.verb) \(step.action.words.object)")
    case .stepFailed(let step, let reason):
      return NewEvent(
        at: at, level: .error, kind: "step.failed", service: step.action.service,
        text: "\(step.action.words.verb) \(step.action.words.object): \(reason)")
    case .undoing(let reason): return NewEvent(at: at, level: .warning, kind: "undo", text: reason)
    case .waitingForEngine(let reason): return NewEvent(at: at, level: .warning, kind: "engine.gone", text: reason)
    case .engineIsBack: return NewEvent(at: at, kind: "engine.back", text: "the engine answers again")
    case .warning(let text): return NewEvent(at: at, level: .warning, kind: "warning", text: text)
    }
  }
}
