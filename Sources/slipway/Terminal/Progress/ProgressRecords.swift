import ComposeFile
import Orchestration
import StackPlanning
import Synchronization

/// The progress of an operation for machines: one JSON object a line, on standard error.
final class ProgressRecords: Sendable {
  private let start = ContinuousClock.now
  private let pulls = Mutex<[String: PullTally]>([:])

  func show(_ event: OperationProgress) {
    switch event {
    case .recorded: break
    case .planned(let plan):
      write("planned", [("steps", .int(plan.steps.count)), ("warnings", .list(plan.warnings.map { .string($0) }))])
    case .phase(let phase): write("phase", [("phase", .string(phase.rawValue))])
    case .pulling(let reference, let layer, let status, let current, let total),
      .pushing(let reference, let layer, let status, let current, let total):
      let tally = pulls.withLock { all in
        all[reference, default: PullTally()].take(layer: layer, status: status, current: current, total: total)
        return all[reference] ?? PullTally()
      }
      var name = "pulling"
      if case .pushing = event { name = "pushing" }
      write(
        name,
        [
          ("image", .string(reference)), ("layer", .string(layer)), ("status", .string(status)),
          ("currentBytes", .int(Int(tally.currentBytes))), ("totalBytes", .int(Int(tally.totalBytes))),
        ])
    case .pulled(let reference): write("pulled", [("image", .string(reference))])
    case .pushed(let reference): write("pushed", [("image", .string(reference))])
    case .building(let reference, let service, let line):
      write("building", [("image", .string(reference)), ("service", .string(service)), ("line", .string(line))])
    case .built(let reference, let service): write("built", [("image", .string(reference)), ("service", .string(service))])
    case .copying(let object, let current, let total):
      write(
        "copying", [("object", .string(object)), ("currentBytes", .int(Int(current))), ("totalBytes", .int(Int(total)))])
    case .copied(let object, let bytes): write("copied", [("object", .string(object)), ("bytes", .int(Int(bytes)))])
    case .stepStarted(let step): write("stepStarted", fields(step))
    case .stepDone(let step): write("stepDone", fields(step))
    case .stepSkipped(let step): write("stepSkipped", fields(step))
    case .stepFailed(let step, let reason): write("stepFailed", fields(step) + [("reason", .string(reason))])
    case .undoing(let reason): write("undoing", [("reason", .string(reason))])
    case .waitingForEngine(let reason): write("waitingForEngine", [("reason", .string(reason))])
    case .engineIsBack: write("engineIsBack", [])
    case .warning(let text): write("warning", [("text", .string(text))])
    }
  }

  private func fields(_ step: PlanStep) -> [(String, ComposeValue)] {
    let words = step.action.words
    return [
      ("step", .int(step.number)), ("phase", .string(step.phase.rawValue)), ("action", .string(words.verb)),
      ("target", .string(words.object)), ("service", step.action.service.map { .string($0) } ?? .null),
    ]
  }

  private func write(_ event: String, _ fields: [(String, ComposeValue)]) {
    let elapsed = Int((ContinuousClock.now - start) / .milliseconds(1))
    let record = ComposeMap([("event", .string(event)), ("elapsedMilliseconds", .int(elapsed))] + fields)
    StandardError.put(ComposeValue.map(record).json(indented: false) + "\n")
  }
}
