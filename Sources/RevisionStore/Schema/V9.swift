extension Schema {
  /// What people are still writing, and which key of an agent is offered to a server. Shipped: never edit it.
  static let v9 = Migration(version: 9, statements: [v9Drafts, v9AgentKey])

  /// The public half, as in `authorized_keys`.
  private static let v9AgentKey = "ALTER TABLE server ADD COLUMN agent_key TEXT CHECK (length(agent_key) BETWEEN 1 AND 16384)"

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
