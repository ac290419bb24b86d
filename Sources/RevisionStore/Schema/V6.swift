extension Schema {
  /// What admins have allowed against the compose policy (S-POL). Shipped: never edit it.
  static let v6 = Migration(version: 6, statements: [v6Exceptions] + v6Servers)

  /// `subjects` are the findings that were confirmed, as a JSON list; null: whatever the rule finds in the stack.
  private static let v6Exceptions = """
    CREATE TABLE policy_exception (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      server TEXT NOT NULL CHECK (length(server) BETWEEN 1 AND 255),
      stack TEXT NOT NULL CHECK (length(stack) BETWEEN 1 AND 255),
      rule TEXT NOT NULL CHECK (rule GLOB 'POL-[1-9]'),
      subjects TEXT CHECK (length(subjects) BETWEEN 2 AND 65536),
      reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
      granted_by TEXT NOT NULL CHECK (length(granted_by) BETWEEN 1 AND 128),
      granted_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL CHECK (expires_at > granted_at)
    ) STRICT;
    CREATE INDEX policy_exception_of_stack ON policy_exception (server, stack, expires_at)
    """

  /// They go with the server that the stack is on, and end with it.
  private static let v6Servers = [
    """
    CREATE TRIGGER policy_exception_follows_server AFTER UPDATE OF name ON server WHEN NEW.name <> OLD.name
    BEGIN UPDATE policy_exception SET server = NEW.name WHERE server = OLD.name; END
    """,
    """
    CREATE TRIGGER policy_exception_ends_with_server AFTER DELETE ON server
    BEGIN DELETE FROM policy_exception WHERE server = OLD.name; END
    """,
  ]
}
