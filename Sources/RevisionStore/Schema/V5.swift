extension Schema {
  /// Accounts, the audit log, and what the server keeps beside the stacks. Shipped: never edit it.
  static let v5 = Migration(
    version: 5,
    statements: [v5Instance, v5Users, v5Sessions, v5Tokens, v5Logins, v5Audit, v5Kept, v5Jobs, v5Hooks] + v5Guards + v5Servers)

  /// The key of what belongs to the whole installation and to no stack.
  private static let v5Instance = """
    CREATE TABLE instance_key (
      instance_id INTEGER NOT NULL CHECK (instance_id = 1),
      version INTEGER NOT NULL CHECK (version >= 1),
      key_id BLOB NOT NULL CHECK (length(key_id) = 16),
      wrapped BLOB NOT NULL CHECK (length(wrapped) = 40),
      PRIMARY KEY (instance_id, version)
    ) STRICT
    """

  /// Names are ASCII, so that NOCASE is all there is to equal names. `totp_version` grows with each seed and is never reset.
  private static let v5Users = """
    CREATE TABLE user (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL COLLATE NOCASE UNIQUE
        CHECK (length(name) BETWEEN 1 AND 64 AND name GLOB '[A-Za-z0-9]*' AND name NOT GLOB '*[^-A-Za-z0-9._@]*'),
      password TEXT NOT NULL CHECK (length(password) BETWEEN 20 AND 512),
      is_disabled INTEGER NOT NULL CHECK (is_disabled IN (0, 1)),
      must_have_second_factor INTEGER NOT NULL CHECK (must_have_second_factor IN (0, 1)),
      totp_sealed BLOB,
      totp_key_version INTEGER CHECK (totp_key_version >= 1),
      totp_version INTEGER NOT NULL DEFAULT 0 CHECK (totp_version >= 0),
      totp_is_confirmed INTEGER NOT NULL DEFAULT 0 CHECK (totp_is_confirmed IN (0, 1)),
      totp_last_step INTEGER NOT NULL DEFAULT 0 CHECK (totp_last_step >= 0),
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      last_login_at INTEGER,
      CHECK ((totp_sealed IS NULL) = (totp_key_version IS NULL)),
      CHECK (totp_is_confirmed = 0 OR totp_sealed IS NOT NULL)
    ) STRICT;
    CREATE TABLE recovery_code (
      user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      used_at INTEGER,
      PRIMARY KEY (user_id, hash)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE user_grant (
      id INTEGER PRIMARY KEY,
      user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
      role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
      server TEXT CHECK (length(server) BETWEEN 1 AND 255),
      stack TEXT CHECK (length(stack) BETWEEN 1 AND 255),
      may_exec INTEGER NOT NULL CHECK (may_exec IN (0, 1)),
      may_restore INTEGER NOT NULL CHECK (may_restore IN (0, 1)),
      CHECK (stack IS NULL OR server IS NOT NULL)
    ) STRICT;
    CREATE UNIQUE INDEX user_grant_scope ON user_grant (user_id, coalesce(server, ''), coalesce(stack, ''))
    """

  private static let v5Sessions = """
    CREATE TABLE session (
      id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 8 AND 32),
      secret_hash BLOB NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
      user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
      way TEXT NOT NULL CHECK (way IN ('ui', 'cli', 'api', 'webhook', 'schedule', 'system')),
      address TEXT NOT NULL CHECK (length(address) <= 64),
      user_agent TEXT NOT NULL CHECK (length(user_agent) <= 200),
      created_at INTEGER NOT NULL,
      last_seen_at INTEGER NOT NULL,
      ends_at INTEGER NOT NULL,
      step_up_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX session_of_user ON session (user_id, created_at)
    """

  /// `is_limited` apart from the limits: a token whose last limit went away must not become one without limits.
  private static let v5Tokens = """
    CREATE TABLE api_token (
      id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 8 AND 32),
      secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
      user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
      name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
      scopes TEXT NOT NULL CHECK (length(scopes) BETWEEN 2 AND 4096),
      is_limited INTEGER NOT NULL CHECK (is_limited IN (0, 1)),
      created_at INTEGER NOT NULL,
      expires_at INTEGER,
      last_used_at INTEGER,
      revoked_at INTEGER
    ) STRICT;
    CREATE INDEX api_token_of_user ON api_token (user_id, created_at);
    CREATE TABLE api_token_limit (
      id INTEGER PRIMARY KEY,
      token_id TEXT NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
      server TEXT NOT NULL CHECK (length(server) BETWEEN 1 AND 255),
      stack TEXT CHECK (length(stack) BETWEEN 1 AND 255)
    ) STRICT;
    CREATE UNIQUE INDEX api_token_limit_scope ON api_token_limit (token_id, server, coalesce(stack, ''))
    """

  /// `account` is a keyed hash: people type passwords where the name goes, and such words are kept nowhere.
  private static let v5Logins = """
    CREATE TABLE login_failure (
      account BLOB NOT NULL CHECK (length(account) = 32),
      network TEXT NOT NULL CHECK (length(network) BETWEEN 1 AND 64),
      count INTEGER NOT NULL CHECK (count >= 0),
      blocked_until INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      PRIMARY KEY (account, network)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX login_failure_age ON login_failure (last_at);
    CREATE TABLE login_window (
      network TEXT PRIMARY KEY CHECK (length(network) BETWEEN 1 AND 64),
      began_at INTEGER NOT NULL,
      count INTEGER NOT NULL CHECK (count >= 0)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX login_window_age ON login_window (began_at)
    """

  /// `audit_tail` is the last row under a MAC, renewed with each; `audit_head` are the signed ones; `audit_cut` says up to which
  /// of them older rows were given up.
  private static let v5Audit = """
    CREATE TABLE audit (
      sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
      at INTEGER NOT NULL,
      actor TEXT NOT NULL CHECK (length(actor) BETWEEN 1 AND 128),
      credential TEXT CHECK (length(credential) BETWEEN 1 AND 64),
      address TEXT CHECK (length(address) BETWEEN 1 AND 64),
      way TEXT NOT NULL CHECK (way IN ('ui', 'cli', 'api', 'webhook', 'schedule', 'system')),
      action TEXT NOT NULL CHECK (length(action) BETWEEN 1 AND 64),
      target TEXT NOT NULL CHECK (length(target) <= 512),
      outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'denied', 'failed')),
      request_id TEXT CHECK (length(request_id) BETWEEN 1 AND 128),
      detail TEXT NOT NULL CHECK (length(detail) <= 4096),
      hash BLOB NOT NULL CHECK (length(hash) = 32)
    ) STRICT;
    CREATE INDEX audit_time ON audit (at);
    CREATE INDEX audit_actor ON audit (actor, sequence);
    CREATE INDEX audit_target ON audit (target, sequence);
    CREATE TABLE audit_tail (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      sequence INTEGER NOT NULL CHECK (sequence >= 1),
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      mac BLOB NOT NULL CHECK (length(mac) = 32)
    ) STRICT;
    CREATE TABLE audit_key (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      key_version INTEGER NOT NULL CHECK (key_version >= 1),
      public_key BLOB NOT NULL CHECK (length(public_key) = 32),
      sealed BLOB NOT NULL
    ) STRICT;
    CREATE TABLE audit_head (
      sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      at INTEGER NOT NULL,
      signature BLOB NOT NULL CHECK (length(signature) = 64)
    ) STRICT;
    CREATE TABLE audit_cut (
      sequence INTEGER PRIMARY KEY REFERENCES audit_head (sequence),
      at INTEGER NOT NULL,
      signature BLOB NOT NULL CHECK (length(signature) = 64)
    ) STRICT
    """

  private static let v5Kept = """
    CREATE TABLE setting (
      key TEXT PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 128),
      value TEXT NOT NULL CHECK (length(value) BETWEEN 1 AND 65536),
      updated_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE idempotency (
      principal TEXT NOT NULL CHECK (length(principal) BETWEEN 1 AND 128),
      key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
      request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
      status INTEGER CHECK (status BETWEEN 100 AND 599),
      body BLOB CHECK (length(body) <= 65536),
      created_at INTEGER NOT NULL,
      PRIMARY KEY (principal, key),
      CHECK ((status IS NULL) = (body IS NULL))
    ) STRICT;
    CREATE INDEX idempotency_age ON idempotency (created_at)
    """

  private static let v5Jobs = """
    CREATE TABLE job (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE CHECK (length(id) BETWEEN 8 AND 64),
      kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
      server TEXT CHECK (length(server) BETWEEN 1 AND 255),
      stack TEXT CHECK (length(stack) BETWEEN 1 AND 255),
      state TEXT NOT NULL CHECK (state IN ('queued', 'planning', 'pulling', 'gate', 'applying', 'verifying',
        'done', 'failed', 'rolled_back', 'cancelled', 'needs_attention')),
      requested_by TEXT NOT NULL CHECK (length(requested_by) BETWEEN 1 AND 128),
      way TEXT NOT NULL CHECK (way IN ('ui', 'cli', 'api', 'webhook', 'schedule', 'system')),
      title TEXT NOT NULL CHECK (length(title) <= 1024),
      created_at INTEGER NOT NULL,
      started_at INTEGER,
      ended_at INTEGER,
      operation_id INTEGER REFERENCES operation (id),
      revision INTEGER CHECK (revision >= 1),
      result TEXT CHECK (length(result) <= 65536),
      error TEXT CHECK (length(error) <= 65536),
      event_count INTEGER NOT NULL DEFAULT 0 CHECK (event_count BETWEEN 0 AND 10000),
      dropped_events INTEGER NOT NULL DEFAULT 0 CHECK (dropped_events >= 0),
      CHECK ((state IN ('done', 'failed', 'rolled_back', 'cancelled', 'needs_attention')) = (ended_at IS NOT NULL)),
      CHECK (stack IS NULL OR server IS NOT NULL)
    ) STRICT;
    CREATE INDEX job_unfinished ON job (number) WHERE ended_at IS NULL;
    CREATE INDEX job_of_stack ON job (server, stack, number);
    CREATE TABLE job_event (
      job INTEGER NOT NULL REFERENCES job (number) ON DELETE CASCADE,
      seq INTEGER NOT NULL CHECK (seq BETWEEN 1 AND 10000),
      at INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
      json TEXT NOT NULL CHECK (length(json) <= 65536),
      PRIMARY KEY (job, seq)
    ) STRICT, WITHOUT ROWID
    """

  private static let v5Hooks = """
    CREATE TABLE webhook (
      id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 8 AND 64),
      server TEXT NOT NULL CHECK (length(server) BETWEEN 1 AND 255),
      stack TEXT NOT NULL CHECK (length(stack) BETWEEN 1 AND 255),
      action TEXT NOT NULL CHECK (action IN ('deploy', 'update')),
      created_by TEXT NOT NULL CHECK (length(created_by) BETWEEN 1 AND 128),
      key_version INTEGER NOT NULL CHECK (key_version >= 1),
      sealed BLOB NOT NULL,
      created_at INTEGER NOT NULL,
      last_used_at INTEGER
    ) STRICT;
    CREATE TABLE webhook_use (
      webhook_id TEXT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
      signature BLOB NOT NULL CHECK (length(signature) = 32),
      at INTEGER NOT NULL,
      PRIMARY KEY (webhook_id, signature)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX webhook_use_age ON webhook_use (at);
    CREATE TABLE stack_home (
      name TEXT PRIMARY KEY
        CHECK (length(name) BETWEEN 1 AND 63 AND name GLOB '[a-z0-9]*' AND name NOT GLOB '*[^-a-z0-9_]*'),
      server TEXT NOT NULL CHECK (length(server) BETWEEN 1 AND 255),
      source TEXT NOT NULL CHECK (length(source) BETWEEN 2 AND 16384),
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """

  /// What may never happen, whoever writes: the log of who did what does not change (S-AUD-2).
  private static let v5Guards =
    ["audit", "audit_head", "audit_cut", "audit_key"].map {
      "CREATE TRIGGER \($0)_is_fixed BEFORE UPDATE ON \($0) BEGIN SELECT RAISE(ABORT, '\($0) is append-only'); END"
    }
    + ["audit_head", "audit_cut", "audit_key", "audit_tail"].map {
      "CREATE TRIGGER \($0)_is_kept BEFORE DELETE ON \($0) BEGIN SELECT RAISE(ABORT, '\($0) is append-only'); END"
    }
    + [
      """
      CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
      WHEN OLD.sequence > coalesce((SELECT max(sequence) FROM audit_cut), 0)
      BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
      """,
      """
      CREATE TRIGGER audit_tail_only_grows BEFORE UPDATE ON audit_tail WHEN NEW.sequence <= OLD.sequence
      BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
      """,
      """
      CREATE TRIGGER job_end_is_final BEFORE UPDATE ON job WHEN OLD.ended_at IS NOT NULL
      BEGIN SELECT RAISE(ABORT, 'an ended job is never changed'); END
      """,
      """
      CREATE TRIGGER job_event_is_fixed BEFORE UPDATE ON job_event
      BEGIN SELECT RAISE(ABORT, 'job_event is append-only'); END
      """,
    ]

  /// Rights go with the server they are for, and end with it: another server that gets the name later gets none of them.
  private static let v5Servers =
    ["user_grant", "api_token_limit", "webhook", "stack_home"].map {
      """
      CREATE TRIGGER \($0)_follows_server AFTER UPDATE OF name ON server WHEN NEW.name <> OLD.name
      BEGIN UPDATE OR REPLACE \($0) SET server = NEW.name WHERE server = OLD.name; END
      """
    }
    + ["user_grant", "api_token_limit", "webhook"].map {
      """
      CREATE TRIGGER \($0)_ends_with_server AFTER DELETE ON server
      BEGIN DELETE FROM \($0) WHERE server = OLD.name; END
      """
    }
}
