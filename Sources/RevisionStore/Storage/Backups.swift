import GRDB
import Glibc

/// Copies of the database beside it: before each migration and once a day, the newest seven (R-DB-3).
struct Backups: Sendable {
  static let kept = 7
  static let interval: Int64 = 24 * 60 * 60 * 1000

  let directory: DataDirectory

  /// The newest copy; nil when there is none.
  func newestPath() -> String? {
    names().last.map { directory.backups + "/" + $0 }
  }

  /// Whether the newest copy is a day old, or from a future that the clock has left.
  func isDue(now: Timestamp) -> Bool {
    guard let newest = names().last, let madeAt = Int64(newest.dropFirst(Self.prefix.count).dropLast(Self.suffix.count))
    else { return true }
    return abs(now.milliseconds - madeAt) >= Self.interval
  }

  /// Copies the database while others go on using it, checks the copy, and only then gives it its name.
  func make(now: Timestamp) throws -> String {
    try makeFolder()
    let digits = String(max(now.milliseconds, 0))
    let name = Self.prefix + String(repeating: "0", count: max(0, 15 - digits.count)) + digits + Self.suffix
    let partial = directory.backups + "/.partial-\(getpid())-\(digits)"
    defer { Self.remove(partial) }
    try copyChecked(to: partial)
    let path = directory.backups + "/" + name
    // SAFETY: both paths for the call only.
    guard unsafe rename(partial, path) == 0 else {
      throw StoreError.inputOutput(path: path, detail: lastSystemError())
    }
    try synchronizeDirectory(directory.backups)
    for old in names().dropLast(Self.kept) { Self.remove(directory.backups + "/" + old) }
    return path
  }

  /// The first complaint of SQLite's own check; nil when it has none.
  static func firstProblem(in database: DatabaseQueue, pragma: String) throws -> String? {
    do {
      let answer = try database.read { db in try String.fetchOne(db, sql: "PRAGMA \(pragma)") }
      return answer == "ok" ? nil : answer ?? "no answer to \(pragma)"
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB {
      return error.message ?? "\(error.resultCode)"
    }
  }

  /// Copies the database into a new file, 0600, checks the copy, and returns when it is durable.
  func copyChecked(to path: String) throws {
    let file = try FileDescriptor(path: path, flags: O_RDWR | O_CREAT | O_EXCL)
    try copy(to: path)
    try file.synchronize(path: path)
  }

  private static let prefix = "slipway-"
  private static let suffix = ".db"

  private func copy(to partial: String) throws {
    let source = try DatabaseQueue(
      path: directory.database, configuration: Connection.configuration(isReadOnly: true, label: "slipway.backup"))
    let target = try DatabaseQueue(
      path: partial, configuration: Connection.configuration(isReadOnly: false, label: "slipway.copy"))
    try source.backup(to: target)
    try source.close()
    // A copy is one file: no log beside it.
    _ = try target.inDatabase { db in try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE") }
    let problem = try Self.firstProblem(in: target, pragma: "integrity_check(1)")
    try target.close()
    if let problem {
      throw StoreError.damaged(path: directory.database, detail: problem, newestBackup: newestPath())
    }
  }

  /// Oldest first: the moment in the name has always as many digits.
  private func names() -> [String] {
    // SAFETY: the stream is ours and closed below; each entry is copied before the next is read.
    guard let stream = unsafe opendir(directory.backups) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name.hasPrefix(Self.prefix) && name.hasSuffix(Self.suffix) { names.append(name) }
    }
    return names.sorted()
  }

  private func makeFolder() throws(StoreError) {
    // SAFETY: path for the call only.
    if unsafe mkdir(directory.backups, 0o700) != 0 && errno != EEXIST {
      throw errno == ENOSPC
        ? .diskFull(path: directory.backups, detail: lastSystemError())
        : .inputOutput(path: directory.backups, detail: lastSystemError())
    }
  }

  private static func remove(_ path: String) {
    // SAFETY: path for the call only. What is left over is removed by the next backup's turn.
    _ = unsafe unlink(path)
  }
}
