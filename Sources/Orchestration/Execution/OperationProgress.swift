package import StackPlanning

/// What an operation tells while it runs.
package enum OperationProgress: Sendable {
  /// The journal knows it now, under this number.
  case recorded(operation: Int64)
  case planned(Plan)
  case phase(PlanPhase)
  /// `layer` is empty for lines about the whole image.
  case pulling(reference: String, layer: String, status: String, currentBytes: Int64, totalBytes: Int64)
  case pulled(reference: String)
  case pushing(reference: String, layer: String, status: String, currentBytes: Int64, totalBytes: Int64)
  case pushed(reference: String)
  /// `line` is empty when the build begins, then each line that it prints.
  case building(reference: String, service: String, line: String)
  case built(reference: String, service: String)
  /// Goes from one engine to another; `object` is as in `Volume shop_data`, the total 0 when not known.
  case copying(object: String, currentBytes: Int64, totalBytes: Int64)
  case copied(object: String, bytes: Int64)
  case stepStarted(PlanStep)
  case stepDone(PlanStep)
  case stepFailed(PlanStep, reason: String)
  /// What it was to change stays as it is; a warning says why.
  case stepSkipped(PlanStep)
  case undoing(reason: String)
  /// The engine does not answer; the operation waits for it to come back (R-ENG-1).
  case waitingForEngine(reason: String)
  case engineIsBack
  case warning(String)
}

/// Takes progress in; called from several tasks.
package typealias ProgressSink = @Sendable (OperationProgress) -> Void
