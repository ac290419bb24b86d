import GRDB

extension RevisionStore {
  /// What was adopted as it ran, by all deployed revisions of a stack.
  package func adoptedHashes(of stack: StackKey) async throws(StoreError) -> [AdoptedHash] {
    try await read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT DISTINCT a.kind, a.name, a.model, a.running FROM adopted_hash a
          JOIN revision r ON r.id = a.revision_id JOIN stack s ON s.id = r.stack_id
          WHERE s.server = ? AND s.project = ? AND r.outcome = 'deployed' ORDER BY a.kind, a.name, a.model, a.running
          """,
        arguments: [stack.server, stack.project])
      return try rows.map { row in
        AdoptedHash(kind: try decoded(row, "kind"), name: row["name"], model: row["model"], running: row["running"])
      }
    }
  }
}
