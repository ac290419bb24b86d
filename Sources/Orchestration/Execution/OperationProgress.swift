package import StackPlanning

/// What an operation tells while it runs.
package enum OperationProgress: Sendable {
  case planned(Plan)
  case phase(PlanPhase)
  case pulling(reference: String, status: String, currentBytes: Int64, totalBytes: Int64)
  case pulled(reference: String)
  case stepStarted(PlanStep)
  case stepDone(PlanStep)
  case stepFailed(PlanStep, reason: String)
  case undoing(reason: String)
  case warning(String)
}

/// Takes progress in; called from several tasks.
package typealias ProgressSink = @Sendable (OperationProgress) -> Void
