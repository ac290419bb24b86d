import FoundationEssentials
import GRDB
import Synchronization

/// Stacks, their revisions, and the journal of the operations on them, in one SQLite file of the data directory.
///
/// Several processes may use one directory: writes take turns under a lock held for milliseconds, reads never wait.
/// Calls are not cancelled with their task, because a journal must also be written while its operation is cancelled;
/// each is bounded by the limits of the locks (`Options`). Opening blocks the thread for some milliseconds.
package final class RevisionStore: Sendable {
  /// What differs between a product and its tests.
  package struct Options: Sendable {
    /// How long a write waits for those of other processes.
    package var writeLockLimit: Duration
    /// Bytes put by for finishing the journal on a full disk; 0 for none.
    package var reserveBytes: Int
    /// Events kept for one operation.
    package var eventLimit: Int
    /// Keeps all other processes from writing for as long as the store is open (decision 15: a server does).
    package var ownsDirectory = false
    /// Makes names for locks.
    package var newLockID: @Sendable () -> String
    /// The history of the schema; another one only in tests of migrating.
    var migrations = Schema.migrations
    /// Told of each step of a rotation of the keys; only in tests, which look at what a crash there would leave.
    var reached: @Sendable (KeyRotationStep) -> Void = { _ in }

    package init(
      writeLockLimit: Duration = .seconds(10), reserveBytes: Int = 16 << 20, eventLimit: Int = 10_000,
      newLockID: @escaping @Sendable () -> String = Options.randomLockID
    ) {
      self.writeLockLimit = writeLockLimit
      self.reserveBytes = reserveBytes
      self.eventLimit = eventLimit
      self.newLockID = newLockID
    }

    /// 16 hexadecimal digits.
    package static func randomLockID() -> String {
      let digits = String(UInt64.random(in: .min ... .max), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
  }

  /// What can be done with the store now.
  package enum Condition: Hashable, Sendable {
    case sound
    /// Reads only; the error says what is wrong and how to restore.
    case damaged(StoreError)
  }

  let directory: DataDirectory
  let processes: ProcessTable
  let options: Options
  let now: @Sendable () -> Timestamp
  let vault: KeyVault
  /// Whether this process is making new keys.
  let isRotating = Mutex(false)
  private let reader: DatabaseQueue
  private let writes: WriteQueue
  private let state: Mutex<Condition>

  /// The state found at opening or at the last read; changes to `damaged` only.
  package var condition: Condition { state.withLock { $0 } }

  private init(
    directory: DataDirectory, processes: ProcessTable, options: Options, now: @escaping @Sendable () -> Timestamp
  ) throws(StoreError) {
    self.directory = directory
    self.processes = processes
    self.options = options
    self.now = now
    vault = KeyVault(path: directory.masterKey)
    let lock = try FileLock(path: directory.lock)
    if options.ownsDirectory { try lock.hold(limit: options.writeLockLimit) }
    let opening = Opening(
      directory: directory, lock: lock, lockLimit: options.writeLockLimit, bootID: processes.me.bootID, now: now(),
      migrations: options.migrations)
    let opened = try opening.open()
    reader = opened.reader
    state = Mutex(opened.damage.map(Condition.damaged) ?? .sound)
    writes = WriteQueue(
      directory: directory, lock: lock, lockLimit: options.writeLockLimit,
      reserve: Reserve(path: directory.reserve, sizeBytes: options.reserveBytes), bootID: processes.me.bootID)
  }

  /// Opens the store of a data directory, making what is missing: folder, file, schema.
  ///
  /// A damaged database opens for reading only: see `condition`. One that cannot be read at all is thrown as `damaged`,
  /// one of a newer Slipway as `newerSchema`; a new one is never put in the place of either.
  package static func open(
    dataDirectory: String, processes: ProcessTable = .system(), options: Options = Options(),
    now: @escaping @Sendable () -> Timestamp = Timestamp.systemNow
  ) throws(StoreError) -> RevisionStore {
    let directory = DataDirectory(path: dataDirectory)
    try directory.prepare()
    if try !directory.hasDatabase() {
      try Opening(
        directory: directory, lock: FileLock(path: directory.lock), lockLimit: options.writeLockLimit,
        bootID: processes.me.bootID, now: now(), migrations: options.migrations
      ).createDatabaseFile()
    }
    return try RevisionStore(directory: directory, processes: processes, options: options, now: now)
  }

  /// Opens the store of a data directory for the one process that owns it until the store is dropped.
  ///
  /// - Throws: `busy` when another process owns it, or does not end its write within the limit.
  package static func own(
    dataDirectory: String, processes: ProcessTable = .system(), options: Options = Options(writeLockLimit: .seconds(2)),
    now: @escaping @Sendable () -> Timestamp = Timestamp.systemNow
  ) throws(StoreError) -> RevisionStore {
    var options = options
    options.ownsDirectory = true
    return try open(dataDirectory: dataDirectory, processes: processes, options: options, now: now)
  }

  /// As `open`, but nil when there is no database yet; makes none.
  package static func openForReading(
    dataDirectory: String, processes: ProcessTable = .system(), options: Options = Options(),
    now: @escaping @Sendable () -> Timestamp = Timestamp.systemNow
  ) throws(StoreError) -> RevisionStore? {
    let directory = DataDirectory(path: dataDirectory)
    guard try directory.hasDatabase() else { return nil }
    try directory.check()
    return try RevisionStore(directory: directory, processes: processes, options: options, now: now)
  }

  /// Closes both connections, the log being moved into the database when nobody else has it open.
  ///
  /// Not needed before a process ends: an open store is always whole on disk.
  package func close() async throws(StoreError) {
    do {
      try reader.close()
    } catch {
      throw StoreError(error, path: directory.database)
    }
    try await writes.close()
  }

  /// Copies the database into `backups/` when the newest copy is a day old, and keeps the newest seven.
  ///
  /// Takes as long as writing the file; others go on reading and writing. Gives the path of the copy, nil when none was due.
  @concurrent
  package func backUpIfDue() async throws(StoreError) -> String? {
    try requireSound()
    let backups = Backups(directory: directory)
    let moment = now()
    guard backups.isDue(now: moment) else { return nil }
    do {
      return try backups.make(now: moment)
    } catch {
      throw note(StoreError(error, path: directory.database))
    }
  }

  /// SQLite's own check of the whole file: its first complaint, nil when it has none. Takes as long as reading it all.
  package func integrityProblem() async throws(StoreError) -> String? {
    try await read { db in
      let answer = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)")
      return answer == "ok" ? nil : answer ?? "no answer"
    }
  }

  // MARK: - Access for the parts of this class

  /// Reads in one snapshot.
  ///
  /// Once more where the key file was another one than the snapshot's: a rotation puts the new one there after its commit.
  func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(StoreError) -> Value {
    do {
      return try await readOnce(body)
    } catch {
      guard case .masterKeyWrong = error else { throw error }
      return try await readOnce(body)
    }
  }

  private func readOnce<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
      reader.asyncRead { access in
        do {
          continuation.resume(returning: .success(try body(access.get())))
        } catch {
          continuation.resume(returning: .failure(self.storeError(error)))
        }
      }
    }
    return try result.get()
  }

  /// Writes in one transaction; returns when it is durable.
  func write<Value: Sendable>(
    _ purpose: WriteQueue.Purpose = .journal, _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    try requireSound()
    do {
      return try await writes.write(purpose, body)
    } catch {
      throw note(error)
    }
  }

  /// Moves the log into the database.
  ///
  /// - Parameter isEmptied: the log is cut too, so that nothing that was overwritten is left in it.
  func checkpoint(isEmptied: Bool = false) async {
    await writes.checkpoint(isEmptied: isEmptied)
  }

  private func requireSound() throws(StoreError) {
    if case .damaged(let error) = condition { throw error }
  }

  private func storeError(_ error: any Error) -> StoreError {
    note(StoreError(error, path: directory.database))
  }

  /// Adds the backup to a report of damage, and remembers that nothing may be written from now on.
  private func note(_ error: StoreError) -> StoreError {
    guard case .damaged(let path, let detail, _) = error else { return error }
    let full = StoreError.damaged(path: path, detail: detail, newestBackup: Backups(directory: directory).newestPath())
    state.withLock { $0 = .damaged(full) }
    return full
  }
}
