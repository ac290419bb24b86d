extension Schema {
  /// The first schema. Shipped: never edit it, add a `V2` instead.
  static let v1 = Migration(
    version: 1,
    statements: [
      v1Stacks, v1Keys, v1Contents, v1Revisions, v1RevisionParts, v1Secrets, v1Operations, v1Journal,
    ] + v1Guards)

  private static let v1Stacks = """
    CREATE TABLE stack (
      id INTEGER PRIMARY KEY,
      server TEXT NOT NULL CHECK (length(server) BETWEEN 1 AND 255),
      project TEXT NOT NULL CHECK (length(project) BETWEEN 1 AND 255),
      last_revision INTEGER NOT NULL DEFAULT 0 CHECK (last_revision >= 0),
      last_fencing INTEGER NOT NULL DEFAULT 0 CHECK (last_fencing >= 0),
      created_at INTEGER NOT NULL,
      UNIQUE (server, project)
    ) STRICT
    """

  /// `canary` is a known text under the master key: it tells a wrong key from a damaged row.
  private static let v1Keys = """
    CREATE TABLE master_key (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      key_id BLOB NOT NULL CHECK (length(key_id) = 16),
      canary BLOB NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE stack_key (
      stack_id INTEGER NOT NULL REFERENCES stack (id),
      version INTEGER NOT NULL CHECK (version >= 1),
      key_id BLOB NOT NULL CHECK (length(key_id) = 16),
      wrapped BLOB NOT NULL CHECK (length(wrapped) = 40),
      PRIMARY KEY (stack_id, version)
    ) STRICT
    """

  private static let v1Contents = """
    CREATE TABLE blob (
      id INTEGER PRIMARY KEY,
      sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
      bytes BLOB NOT NULL
    ) STRICT;
    CREATE TABLE sealed_blob (
      id INTEGER PRIMARY KEY,
      stack_id INTEGER NOT NULL,
      key_version INTEGER NOT NULL,
      mac BLOB NOT NULL CHECK (length(mac) = 32),
      size INTEGER NOT NULL CHECK (size >= 0),
      sealed BLOB NOT NULL,
      UNIQUE (stack_id, mac),
      FOREIGN KEY (stack_id, key_version) REFERENCES stack_key (stack_id, version)
    ) STRICT
    """

  /// Lists are JSON texts: they are read whole and never searched. No `json_valid`: SQLite 3.40 calls it unsafe in a schema
  /// under `trusted_schema=OFF`.
  private static let v1Revisions = """
    CREATE TABLE revision (
      id INTEGER PRIMARY KEY,
      stack_id INTEGER NOT NULL REFERENCES stack (id),
      number INTEGER NOT NULL CHECK (number >= 1),
      created_at INTEGER NOT NULL,
      author TEXT NOT NULL,
      message TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('deploy', 'rollback', 'adopt', 'restored')),
      source_number INTEGER CHECK (source_number >= 1),
      outcome TEXT NOT NULL CHECK (outcome IN ('pending', 'deployed', 'failed', 'rolled_back', 'cancelled')),
      project_name TEXT NOT NULL,
      working_directory TEXT NOT NULL,
      config_files TEXT NOT NULL,
      environment_files TEXT NOT NULL,
      profiles TEXT NOT NULL,
      scale TEXT NOT NULL,
      canonical_blob INTEGER REFERENCES blob (id),
      canonical_sealed INTEGER REFERENCES sealed_blob (id),
      canonical_size INTEGER NOT NULL CHECK (canonical_size >= 0),
      input_hash BLOB NOT NULL CHECK (length(input_hash) = 32),
      result_message TEXT,
      UNIQUE (stack_id, number),
      CHECK ((canonical_blob IS NULL) <> (canonical_sealed IS NULL)),
      CHECK ((kind IN ('rollback', 'restored')) = (source_number IS NOT NULL)),
      CHECK ((outcome = 'pending') = (result_message IS NULL))
    ) STRICT;
    CREATE INDEX revision_deployed ON revision (stack_id, number) WHERE outcome = 'deployed'
    """

  private static let v1RevisionParts = """
    CREATE TABLE revision_file (
      revision_id INTEGER NOT NULL REFERENCES revision (id),
      path TEXT NOT NULL CHECK (length(path) BETWEEN 1 AND 4096),
      role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 32),
      mode INTEGER NOT NULL CHECK (mode BETWEEN 0 AND 4095),
      size INTEGER NOT NULL CHECK (size >= 0),
      blob_id INTEGER REFERENCES blob (id),
      sealed_id INTEGER REFERENCES sealed_blob (id),
      sha256 BLOB CHECK (length(sha256) = 32),
      PRIMARY KEY (revision_id, path, role),
      CHECK ((blob_id IS NOT NULL) + (sealed_id IS NOT NULL) + (sha256 IS NOT NULL) = 1)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE revision_variable (
      revision_id INTEGER NOT NULL REFERENCES revision (id),
      name TEXT NOT NULL CHECK (length(name) >= 1),
      value TEXT,
      mac BLOB CHECK (length(mac) = 32),
      PRIMARY KEY (revision_id, name),
      CHECK ((value IS NULL) <> (mac IS NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE revision_image (
      revision_id INTEGER NOT NULL REFERENCES revision (id),
      service TEXT NOT NULL CHECK (length(service) >= 1),
      reference TEXT NOT NULL,
      digest TEXT,
      image_id TEXT NOT NULL,
      PRIMARY KEY (revision_id, service)
    ) STRICT, WITHOUT ROWID
    """

  /// One value in force a name; a deploy's own value waits beside it (`pending_for`) until the deploy succeeds.
  private static let v1Secrets = """
    CREATE TABLE secret (
      id INTEGER PRIMARY KEY,
      stack_id INTEGER NOT NULL,
      name TEXT NOT NULL CHECK (length(name) >= 1),
      version INTEGER NOT NULL CHECK (version >= 1),
      key_version INTEGER NOT NULL,
      mac BLOB NOT NULL CHECK (length(mac) = 32),
      sealed BLOB NOT NULL,
      pending_for INTEGER REFERENCES revision (id),
      updated_at INTEGER NOT NULL,
      UNIQUE (stack_id, name, version),
      FOREIGN KEY (stack_id, key_version) REFERENCES stack_key (stack_id, version)
    ) STRICT;
    CREATE UNIQUE INDEX secret_in_force ON secret (stack_id, name) WHERE pending_for IS NULL;
    CREATE UNIQUE INDEX secret_pending ON secret (pending_for, name) WHERE pending_for IS NOT NULL
    """

  private static let v1Operations = """
    CREATE TABLE operation (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      stack_id INTEGER NOT NULL REFERENCES stack (id),
      kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
      state TEXT NOT NULL CHECK (state IN ('queued', 'planning', 'pulling', 'gate', 'applying', 'verifying',
        'done', 'failed', 'rolled_back', 'cancelled', 'needs_attention')),
      title TEXT NOT NULL,
      author TEXT NOT NULL,
      revision_id INTEGER UNIQUE REFERENCES revision (id),
      previous_revision_id INTEGER REFERENCES revision (id),
      restored_revision_id INTEGER REFERENCES revision (id),
      lock_id TEXT NOT NULL UNIQUE CHECK (length(lock_id) BETWEEN 1 AND 64),
      fencing INTEGER NOT NULL CHECK (fencing >= 1),
      owner_host TEXT NOT NULL,
      owner_boot TEXT NOT NULL,
      owner_namespace TEXT NOT NULL,
      owner_pid INTEGER NOT NULL,
      owner_start INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      heartbeat_at INTEGER NOT NULL,
      ended_at INTEGER,
      message TEXT,
      event_count INTEGER NOT NULL DEFAULT 0 CHECK (event_count >= 0),
      dropped_events INTEGER NOT NULL DEFAULT 0 CHECK (dropped_events >= 0),
      CHECK ((state IN ('done', 'failed', 'rolled_back', 'cancelled', 'needs_attention')) = (ended_at IS NOT NULL)),
      CHECK ((ended_at IS NULL) = (message IS NULL))
    ) STRICT;
    CREATE INDEX operation_unfinished ON operation (id) WHERE ended_at IS NULL;
    CREATE INDEX operation_of_stack ON operation (stack_id, id);
    CREATE TABLE stack_lock (
      stack_id INTEGER PRIMARY KEY REFERENCES stack (id),
      operation_id INTEGER NOT NULL UNIQUE REFERENCES operation (id)
    ) STRICT
    """

  private static let v1Journal = """
    CREATE TABLE operation_plan (
      operation_id INTEGER PRIMARY KEY REFERENCES operation (id),
      text TEXT NOT NULL,
      json TEXT NOT NULL
    ) STRICT;
    CREATE TABLE step (
      operation_id INTEGER NOT NULL REFERENCES operation (id),
      number INTEGER NOT NULL CHECK (number >= 1),
      action TEXT NOT NULL,
      target TEXT NOT NULL,
      cause TEXT NOT NULL,
      payload TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('planned', 'intended', 'done', 'failed', 'undone')),
      intended_at INTEGER,
      ended_at INTEGER,
      object_id TEXT,
      detail TEXT NOT NULL DEFAULT '',
      PRIMARY KEY (operation_id, number),
      CHECK ((state = 'planned') = (intended_at IS NULL)),
      CHECK ((state IN ('done', 'failed', 'undone')) = (ended_at IS NOT NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE event (
      operation_id INTEGER NOT NULL REFERENCES operation (id),
      sequence INTEGER NOT NULL CHECK (sequence >= 1),
      at INTEGER NOT NULL,
      level TEXT NOT NULL CHECK (level IN ('debug', 'info', 'warning', 'error')),
      kind TEXT NOT NULL,
      service TEXT,
      text TEXT NOT NULL,
      PRIMARY KEY (operation_id, sequence)
    ) STRICT, WITHOUT ROWID
    """

  /// What may never happen, whoever writes: history does not change.
  private static let v1Guards =
    [
      """
      CREATE TRIGGER revision_changes_once BEFORE UPDATE ON revision
      WHEN OLD.outcome <> 'pending' OR NEW.outcome = 'pending'
        OR (OLD.id, OLD.stack_id, OLD.number, OLD.created_at, OLD.author, OLD.message, OLD.kind, OLD.source_number,
            OLD.project_name, OLD.working_directory, OLD.config_files, OLD.environment_files, OLD.profiles, OLD.scale,
            OLD.canonical_blob, OLD.canonical_sealed, OLD.canonical_size, OLD.input_hash)
        IS NOT (NEW.id, NEW.stack_id, NEW.number, NEW.created_at, NEW.author, NEW.message, NEW.kind, NEW.source_number,
            NEW.project_name, NEW.working_directory, NEW.config_files, NEW.environment_files, NEW.profiles, NEW.scale,
            NEW.canonical_blob, NEW.canonical_sealed, NEW.canonical_size, NEW.input_hash)
      BEGIN SELECT RAISE(ABORT, 'a revision is never changed'); END
      """,
      """
      CREATE TRIGGER operation_end_is_final BEFORE UPDATE ON operation
      WHEN OLD.ended_at IS NOT NULL OR NEW.fencing < OLD.fencing
      BEGIN SELECT RAISE(ABORT, 'an ended operation is never changed'); END
      """,
      """
      CREATE TRIGGER fencing_only_grows BEFORE UPDATE ON stack
      WHEN NEW.last_fencing < OLD.last_fencing OR NEW.last_revision < OLD.last_revision
      BEGIN SELECT RAISE(ABORT, 'numbers are never given out twice'); END
      """,
    ]
    + ["blob", "revision_file", "revision_variable", "event"].map {
      "CREATE TRIGGER \($0)_is_fixed BEFORE UPDATE ON \($0) BEGIN SELECT RAISE(ABORT, '\($0) is append-only'); END"
    }
    + ["revision", "operation", "revision_file", "revision_variable", "event", "step"].map {
      "CREATE TRIGGER \($0)_is_kept BEFORE DELETE ON \($0) BEGIN SELECT RAISE(ABORT, '\($0) is append-only'); END"
    }
    + ["revision_file", "revision_variable", "revision_image"].map { pendingOnly(table: $0, event: "INSERT", row: "NEW") }
    + ["UPDATE", "DELETE"].map { pendingOnly(table: "revision_image", event: $0, row: "OLD") }

  private static func pendingOnly(table: String, event: String, row: String) -> String {
    """
    CREATE TRIGGER \(table)_\(event.lowercased())_while_pending BEFORE \(event) ON \(table)
    WHEN (SELECT outcome FROM revision WHERE id = \(row).revision_id) <> 'pending'
    BEGIN SELECT RAISE(ABORT, 'a revision is never changed'); END
    """
  }
}
