import GRDB
import Glibc

extension RevisionStore {
  /// Names in a data directory that a copy of it leaves out: what belongs to a running process, the database, which is copied by
  /// SQLite, its own copies, and the keys.
  package static let namesOutsideCopies = [
    "slipway.db", "slipway.db-wal", "slipway.db-shm", "slipway.db-journal", "slipway.lock", "slipway.reserve", "slipway.sock",
    "backups", "bootstrap-token", "bootstrap-token.partial", "master.key", "master.key.partial", "master.key.next",
    "master.key.next.partial",
  ]

  /// The database's name in a data directory.
  package static let databaseName = "slipway.db"
  package static let masterKeyName = "master.key"

  /// Copies the database of a data directory to a new file, as it is at one moment, and checks the copy (R-DB-3).
  ///
  /// Others go on reading and writing. Blocks the thread for as long as writing the file takes.
  /// - Throws: `notFound` without a database; `damaged` when the copy does not hold; `inputOutput` when `path` is there.
  package static func copyDatabase(of dataDirectory: String, to path: String) throws(StoreError) {
    let directory = DataDirectory(path: dataDirectory)
    guard try directory.hasDatabase() else { throw .notFound(what: "a database in \(dataDirectory)") }
    try directory.check()
    do {
      try Backups(directory: directory).copyChecked(to: path)
    } catch {
      throw StoreError(error, path: directory.database)
    }
  }

  /// The file with the key of a copy of a data directory's database: that of a rotation too, while one is going on (S-SEC-2).
  ///
  /// - Throws: `masterKeyMissing` and its like: a copy without its key must not be taken for one with it.
  package static func masterKeyPath(of dataDirectory: String, forCopy path: String) throws(StoreError) -> String {
    let vault = KeyVault(path: DataDirectory(path: dataDirectory).masterKey)
    do {
      let copy = try DatabaseQueue(
        path: path, configuration: Connection.configuration(isReadOnly: true, label: "slipway.copy"))
      defer { try? copy.close() }
      return try copy.read { db in try vault.file(of: try vault.verifiedMaster(db)) }
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Looks at a database that is to be put in place: SQLite's check of the whole file, and its schema.
  ///
  /// - Throws: `damaged`, `newerSchema`, `invalid` for another program's.
  package static func checkDatabase(at path: String) throws(StoreError) {
    do {
      let database = try DatabaseQueue(
        path: path, configuration: Connection.configuration(isReadOnly: true, label: "slipway.check"))
      if let problem = try Backups.firstProblem(in: database, pragma: "integrity_check(1)") {
        throw StoreError.damaged(path: path, detail: problem, newestBackup: nil)
      }
      guard try database.read({ try Int.fetchOne($0, sql: "PRAGMA application_id") }) == Schema.applicationID else {
        throw StoreError.invalid(what: path, reason: "it is another program's database")
      }
      let version = try database.read(Schema.version)
      let known = Schema.migrations.last?.version ?? 0
      guard version <= known else { throw StoreError.newerSchema(path: path, found: version, known: known) }
      try database.close()
    } catch {
      throw StoreError(error, path: path)
    }
  }
}

/// A data directory taken for oneself, before there is a database in it; until this value goes away.
package final class DataDirectoryClaim: Sendable {
  private let lock: FileLock

  /// Makes the folder where there is none.
  ///
  /// - Throws: `busy` when a server owns it; what is wrong with the folder itself.
  package init(_ path: String) throws(StoreError) {
    let directory = DataDirectory(path: path)
    try directory.prepare()
    lock = try FileLock(path: directory.lock)
    try lock.hold(limit: .milliseconds(200))
  }

  /// Whether somebody holds a data directory that is there: a server, or a command that is writing now.
  package static func isHeld(_ path: String) -> Bool {
    let directory = DataDirectory(path: path)
    // WHY try?: without a lock file nobody holds it.
    guard (try? status(of: directory.lock)) != nil, let lock = try? FileLock(path: directory.lock) else { return false }
    do {
      try lock.hold(limit: .milliseconds(200))
      return false
    } catch {
      return true
    }
  }
}
