import GRDB
import Glibc

/// The steps that make a usable database out of a folder: create, migrate, check.
///
/// Blocks the thread for milliseconds; longer only for a migration, or for the check after an unclean end.
struct Opening {
  let directory: DataDirectory
  let lock: FileLock
  let lockLimit: Duration
  let bootID: String
  let now: Timestamp
  let migrations: [Migration]

  private var newestVersion: Int { migrations.last?.version ?? 0 }

  /// A connection that only reads, and why the database cannot be trusted, if it cannot.
  func open() throws(StoreError) -> (reader: DatabaseQueue, damage: StoreError?) {
    do {
      var reader = try openReader()
      let found = try reader.read(Schema.version)
      if found > newestVersion {
        throw StoreError.newerSchema(path: directory.database, found: found, known: newestVersion)
      }
      try requireOurs(reader, version: found)
      let damage = try damageAfterUncleanEnd(reader)
      // Setting the mode at the first start can fail half-way, and SQLite then does not say so (found by AB-J2).
      let hasLog = try reader.read { db in try String.fetchOne(db, sql: "PRAGMA journal_mode") } == "wal"
      if damage == nil && (found < newestVersion || !hasLog) {
        try reader.close()
        try lock.withLock(limit: lockLimit) { try migrate() }
        reader = try openReader()
      }
      try reader.inDatabase { db in try Connection.harden(db, path: directory.database) }
      return (reader, damage)
    } catch {
      throw StoreError(error, path: directory.database) { Backups(directory: directory).newestPath() }
    }
  }

  /// Makes the empty database file, 0600, before SQLite would make it with the umask's mode.
  func createDatabaseFile() throws(StoreError) {
    do {
      // Exclusively: opening a file that SQLite has open in this process, and closing it, would drop SQLite's locks.
      _ = try FileDescriptor(path: directory.database, flags: O_RDWR | O_CREAT | O_EXCL)
    } catch {
      // Another process was first; anything else is a failure.
      guard try directory.hasDatabase() else { throw error }
    }
    try synchronizeDirectory(directory.path)
  }

  /// Refuses the database of another program.
  private func requireOurs(_ reader: DatabaseQueue, version: Int) throws {
    let isOurs = try reader.read { db in
      if version > 0 { return try Int.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID }
      return try Row.fetchOne(db, sql: "SELECT 1 FROM sqlite_schema LIMIT 1") == nil
    }
    guard isOurs else { throw StoreError.invalid(what: directory.database, reason: "it is another program's database") }
  }

  private func openReader() throws -> DatabaseQueue {
    guard let file = try status(of: directory.database) else {
      throw StoreError.inputOutput(path: directory.database, detail: "it went away")
    }
    guard file.st_mode & 0o077 == 0 else {
      throw StoreError.unsafePermissions(
        path: directory.database, mode: file.st_mode & 0o777, remedy: "run `chmod 600 \(directory.database)`")
    }
    do {
      return try makeReader()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
      // A first start that was killed left a rollback journal: only a connection that may write can play it back.
      try lock.withLock(limit: lockLimit) { try makeWriter(label: "slipway.recover").close() }
      return try makeReader()
    }
  }

  private func makeReader() throws -> DatabaseQueue {
    try DatabaseQueue(
      path: directory.database, configuration: Connection.configuration(isReadOnly: true, label: "slipway.read"))
  }

  private func makeWriter(label: String) throws -> DatabaseQueue {
    try DatabaseQueue(path: directory.database, configuration: Connection.configuration(isReadOnly: false, label: label))
  }

  /// Brings the schema up to date, after a backup. Under the lock; another process may have been first.
  private func migrate() throws {
    try lock.leave(.writing, bootID: bootID)
    defer { try? lock.leave(.idle, bootID: bootID) }
    let writer = try makeWriter(label: "slipway.migrate")
    let found = try writer.read(Schema.version)
    if found > 0 && found < newestVersion { _ = try Backups(directory: directory).make(now: now) }
    try writer.inDatabase { db in
      _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
      try Connection.harden(db, path: directory.database)
      try db.inTransaction(.immediate) {
        try Schema.migrate(db, by: migrations)
        return .commit
      }
    }
    try writer.close()
  }

  /// Looks through the whole file when the last writer may not have ended by itself (R-DB-3).
  private func damageAfterUncleanEnd(_ reader: DatabaseQueue) throws -> StoreError? {
    switch try lock.note(bootID: bootID) {
    case .idle:
      return nil
    case .fresh, .otherBoot:
      break
    case .writing:
      // Perhaps it still writes: then it is soon done, and has left another note. Who owns the directory never lets the lock go.
      if try lock.isIdle(within: lockLimit, bootID: bootID) { return nil }
    }
    if let detail = try Backups.firstProblem(in: reader, pragma: "quick_check(1)") {
      return .damaged(path: directory.database, detail: detail, newestBackup: Backups(directory: directory).newestPath())
    }
    try lock.withLock(limit: lockLimit) { try lock.leave(.idle, bootID: bootID) }
    return nil
  }
}
