/// A step of a plan, to be journaled.
package struct NewStep: Hashable, Sendable {
  /// As numbered in the plan, from 1.
  package var number: Int
  /// What it does, as in `create_container`.
  package var action: String
  /// The service, network or volume.
  package var target: String
  package var cause: String
  /// What recovery needs to know to undo or repeat it, as JSON; no secret values.
  package var payload: String

  package init(number: Int, action: String, target: String, cause: String, payload: String = "{}") {
    self.number = number
    self.action = action
    self.target = target
    self.cause = cause
    self.payload = payload
  }
}

/// How far a step is.
///
/// `planned → intended → done | failed`; `intended` again on a retry; `undone` from any of the last three.
package enum StepState: String, Hashable, Sendable, CaseIterable {
  case planned, intended, done, failed, undone

  /// Whether a step may go from this state straight to `next`.
  package func allows(_ next: StepState) -> Bool {
    switch (self, next) {
    case (.planned, .intended), (.intended, .intended), (.failed, .intended): true
    case (.intended, .done), (.intended, .failed): true
    case (.intended, .undone), (.done, .undone), (.failed, .undone): true
    default: false
    }
  }
}

/// What came of a step.
package struct StepResult: Hashable, Sendable {
  /// `done`, `failed` or `undone`.
  package var state: StepState
  /// The engine's id of what was made or changed.
  package var objectID: String?
  /// For people: what was answered; no secret values.
  package var detail: String

  package init(state: StepState, objectID: String? = nil, detail: String = "") {
    self.state = state
    self.objectID = objectID
    self.detail = detail
  }
}

/// A step as the journal knows it.
package struct Step: Hashable, Sendable {
  package var number: Int
  package var action: String
  package var target: String
  package var cause: String
  package var payload: String
  package var state: StepState
  package var intendedAt: Timestamp?
  package var endedAt: Timestamp?
  package var objectID: String?
  package var detail: String
}
