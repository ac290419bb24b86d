import Orchestration
import StackPlanning
import Synchronization

/// Tells the progress of an operation on standard error, one line an event.
final class ProgressLines: Sendable {
  enum Style: Sendable { case lines, json, quiet }

  private let style: Style
  private let start = ContinuousClock.now
  private let begun = Mutex<[Int: ContinuousClock.Instant]>([:])
  private let pulled = Mutex<[String: Int64]>([:])

  init(_ style: Style) { self.style = style }

  var sink: ProgressSink {
    { self.show($0) }
  }

  private func show(_ event: OperationProgress) {
    guard style == .lines else {
      if case .warning(let text) = event { StandardError.write("warning: \(text)") }
      return
    }
    switch event {
    case .planned(let plan):
      for warning in plan.warnings { StandardError.write("warning: \(warning)") }
    case .phase: break
    case .pulling(let reference, let status, let current, let total):
      guard total > 0, current == total else { return }
      let bytes = pulled.withLock { all in
        all[reference, default: 0] += total
        return all[reference] ?? 0
      }
      StandardError.write(" image \(reference)  \(status)  \(bytes / 1_000_000) MB")
    case .pulled(let reference): StandardError.write(" image \(reference)  pulled")
    case .stepStarted(let step): begun.withLock { $0[step.number] = .now }
    case .stepDone(let step):
      guard let words = Self.done(step.action) else { return }
      let from = begun.withLock { $0[step.number] } ?? start
      StandardError.write(" \(words)  \(Self.seconds(ContinuousClock.now - from))")
    case .stepFailed(let step, let reason):
      StandardError.write(" \(step.action.words.object)  failed: \(reason.split(separator: "\n").first ?? "")")
    case .undoing: StandardError.write(" going back to what ran before")
    case .warning(let text): StandardError.write("warning: \(text)")
    }
  }

  private static func done(_ action: PlanAction) -> String? {
    let words = action.words
    switch action {
    case .rename, .pullImage: return nil
    case .await(let service, let condition, _, _): return "service \(service)  \(condition.rawValue)"
    default:
      let past =
        switch words.verb {
        case "create": "created"
        case "remove": "removed"
        case "start": "started"
        case "stop": "stopped"
        case "connect": "connected"
        case "disconnect": "disconnected"
        case "restore": "restored"
        case "unpause": "unpaused"
        case "copy": "copied"
        default: words.verb
        }
      return "\(words.object)  \(past)"
    }
  }

  private static func seconds(_ duration: Duration) -> String {
    let tenths = duration.components.seconds * 10 + duration.components.attoseconds / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)s"
  }
}
