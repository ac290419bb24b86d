extension Schema {
  /// Tokens for private repositories, and which secret variables people have set. Shipped: never edit it.
  static let v7 = Migration(version: 7, statements: [v7Tokens, v7Secrets])

  /// The others are what deploys found, in `.env` or around them: kept for a rollback, and looked for anew by the next deploy. Of
  /// those from before nobody knows.
  private static let v7Secrets = "ALTER TABLE secret ADD COLUMN is_set INTEGER NOT NULL DEFAULT 1 CHECK (is_set IN (0, 1))"

  /// `host` is where the token may go, as `HOST:PORT`; apart from the stack's home, which is there after the first fetch only.
  private static let v7Tokens = """
    CREATE TABLE git_token (
      stack TEXT PRIMARY KEY
        CHECK (length(stack) BETWEEN 1 AND 63 AND stack GLOB '[a-z0-9]*' AND stack NOT GLOB '*[^-a-z0-9_]*'),
      host TEXT NOT NULL CHECK (length(host) BETWEEN 1 AND 300),
      user TEXT NOT NULL CHECK (length(user) BETWEEN 1 AND 100),
      version INTEGER NOT NULL CHECK (version >= 1),
      key_version INTEGER NOT NULL CHECK (key_version >= 1),
      sealed BLOB NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT
    """
}
