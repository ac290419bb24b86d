extension Schema {
  /// What was adopted as it ran (decision 0008). Shipped: never edit it.
  static let v2 = Migration(
    version: 2,
    statements: [
      """
      CREATE TABLE adopted_hash (
        revision_id INTEGER NOT NULL REFERENCES revision (id),
        kind TEXT NOT NULL CHECK (kind IN ('service', 'network', 'volume')),
        name TEXT NOT NULL CHECK (length(name) >= 1),
        model TEXT NOT NULL CHECK (length(model) >= 1),
        running TEXT NOT NULL CHECK (length(running) >= 1),
        PRIMARY KEY (revision_id, kind, name, model, running)
      ) STRICT, WITHOUT ROWID
      """,
      "CREATE TRIGGER adopted_hash_is_fixed BEFORE UPDATE ON adopted_hash BEGIN SELECT RAISE(ABORT, 'adopted_hash is append-only'); END",
      "CREATE TRIGGER adopted_hash_is_kept BEFORE DELETE ON adopted_hash BEGIN SELECT RAISE(ABORT, 'adopted_hash is append-only'); END",
      """
      CREATE TRIGGER adopted_hash_insert_while_pending BEFORE INSERT ON adopted_hash
      WHEN (SELECT outcome FROM revision WHERE id = NEW.revision_id) <> 'pending'
      BEGIN SELECT RAISE(ABORT, 'a revision is never changed'); END
      """,
    ])
}
