import GRDB

/// Rows of `job` and `job_event`.
enum JobRows {
  /// Events of one job.
  static let eventLimit = 10_000
  /// Bytes of one JSON text.
  static let textLimit = 65_536

  static func fetch(
    _ db: Database, where condition: String, _ arguments: StatementArguments, order: String = "number", limit: Int = 1000
  ) throws -> [Job] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM job WHERE \(condition) ORDER BY \(order) LIMIT \(limit)", arguments: arguments
    ).map(job)
  }

  /// - Throws: `refused(.jobUnknown)`.
  static func existing(_ id: String, _ db: Database) throws -> (number: Int64, job: Job) {
    guard let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM job WHERE id = ?"), arguments: [id]) else {
      throw StoreError.refused(.jobUnknown)
    }
    return (row["number"], try job(row))
  }

  private static func job(_ row: Row) throws -> Job {
    Job(
      id: row["id"], kind: row["kind"], server: row["server"], stack: row["stack"], state: try decoded(row, "state"),
      requestedBy: row["requested_by"], way: try decoded(row, "way"), title: row["title"],
      createdAt: Timestamp(milliseconds: row["created_at"]),
      startedAt: (row["started_at"] as Int64?).map(Timestamp.init(milliseconds:)),
      endedAt: (row["ended_at"] as Int64?).map(Timestamp.init(milliseconds:)), operation: row["operation_id"],
      revision: row["revision"], result: row["result"], error: row["error"], eventCount: row["event_count"],
      droppedEvents: row["dropped_events"])
  }

  static func event(_ row: Row) -> JobEvent {
    JobEvent(seq: row["seq"], at: Timestamp(milliseconds: row["at"]), kind: row["kind"], json: row["json"])
  }

  /// Adds events after the last one; past the limit they are counted only. Gives the number of the last that was kept.
  static func append(_ events: [NewJobEvent], to id: String, _ db: Database) throws -> Int {
    let (number, job) = try existing(id, db)
    guard job.endedAt == nil else { throw StoreError.refused(.jobEnded) }
    let kept = events.prefix(max(0, eventLimit - job.eventCount))
    let insert = try db.cachedStatement(sql: "INSERT INTO job_event (job, seq, at, kind, json) VALUES (?, ?, ?, ?, ?)")
    for (index, event) in kept.enumerated() {
      guard event.json.utf8.count <= textLimit else {
        throw StoreError.invalid(what: "an event of \(event.json.utf8.count) bytes", reason: "it may have at most 64 KiB")
      }
      try insert.execute(arguments: [
        number, job.eventCount + index + 1, event.at.milliseconds, bounded(event.kind, 64), event.json,
      ])
    }
    try db.execute(
      sql: "UPDATE job SET event_count = event_count + ?, dropped_events = dropped_events + ? WHERE number = ?",
      arguments: [kept.count, events.count - kept.count, number])
    return job.eventCount + kept.count
  }
}
