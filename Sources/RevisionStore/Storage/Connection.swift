import Dispatch
import GRDB

/// How every connection of this module is set up (R-DB-1, R-DB-2).
enum Connection {
  /// 5 s: how long SQLite waits for another connection, as R-DB-1 says.
  static let busySeconds = 5.0

  /// Set on each connection and read back after it: pragma, value to write, value to read.
  private static let settings: [(name: String, write: String, read: String)] = [
    ("synchronous", "FULL", "2"),
    ("mmap_size", "0", "0"),
    ("trusted_schema", "OFF", "0"),
    ("cell_size_check", "ON", "1"),
    ("wal_autocheckpoint", "0", "0"),
    ("foreign_keys", "ON", "1"),
    ("busy_timeout", "5000", "5000"),
    // Not of R-DB-1: no page ever goes to a file in the folder for temporary ones, and the log shrinks again.
    ("temp_store", "MEMORY", "2"),
    ("journal_size_limit", "4194304", "4194304"),
  ]

  static func configuration(isReadOnly: Bool, label: String) -> Configuration {
    var configuration = Configuration()
    configuration.label = label
    configuration.readonly = isReadOnly
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(busySeconds)
    // WHY: a higher one wants a niceness below 0, which only root may have; Dispatch complains of it in the journal.
    configuration.qos = .unspecified
    return configuration
  }

  /// Applies the settings, then reads each back.
  static func harden(_ db: Database, path: String) throws {
    for setting in settings { try db.execute(sql: "PRAGMA \(setting.name) = \(setting.write)") }
    for setting in settings {
      let got = try DatabaseValue.fetchOne(db, sql: "PRAGMA \(setting.name)").map(text(of:))
      // A build without memory mapping answers nothing: that is as good as 0.
      if setting.name == "mmap_size" && got == nil { continue }
      guard got == setting.read else {
        throw StoreError.settingRefused(path: path, setting: setting.name, wanted: setting.read, got: got ?? "nothing")
      }
    }
    let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
    guard mode == "wal" else {
      throw StoreError.settingRefused(path: path, setting: "journal_mode", wanted: "wal", got: mode ?? "nothing")
    }
  }
}

private func text(of value: DatabaseValue) -> String {
  switch value.storage {
  case .int64(let number): String(number)
  case .string(let text): text
  case .null, .double, .blob: value.description
  }
}

extension StoreError {
  /// Our own errors as they are; SQLite's by what the caller can do about them.
  init(_ error: any Error, path: String, newestBackup: () -> String? = { nil }) {
    switch error {
    case let error as StoreError:
      self = error
    case let error as DatabaseError:
      let detail = error.message ?? "\(error.resultCode)"
      switch error.resultCode {
      case .SQLITE_FULL:
        self = .diskFull(path: path, detail: detail)
      case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE:
        self = .diskFull(path: path, detail: detail)
      case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
        self = .inputOutput(path: path, detail: "\(detail) (SQLite \(error.extendedResultCode.rawValue))")
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        self = .damaged(path: path, detail: detail, newestBackup: newestBackup())
      case .SQLITE_MISUSE:
        // GRDB's answer when the connection was closed.
        self = .closed
      case .SQLITE_BUSY, .SQLITE_LOCKED:
        self = .busy(path: path, waitedMilliseconds: Int64(Connection.busySeconds * 1000))
      default:
        self = .database(path: path, code: Int(error.extendedResultCode.rawValue), detail: detail)
      }
    default:
      self = .database(path: path, code: 0, detail: "\(error)")
    }
  }
}
