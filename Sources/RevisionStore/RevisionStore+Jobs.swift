import GRDB

extension RevisionStore {
  /// Jobs that one read gives at most.
  package static let jobPageLimit = 200

  /// Stores a job as `queued`, durable when this returns; the entry with it, or neither.
  package func createJob(_ new: NewJob, _ entry: AuditEntry? = nil) async throws(StoreError) -> Job {
    try await write(.start) { db in
      try db.execute(
        sql: """
          INSERT INTO job (id, kind, server, stack, state, requested_by, way, title, created_at)
          VALUES (?, ?, ?, ?, 'queued', ?, ?, ?, ?)
          """,
        arguments: [
          new.id, new.kind, new.server, new.stack, bounded(new.requestedBy, 128), new.way.rawValue, bounded(new.title, 1024),
          self.now().milliseconds,
        ])
      if let entry { try self.audit(entry, db) }
      return try JobRows.existing(new.id, db).job
    }
  }

  /// Changes a job; the last of its events may be given with its end.
  ///
  /// - Throws: `refused`: `jobUnknown`, `jobEnded`. `invalid` for a JSON text of more than 64 KiB, or a way back to `queued`.
  package func updateJob(
    _ id: String, _ change: JobChange, events: [NewJobEvent] = [], _ entry: AuditEntry? = nil
  ) async throws(StoreError) -> Job {
    try await write { db in
      let (number, old) = try JobRows.existing(id, db)
      guard old.endedAt == nil else { throw StoreError.refused(.jobEnded) }
      for text in [change.result, change.error] where text?.utf8.count ?? 0 > JobRows.textLimit {
        throw StoreError.invalid(what: "the result of a job", reason: "it may have at most 64 KiB")
      }
      if change.state == .queued && old.state != .queued {
        throw StoreError.invalid(what: "a job's state", reason: "it was started, and cannot be queued again")
      }
      if !events.isEmpty { _ = try JobRows.append(events, to: id, db) }
      let state = change.state ?? old.state
      let moment = self.now().milliseconds
      try db.execute(
        sql: """
          UPDATE job SET state = ?, started_at = coalesce(started_at, ?), ended_at = ?,
            operation_id = coalesce(?, operation_id), revision = coalesce(?, revision), result = coalesce(?, result),
            error = coalesce(?, error) WHERE number = ?
          """,
        arguments: [
          state.rawValue, state == .queued ? nil : moment, state.isEnd ? moment : nil, change.operation, change.revision,
          change.result, change.error, number,
        ])
      if let entry { try self.audit(entry, db) }
      return try JobRows.existing(id, db).job
    }
  }

  /// Adds events in one transaction; past 10,000 a job they are dropped and counted. Gives the number of the last one kept.
  ///
  /// - Throws: `refused`: `jobUnknown`, `jobEnded`; `invalid` for an event of more than 64 KiB.
  package func appendJobEvents(_ id: String, _ events: [NewJobEvent]) async throws(StoreError) -> Int {
    try await write { db in try JobRows.append(events, to: id, db) }
  }

  /// One job; nil when there is none, or it was given up long ago.
  package func job(_ id: String) async throws(StoreError) -> Job? {
    try await read { try JobRows.fetch($0, where: "id = ?", [id]).first }
  }

  /// Newest first, older than the job `before` when it is given, at most `limit` (up to 200).
  package func jobs(
    matching filter: JobFilter = JobFilter(), before: String? = nil, limit: Int = 50
  ) async throws(StoreError) -> [Job] {
    try await read { db in
      var conditions: [String] = []
      var arguments = StatementArguments()
      if let before {
        conditions.append("number < (SELECT number FROM job WHERE id = ?)")
        arguments += [before]
      }
      let wanted = [
        ("server", filter.server), ("stack", filter.stack), ("state", filter.state?.rawValue), ("kind", filter.kind),
      ]
      for case (let column, let value?) in wanted {
        conditions.append("\(column) = ?")
        arguments += [value]
      }
      return try JobRows.fetch(
        db, where: conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND "), arguments, order: "number DESC",
        limit: min(max(limit, 0), Self.jobPageLimit))
    }
  }

  /// The events of a job after the sequence number `after`, at most `limit` (up to 10,000).
  package func jobEvents(_ id: String, after: Int = 0, limit: Int = 1000) async throws(StoreError) -> [JobEvent] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT * FROM job_event WHERE job = (SELECT number FROM job WHERE id = ?) AND seq > ? ORDER BY seq LIMIT ?",
        arguments: [id, after, min(max(limit, 0), JobRows.eventLimit)]
      ).map(JobRows.event)
    }
  }

  /// What was begun and not ended, oldest first, at most 1000: to be settled at the start of the server.
  package func unfinishedJobs() async throws(StoreError) -> [Job] {
    try await read { try JobRows.fetch($0, where: "ended_at IS NULL", []) }
  }

  /// Jobs that go in one transaction, so that no other write waits long for it: each may have 10,000 events.
  private static let pruneBatch = 20

  /// Forgets the oldest of the jobs that have ended, past `kept`, with their events; gives how many went.
  ///
  /// Some at a time: other writes come in between.
  package func pruneJobs(keeping kept: Int) async throws(StoreError) -> Int {
    var gone = 0
    while true {
      let found = try await read { db in
        try Int64.fetchAll(
          db, sql: "SELECT number FROM job WHERE ended_at IS NOT NULL ORDER BY number DESC LIMIT ? OFFSET ?",
          arguments: [Self.pruneBatch, max(kept, 0)])
      }
      guard !found.isEmpty else { return gone }
      gone += try await write { db in
        for number in found { try db.execute(sql: "DELETE FROM job WHERE number = ?", arguments: [number]) }
        return found.count
      }
    }
  }
}
