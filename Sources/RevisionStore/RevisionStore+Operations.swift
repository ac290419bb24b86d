import GRDB

extension RevisionStore {
  /// Starts an operation: takes the stack's lock, gives out the revision's number and stores it as pending; all or nothing.
  ///
  /// - Throws: `held` with the holder when the stack is locked, `diskFull` when no space can be put by for the journal.
  @concurrent
  package func beginOperation(_ new: NewOperation) async throws(StoreError) -> Operation {
    let prepared: PreparedRevision? =
      if let revision = new.revision { try PreparedRevision(revision) } else { nil }
    guard (1...32).contains(new.kind.rawValue.utf8.count) else {
      throw .invalid(what: "the kind of an operation", reason: "it must have 1 to 32 bytes")
    }
    let lockID = options.newLockID()
    return try await write(.start) { db in
      let moment = self.now()
      let stack = try StackRows.idForWriting(of: new.stack, db, now: moment)
      if let holder = try OperationRows.holder(ofStack: stack, db) { throw StoreError.held(by: holder) }
      let previous = try Int64.fetchOne(
        db, sql: "SELECT id FROM revision WHERE stack_id = ? AND outcome = 'deployed' ORDER BY number DESC LIMIT 1",
        arguments: [stack])
      let revision = try prepared.map { prepared in
        let keys = prepared.needsKeys ? try self.vault.keysForWriting(of: .stack(stack), db, now: moment) : nil
        let number = try StackRows.nextRevision(ofStack: stack, db)
        return try prepared.insert(number: number, stack: stack, keys: keys, now: moment, db)
      }
      let id = try self.insertOperation(
        new, stack: stack, revision: revision, previous: previous, lockID: lockID, at: moment, db)
      try db.execute(sql: "INSERT INTO stack_lock (stack_id, operation_id) VALUES (?, ?)", arguments: [stack, id])
      if let entry = new.audit { try self.audit(entry, db) }
      return try self.existingOperation(id, db)
    }
  }

  /// Moves an operation on; see `OperationState` for the legal moves. Ends are set by `finish`.
  package func advance(_ operation: OperationHandle, to next: OperationState) async throws(StoreError) {
    try await write { db in
      let owned = try OwnedOperation(operation, db)
      guard !next.isEnd, owned.state.allows(next) else {
        throw StoreError.illegalTransition(operation: operation.id, from: owned.state, to: next)
      }
      try db.execute(
        sql: "UPDATE operation SET state = ?, heartbeat_at = ? WHERE id = ?",
        arguments: [next.rawValue, self.now().milliseconds, owned.id])
    }
  }

  /// Says that the owner still works on it.
  package func heartbeat(_ operation: OperationHandle) async throws(StoreError) {
    try await write { db in
      let owned = try OwnedOperation(operation, db)
      try db.execute(
        sql: "UPDATE operation SET heartbeat_at = ? WHERE id = ?", arguments: [self.now().milliseconds, owned.id])
    }
  }

  /// Adds or replaces what services got, while the revision is pending.
  package func recordImages(
    _ operation: OperationHandle, _ images: [String: ImageRecord]
  ) async throws(StoreError) {
    try await write { db in
      let owned = try OwnedOperation(operation, db)
      guard let revision = owned.revision else {
        throw StoreError.invalid(what: "images", reason: "operation \(owned.id) makes no revision")
      }
      try PreparedRevision.upsertImages(images, revision: revision, db)
    }
  }

  /// Ends an operation: its state, its revision's outcome and the stack's lock, all or nothing.
  package func finish(_ operation: OperationHandle, _ end: OperationEnd) async throws(StoreError) {
    try await write { db in
      let owned = try OwnedOperation(operation, db)
      guard end.state.isEnd, owned.state.allows(end.state) else {
        throw StoreError.illegalTransition(operation: operation.id, from: owned.state, to: end.state)
      }
      try self.end(owned, end, db)
    }
    // The stack is quiet now: a good moment, and the log stays short.
    await checkpoint()
  }

  /// One operation; nil when there is none of that number.
  package func operation(_ id: Int64) async throws(StoreError) -> Operation? {
    try await read { db in try OperationRows.fetch(db, where: "o.id = ?", [id]).first }
  }

  /// The newest operations of a stack, newest first, at most `limit` (up to 1000).
  package func operations(of stack: StackKey, limit: Int = 50) async throws(StoreError) -> [Operation] {
    try await read { db in
      try OperationRows.fetch(
        db,
        where: """
          o.id IN (SELECT id FROM operation WHERE stack_id =
            (SELECT id FROM stack WHERE server = ? AND project = ?) ORDER BY id DESC LIMIT ?)
          """,
        [stack.server, stack.project, min(max(limit, 0), 1000)]
      ).reversed()
    }
  }

  /// Whether the last that was done to a stack as a whole was to take it down, or away to another server: then no revision of it runs.
  package func isDown(_ stack: StackKey) async throws(StoreError) -> Bool {
    let whole: [OperationKind] = [.deploy, .rollback, .restore, .scale, .arrival, .down, .move]
    return try await read { db in
      let kind = try String.fetchOne(
        db,
        sql: """
          SELECT kind FROM operation WHERE stack_id = (SELECT id FROM stack WHERE server = ? AND project = ?)
            AND state = 'done' AND kind IN (?, ?, ?, ?, ?, ?, ?) ORDER BY id DESC LIMIT 1
          """,
        arguments: StatementArguments([stack.server, stack.project] + whole.map(\.rawValue)))
      return kind == OperationKind.down.rawValue || kind == OperationKind.move.rawValue
    }
  }

  /// What was begun and not finished, oldest first; of all servers when `server` is nil.
  package func unfinishedOperations(server: String? = nil) async throws(StoreError) -> [Operation] {
    try await read { db in
      try OperationRows.fetch(db, where: "o.ended_at IS NULL AND (? IS NULL OR s.server = ?)", [server, server])
    }
  }

  /// Makes this process the owner of an operation whose owner is dead (R-LOCK-1).
  ///
  /// The answer carries a new fencing number: whatever the old owner still writes is refused.
  /// - Throws: `held` when the owner lives or cannot be known; `fenced` when somebody else was first.
  package func takeOver(_ operation: Operation) async throws(StoreError) -> Operation {
    try await write { db in
      let owned = try OwnedOperation(operation.handle, db)
      let current = try self.existingOperation(owned.id, db)
      let me = self.processes.me
      guard current.owner == me || current.ownerLiveness(using: self.processes) == .dead else {
        throw StoreError.held(by: LockHolder(current))
      }
      let fencing = try StackRows.nextFencing(ofStack: owned.stack, db)
      try db.execute(
        sql: """
          UPDATE operation SET fencing = ?, heartbeat_at = ?, owner_host = ?, owner_boot = ?, owner_namespace = ?,
            owner_pid = ?, owner_start = ? WHERE id = ?
          """,
        arguments: [
          fencing, self.now().milliseconds, me.host, me.bootID, me.processNamespace, me.processID, me.processStart,
          owned.id,
        ])
      return try self.existingOperation(owned.id, db)
    }
  }

  /// Frees a lock by hand, for an owner that cannot be reached any more; its operation ends as `needsAttention`.
  ///
  /// - Throws: `held` when the owner is known to live, `notFound` when there is no such lock.
  package func unlock(
    lockID: String, _ entry: (@Sendable (Operation) -> AuditEntry)? = nil
  ) async throws(StoreError) -> Operation {
    try await write { db in
      let found = try OperationRows.fetch(
        db, where: "o.lock_id = ? AND o.id IN (SELECT operation_id FROM stack_lock)", [lockID]
      ).first
      guard let found else { throw StoreError.notFound(what: "a lock \(lockID)") }
      guard !found.isOwnerAlive(using: self.processes) else { throw StoreError.held(by: LockHolder(found)) }
      let end = OperationEnd(
        state: .needsAttention, outcome: .failed, message: "unlocked by hand while \(found.state.rawValue)")
      try self.end(OwnedOperation(found.handle, db), end, db)
      let freed = try self.existingOperation(found.id, db)
      if let entry { try self.audit(entry(freed), db) }
      return freed
    }
  }

  private func insertOperation(
    _ new: NewOperation, stack: Int64, revision: Int64?, previous: Int64?, lockID: String, at moment: Timestamp,
    _ db: Database
  ) throws -> Int64 {
    let me = processes.me
    try db.execute(
      sql: """
        INSERT INTO operation (stack_id, kind, state, title, author, revision_id, previous_revision_id, lock_id, fencing,
          owner_host, owner_boot, owner_namespace, owner_pid, owner_start, started_at, heartbeat_at)
        VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        stack, new.kind.rawValue, bounded(new.title, 1024), bounded(new.author, 1024), revision, previous, lockID,
        try StackRows.nextFencing(ofStack: stack, db), me.host, me.bootID, me.processNamespace, me.processID,
        me.processStart, moment.milliseconds, moment.milliseconds,
      ])
    return db.lastInsertedRowID
  }

  private func end(_ owned: OwnedOperation, _ end: OperationEnd, _ db: Database) throws {
    let message = bounded(end.message, 65_536)
    let restored = try end.restoredRevision.map { number in
      let id = try Int64.fetchOne(
        db, sql: "SELECT id FROM revision WHERE stack_id = ? AND number = ?", arguments: [owned.stack, number])
      guard let id else { throw StoreError.notFound(what: "revision \(number)") }
      return id
    }
    if let revision = owned.revision {
      guard end.outcome != .pending, (end.outcome == .deployed) == (end.state == .done) else {
        throw StoreError.invalid(
          what: "outcome \(end.outcome.rawValue)", reason: "the operation ends as \(end.state.rawValue)")
      }
      try db.execute(
        sql: "UPDATE revision SET outcome = ?, result_message = ? WHERE id = ?",
        arguments: [end.outcome.rawValue, message, revision])
      try SecretRows.settle(revision: revision, isDeployed: end.outcome == .deployed, db)
    }
    let moment = now().milliseconds
    try db.execute(
      sql: """
        UPDATE operation SET state = ?, ended_at = ?, heartbeat_at = ?, message = ?, restored_revision_id = ? WHERE id = ?
        """, arguments: [end.state.rawValue, moment, moment, message, restored, owned.id])
    try db.execute(sql: "DELETE FROM stack_lock WHERE stack_id = ?", arguments: [owned.stack])
  }

  private func existingOperation(_ id: Int64, _ db: Database) throws -> Operation {
    guard let operation = try OperationRows.fetch(db, where: "o.id = ?", [id]).first else {
      throw StoreError.notFound(what: "operation \(id)")
    }
    return operation
  }
}
