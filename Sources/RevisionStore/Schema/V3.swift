extension Schema {
  /// Servers that are reached over SSH. Shipped: never edit it.
  static let v3 = Migration(version: 3, statements: [v3Servers, v3Secrets])

  /// A stack's rows name its server by text, not by number: the history stays when a server is removed.
  private static let v3Servers = """
    CREATE TABLE server (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
        CHECK (length(name) BETWEEN 1 AND 63 AND name GLOB '[a-z0-9]*' AND name NOT GLOB '*[^-a-z0-9_]*' AND name <> 'local'),
      user TEXT NOT NULL CHECK (length(user) BETWEEN 1 AND 32),
      host TEXT NOT NULL CHECK (length(host) BETWEEN 1 AND 253),
      port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
      socket TEXT NOT NULL CHECK (length(socket) BETWEEN 1 AND 107),
      host_key_type TEXT NOT NULL CHECK (length(host_key_type) BETWEEN 1 AND 64),
      host_key BLOB NOT NULL CHECK (length(host_key) BETWEEN 5 AND 16384),
      credential TEXT NOT NULL CHECK (credential IN ('key', 'agent', 'password')),
      agent_socket TEXT CHECK (length(agent_socket) >= 1),
      dial TEXT CHECK (dial IN ('socket', 'dial-stdio', 'socat')),
      is_jump_only INTEGER NOT NULL CHECK (is_jump_only IN (0, 1)),
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      CHECK (agent_socket IS NULL OR credential = 'agent')
    ) STRICT;
    CREATE TABLE server_jump (
      server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
      position INTEGER NOT NULL CHECK (position BETWEEN 1 AND 8),
      jump_id INTEGER NOT NULL REFERENCES server (id) ON DELETE RESTRICT,
      PRIMARY KEY (server_id, position),
      UNIQUE (server_id, jump_id),
      CHECK (server_id <> jump_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX server_jump_through ON server_jump (jump_id)
    """

  private static let v3Secrets = """
    CREATE TABLE server_key (
      server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
      version INTEGER NOT NULL CHECK (version >= 1),
      key_id BLOB NOT NULL CHECK (length(key_id) = 16),
      wrapped BLOB NOT NULL CHECK (length(wrapped) = 40),
      PRIMARY KEY (server_id, version)
    ) STRICT;
    CREATE TABLE server_secret (
      server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
      kind TEXT NOT NULL CHECK (kind IN ('key', 'passphrase', 'password')),
      key_version INTEGER NOT NULL,
      sealed BLOB NOT NULL,
      PRIMARY KEY (server_id, kind),
      FOREIGN KEY (server_id, key_version) REFERENCES server_key (server_id, version)
    ) STRICT
    """
}
