import Orchestration
import StackPlanning
import Synchronization

/// The progress of an operation as plain lines: one line an event, nothing is drawn over.
final class ProgressLines: Sendable {
  private struct State {
    var begun: [Int: ContinuousClock.Instant] = [:]
    var pulls: [String: PullTally] = [:]
  }

  private let state = Mutex(State())

  func show(_ event: OperationProgress) {
    switch event {
    case .recorded: break
    case .planned(let plan):
      for warning in plan.warnings { StandardError.warn("\(warning)") }
    case .phase: break
    case .pulling(let reference, let layer, let status, let current, let total),
      .pushing(let reference, let layer, let status, let current, let total):
      let isNew = state.withLock { state in
        let isNew = state.pulls[reference] == nil
        state.pulls[reference, default: PullTally()].take(layer: layer, status: status, current: current, total: total)
        return isNew
      }
      guard isNew else { return }
      if case .pushing = event {
        StandardError.write(" Image \(reference)  Pushing")
      } else {
        StandardError.write(" Image \(reference)  Pulling")
      }
    case .pushed(let reference): StandardError.write(" Image \(reference)  Pushed")
    case .pulled(let reference):
      let bytes = state.withLock { $0.pulls[reference]?.totalBytes } ?? 0
      StandardError.write(" Image \(reference)  Pulled\(bytes > 0 ? "  \(Figures.bytes(bytes))" : "")")
    case .building(let reference, let service, let line):
      StandardError.write(line.isEmpty ? " Image \(reference)  Building" : " \(service) | \(TerminalText.line(line))")
    case .built(let reference, _): StandardError.write(" Image \(reference)  Built")
    case .copying(let object, let current, _):
      if current == 0 { StandardError.write(" \(TerminalText.line(object))  Copying") }
    case .copied(let object, let bytes):
      StandardError.write(" \(TerminalText.line(object))  Copied  \(Figures.bytes(bytes))")
    case .stepStarted(let step): state.withLock { $0.begun[step.number] = .now }
    case .stepDone(let step):
      guard let words = ProgressWords(step.action) else { return }
      let from = state.withLock { $0.begun[step.number] } ?? .now
      StandardError.write(" \(words.object)  \(words.done)  \(Figures.seconds(ContinuousClock.now - from))")
    case .stepSkipped(let step): StandardError.write(" \(TerminalText.line(step.action.words.object))  Stays")
    case .stepFailed(let step, let reason):
      let object = ProgressWords(step.action)?.object ?? step.action.words.object
      StandardError.write(" \(TerminalText.line(object))  \(ProgressWords.failure(reason))")
    case .undoing: StandardError.write(" going back to what ran before")
    case .waitingForEngine(let reason):
      StandardError.warn("the engine does not answer, waiting for it: \(reason.split(separator: "\n").first ?? "")")
    case .engineIsBack: StandardError.write(" the engine answers again")
    case .warning(let text): StandardError.warn("\(text)")
    }
  }
}
