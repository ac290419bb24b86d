import GRDB

extension RevisionStore {
  /// Files of one stack's folder that are known to have been sent; more are forgotten, and stay when a client has them no more.
  package static let sentFilesLimit = 2000

  /// What clients' projects have brought to a stack's folder: the tags as it came, by path.
  package func sentFiles(ofStack name: String) async throws(StoreError) -> [String: String] {
    try await read { db in
      let rows = try Row.fetchAll(db, sql: "SELECT path, tag FROM sent_file WHERE stack = ?", arguments: [name])
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["path"], $0["tag"]) })
    }
  }

  /// Keeps what a client's project has brought; nil: it is no client's any more.
  package func putSentFiles(_ tags: [String: String?], ofStack name: String) async throws(StoreError) {
    try await write { db in
      for (path, tag) in tags.sorted(by: { $0.key < $1.key }) {
        guard let tag else {
          try db.execute(sql: "DELETE FROM sent_file WHERE stack = ? AND path = ?", arguments: [name, path])
          continue
        }
        try db.execute(
          sql: """
            INSERT INTO sent_file (stack, path, tag) SELECT ?, ?, ?
            WHERE (SELECT count(*) FROM sent_file WHERE stack = ?) < ?
            ON CONFLICT (stack, path) DO UPDATE SET tag = excluded.tag
            """, arguments: [name, path, tag, name, Self.sentFilesLimit])
      }
    }
  }
}
