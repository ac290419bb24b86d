extension Schema {
  /// Servers whose engines listen on TCP with certificates. Shipped: never edit it.
  ///
  /// SQLite changes no constraint of a table: all four are made anew and renamed, the ones that refer to others gone first.
  static let v4 = Migration(version: 4, statements: [v4Servers, v4Around, v4Copy])

  private static let v4Servers = """
    CREATE TABLE server_4 (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
        CHECK (length(name) BETWEEN 1 AND 63 AND name GLOB '[a-z0-9]*' AND name NOT GLOB '*[^-a-z0-9_]*' AND name <> 'local'),
      kind TEXT NOT NULL CHECK (kind IN ('ssh', 'tls')),
      host TEXT NOT NULL CHECK (length(host) BETWEEN 1 AND 253),
      port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
      user TEXT CHECK (length(user) BETWEEN 1 AND 32),
      socket TEXT CHECK (length(socket) BETWEEN 1 AND 107),
      host_key_type TEXT CHECK (length(host_key_type) BETWEEN 1 AND 64),
      host_key BLOB CHECK (length(host_key) BETWEEN 5 AND 16384),
      credential TEXT CHECK (credential IN ('key', 'agent', 'password')),
      agent_socket TEXT CHECK (length(agent_socket) >= 1),
      dial TEXT CHECK (dial IN ('socket', 'dial-stdio', 'socat')),
      is_jump_only INTEGER NOT NULL CHECK (is_jump_only IN (0, 1)),
      authority TEXT CHECK (length(authority) BETWEEN 1 AND 1048576),
      certificate TEXT CHECK (length(certificate) BETWEEN 1 AND 1048576),
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      CHECK (agent_socket IS NULL OR credential = 'agent'),
      CHECK (kind <> 'ssh' OR (user IS NOT NULL AND socket IS NOT NULL AND host_key_type IS NOT NULL AND host_key IS NOT NULL
        AND credential IS NOT NULL AND authority IS NULL AND certificate IS NULL)),
      CHECK (kind <> 'tls' OR (user IS NULL AND socket IS NULL AND host_key_type IS NULL AND host_key IS NULL
        AND credential IS NULL AND dial IS NULL AND is_jump_only = 0 AND authority IS NOT NULL AND certificate IS NOT NULL))
    ) STRICT
    """

  private static let v4Around = """
    CREATE TABLE server_jump_4 (
      server_id INTEGER NOT NULL REFERENCES server_4 (id) ON DELETE CASCADE,
      position INTEGER NOT NULL CHECK (position BETWEEN 1 AND 8),
      jump_id INTEGER NOT NULL REFERENCES server_4 (id) ON DELETE RESTRICT,
      PRIMARY KEY (server_id, position),
      UNIQUE (server_id, jump_id),
      CHECK (server_id <> jump_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE server_key_4 (
      server_id INTEGER NOT NULL REFERENCES server_4 (id) ON DELETE CASCADE,
      version INTEGER NOT NULL CHECK (version >= 1),
      key_id BLOB NOT NULL CHECK (length(key_id) = 16),
      wrapped BLOB NOT NULL CHECK (length(wrapped) = 40),
      PRIMARY KEY (server_id, version)
    ) STRICT;
    CREATE TABLE server_secret_4 (
      server_id INTEGER NOT NULL REFERENCES server_4 (id) ON DELETE CASCADE,
      kind TEXT NOT NULL CHECK (kind IN ('key', 'passphrase', 'password', 'tls-key')),
      key_version INTEGER NOT NULL,
      sealed BLOB NOT NULL,
      PRIMARY KEY (server_id, kind),
      FOREIGN KEY (server_id, key_version) REFERENCES server_key_4 (server_id, version)
    ) STRICT
    """

  private static let v4Copy = """
    INSERT INTO server_4 (id, name, kind, host, port, user, socket, host_key_type, host_key, credential, agent_socket, dial,
        is_jump_only, created_at, updated_at)
      SELECT id, name, 'ssh', host, port, user, socket, host_key_type, host_key, credential, agent_socket, dial, is_jump_only,
        created_at, updated_at FROM server;
    INSERT INTO server_jump_4 (server_id, position, jump_id) SELECT server_id, position, jump_id FROM server_jump;
    INSERT INTO server_key_4 (server_id, version, key_id, wrapped) SELECT server_id, version, key_id, wrapped FROM server_key;
    INSERT INTO server_secret_4 (server_id, kind, key_version, sealed)
      SELECT server_id, kind, key_version, sealed FROM server_secret;
    DROP TABLE server_secret;
    DROP TABLE server_key;
    DROP TABLE server_jump;
    DROP TABLE server;
    ALTER TABLE server_4 RENAME TO server;
    ALTER TABLE server_jump_4 RENAME TO server_jump;
    ALTER TABLE server_key_4 RENAME TO server_key;
    ALTER TABLE server_secret_4 RENAME TO server_secret;
    CREATE INDEX server_jump_through ON server_jump (jump_id)
    """
}
