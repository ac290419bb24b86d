import GRDB

extension RevisionStore {
  /// Images of the newest `keeping` revisions of each stack of a server that were deployed, the one that runs among them (D7).
  ///
  /// Ordered by stack, the newest revision first.
  package func imageUses(onServer server: String, keeping: Int) async throws(StoreError) -> [ImageUse] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT s.project, r.number, i.reference, i.digest, i.image_id
          FROM (
            SELECT id, stack_id, number, row_number() OVER (PARTITION BY stack_id ORDER BY number DESC) AS place
            FROM revision WHERE outcome IN ('deployed', 'pending')
          ) r JOIN stack s ON s.id = r.stack_id JOIN revision_image i ON i.revision_id = r.id
          WHERE s.server = ? AND r.place <= ? ORDER BY s.project, r.number DESC, i.service
          """, arguments: [server, max(1, keeping)]
      ).map { row in
        ImageUse(
          stack: StackKey(server: server, project: row["project"]), revision: row["number"], reference: row["reference"],
          digest: row["digest"], imageID: row["image_id"])
      }
    }
  }
}
