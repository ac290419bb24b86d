extension Schema {
  /// What people are still writing. Shipped: never edit it.
  static let v9 = Migration(version: 9, statements: [v9Drafts])

  /// One for a stack's folder, the same for all who edit it. Sealed: files hold secrets. A version is never used again, also not
  /// after the draft was discarded.
  private static let v9Drafts = """
    CREATE TABLE draft (
      stack TEXT PRIMARY KEY
        CHECK (length(stack) BETWEEN 1 AND 63 AND stack GLOB '[a-z0-9]*' AND stack NOT GLOB '*[^-a-z0-9_]*'),
      version INTEGER NOT NULL CHECK (version >= 1),
      author TEXT NOT NULL,
      key_version INTEGER NOT NULL CHECK (key_version >= 1),
      sealed BLOB NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT
    """
}
