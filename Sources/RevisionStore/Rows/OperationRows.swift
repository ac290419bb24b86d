import GRDB

/// Reads operations and locks out of rows.
enum OperationRows {
  private static let select = """
    SELECT o.*, s.server, s.project, r.number AS revision_number, q.number AS previous_number,
      t.number AS restored_number,
      p.text AS plan_text, p.json AS plan_json
    FROM operation o JOIN stack s ON s.id = o.stack_id
    LEFT JOIN revision r ON r.id = o.revision_id LEFT JOIN revision q ON q.id = o.previous_revision_id
    LEFT JOIN revision t ON t.id = o.restored_revision_id
    LEFT JOIN operation_plan p ON p.operation_id = o.id
    """

  static func fetch(_ db: Database, where condition: String, _ arguments: StatementArguments) throws -> [Operation] {
    try Row.fetchAll(db, sql: "\(select) WHERE \(condition) ORDER BY o.id", arguments: arguments).map(operation)
  }

  /// Who holds the lock of a stack; nil when it is free.
  static func holder(ofStack id: Int64, _ db: Database) throws -> LockHolder? {
    let operations = try fetch(
      db, where: "o.id = (SELECT operation_id FROM stack_lock WHERE stack_id = ?)", [id])
    return operations.first.map(LockHolder.init)
  }

  private static func operation(_ row: Row) throws -> Operation {
    Operation(
      id: row["id"], stack: StackKey(server: row["server"], project: row["project"]),
      kind: OperationKind(rawValue: row["kind"]), state: try decoded(row, "state"), title: row["title"],
      author: row["author"], revision: row["revision_number"], previousRevision: row["previous_number"],
      restoredRevision: row["restored_number"],
      fencing: row["fencing"], lockID: row["lock_id"],
      owner: OwnerIdentity(
        host: row["owner_host"], bootID: row["owner_boot"], processNamespace: row["owner_namespace"],
        processID: row["owner_pid"], processStart: row["owner_start"]),
      startedAt: Timestamp(milliseconds: row["started_at"]), heartbeatAt: Timestamp(milliseconds: row["heartbeat_at"]),
      endedAt: (row["ended_at"] as Int64?).map(Timestamp.init(milliseconds:)), message: row["message"],
      planText: row["plan_text"], planJSON: row["plan_json"], droppedEvents: row["dropped_events"])
  }
}

extension LockHolder {
  /// The holder that an unfinished operation is.
  package init(_ operation: Operation) {
    self.init(
      lockID: operation.lockID, stack: operation.stack, operation: operation.id, kind: operation.kind,
      state: operation.state, title: operation.title, author: operation.author, owner: operation.owner,
      startedAt: operation.startedAt, heartbeatAt: operation.heartbeatAt)
  }
}

/// An operation as the journal's writes need it, once it is certain that the writer owns it.
struct OwnedOperation {
  var id: Int64
  var stack: Int64
  var revision: Int64?
  var state: OperationState

  /// Throws `fenced` when `handle` does not own its operation any more.
  init(_ handle: OperationHandle, _ db: Database) throws {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT o.stack_id, o.revision_id, o.state, o.fencing, o.ended_at IS NULL AND l.stack_id IS NOT NULL AS is_running
          FROM operation o LEFT JOIN stack_lock l ON l.operation_id = o.id WHERE o.id = ?
          """), arguments: [handle.id])
    guard let row else { throw StoreError.notFound(what: "operation \(handle.id)") }
    let isRunning: Bool = row["is_running"]
    guard isRunning, row["fencing"] == handle.fencing else {
      throw StoreError.fenced(operation: handle.id, yours: handle.fencing, current: isRunning ? row["fencing"] : nil)
    }
    id = handle.id
    stack = row["stack_id"]
    revision = row["revision_id"]
    state = try decoded(row, "state")
  }
}
