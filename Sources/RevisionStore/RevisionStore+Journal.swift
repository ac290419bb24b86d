import GRDB

extension RevisionStore {
  /// Bytes of one event's text or one step's detail.
  private static let textLimit = 16 * 1024

  /// Stores the plan and its steps, once an operation.
  package func recordPlan(
    _ operation: OperationHandle, text: String, json: String, steps: [NewStep]
  ) async throws(StoreError) {
    try await write { db in
      let owned = try OwnedOperation(operation, db)
      guard try Row.fetchOne(db, sql: "SELECT 1 FROM operation_plan WHERE operation_id = ?", arguments: [owned.id]) == nil
      else { throw StoreError.invalid(what: "a second plan", reason: "operation \(owned.id) has one") }
      try db.execute(
        sql: "INSERT INTO operation_plan (operation_id, text, json) VALUES (?, ?, ?)", arguments: [owned.id, text, json])
      try Self.insert(steps, of: owned.id, db)
    }
  }

  /// Adds steps that were not planned, as an undo makes them; their numbers must be new.
  package func addSteps(_ operation: OperationHandle, _ steps: [NewStep]) async throws(StoreError) {
    try await write { db in try Self.insert(steps, of: OwnedOperation(operation, db).id, db) }
  }

  /// Says that a step is about to be done. Durable when this returns: only then may the engine be called (R-OP-1).
  package func stepIntent(_ operation: OperationHandle, step: Int) async throws(StoreError) {
    try await write { db in try self.move(step, of: OwnedOperation(operation, db).id, to: .intended, db) }
  }

  /// Says what came of a step.
  package func stepResult(
    _ operation: OperationHandle, step: Int, result: StepResult
  ) async throws(StoreError) {
    try await write { db in
      guard result.state != .intended else {
        throw StoreError.invalid(what: "a step's result", reason: "it must be done, failed or undone")
      }
      try self.move(step, of: OwnedOperation(operation, db).id, to: result.state, result: result, db)
    }
  }

  /// Adds events in one transaction. Past the limit they are dropped and counted (`Operation.droppedEvents`).
  package func recordEvents(_ operation: OperationHandle, _ events: [NewEvent]) async throws(StoreError) {
    guard !events.isEmpty else { return }
    try await write { db in
      let owned = try OwnedOperation(operation, db)
      let count = try Int.fetchOne(db, sql: "SELECT event_count FROM operation WHERE id = ?", arguments: [owned.id]) ?? 0
      let kept = events.prefix(max(0, self.options.eventLimit - count))
      let insert = try db.cachedStatement(
        sql: "INSERT INTO event (operation_id, sequence, at, level, kind, service, text) VALUES (?, ?, ?, ?, ?, ?, ?)")
      for (index, event) in kept.enumerated() {
        try insert.execute(arguments: [
          owned.id, count + index + 1, event.at.milliseconds, event.level.rawValue, bounded(event.kind, 128),
          event.service, bounded(event.text, Self.textLimit),
        ])
      }
      try db.execute(
        sql: "UPDATE operation SET event_count = event_count + ?, dropped_events = dropped_events + ? WHERE id = ?",
        arguments: [kept.count, events.count - kept.count, owned.id])
    }
  }

  /// The steps of an operation, by number.
  package func steps(of operation: Int64) async throws(StoreError) -> [Step] {
    try await read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM step WHERE operation_id = ? ORDER BY number", arguments: [operation])
        .map { row in
          Step(
            number: row["number"], action: row["action"], target: row["target"], cause: row["cause"],
            payload: row["payload"], state: try decoded(row, "state"),
            intendedAt: (row["intended_at"] as Int64?).map(Timestamp.init(milliseconds:)),
            endedAt: (row["ended_at"] as Int64?).map(Timestamp.init(milliseconds:)), objectID: row["object_id"],
            detail: row["detail"])
        }
    }
  }

  /// The events of an operation after the sequence number `after`, at most `limit` (up to 10,000).
  package func events(of operation: Int64, after: Int = 0, limit: Int = 1000) async throws(StoreError) -> [Event] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM event WHERE operation_id = ? AND sequence > ? ORDER BY sequence LIMIT ?",
        arguments: [operation, after, min(max(limit, 0), 10_000)]
      ).map { row in
        Event(
          sequence: row["sequence"], at: Timestamp(milliseconds: row["at"]), level: try decoded(row, "level"),
          kind: row["kind"], service: row["service"], text: row["text"])
      }
    }
  }

  private static func insert(_ steps: [NewStep], of operation: Int64, _ db: Database) throws {
    let insert = try db.cachedStatement(
      sql: """
        INSERT INTO step (operation_id, number, action, target, cause, payload, state)
        VALUES (?, ?, ?, ?, ?, ?, 'planned')
        """)
    for step in steps {
      try insert.execute(arguments: [
        operation, step.number, step.action, step.target, bounded(step.cause, textLimit), step.payload,
      ])
    }
  }

  /// Changes a step's state by the rules of `StepState`, with its times as the schema wants them.
  private func move(
    _ step: Int, of operation: Int64, to next: StepState, result: StepResult? = nil, _ db: Database
  ) throws {
    let word = try String.fetchOne(
      db, sql: "SELECT state FROM step WHERE operation_id = ? AND number = ?", arguments: [operation, step])
    let current = word.flatMap(StepState.init(rawValue:))
    guard let current, current.allows(next) else {
      throw StoreError.illegalStep(operation: operation, step: step, from: current, to: next)
    }
    let moment = now().milliseconds
    switch next {
    case .planned, .intended:
      try db.execute(
        sql: """
          UPDATE step SET state = 'intended', intended_at = ?, ended_at = NULL WHERE operation_id = ? AND number = ?
          """, arguments: [moment, operation, step])
    case .done, .failed, .undone:
      try db.execute(
        sql: """
          UPDATE step SET state = ?, ended_at = ?, object_id = coalesce(?, object_id), detail = ?
          WHERE operation_id = ? AND number = ?
          """,
        arguments: [
          next.rawValue, moment, result?.objectID, bounded(result?.detail ?? "", Self.textLimit), operation, step,
        ])
    }
  }
}
