import Dispatch
import GRDB
import Synchronization

/// The only place that writes: one connection, opened at the first write, used under the lock of all processes.
///
/// Writes that wait at the same time share one transaction, and so one fsync; each is a savepoint of its own, so that
/// one that fails takes no other with it. A caller is answered after the commit.
final class WriteQueue: Sendable {
  /// What a write may do on a full disk.
  enum Purpose: Sendable {
    /// Starts something: refused unless the reserve is put by.
    case start
    /// Goes on with what runs: may use up the reserve.
    case journal
  }

  /// A write that waits for its turn.
  private struct Job: Sendable {
    var purpose: Purpose
    var run: @Sendable (Database) throws -> Void
    var answer: @Sendable (StoreError?) -> Void
  }

  private struct State {
    var pending: [Job] = []
    var connection: DatabaseQueue?
    var commits = 0
    var isClosed = false
  }

  /// How many writes share a transaction at most.
  private static let batchLimit = 64
  /// How many writes may wait; more means that the disk has stopped answering.
  private static let pendingLimit = 4096
  /// After how many commits the log is moved into the database, besides the end of each operation.
  private static let commitsPerCheckpoint = 256

  private let directory: DataDirectory
  private let lock: FileLock
  private let lockLimit: Duration
  private let reserve: Reserve
  private let bootID: String
  private let queue = DispatchQueue(label: "slipway.store.write")
  private let state = Mutex(State())

  init(directory: DataDirectory, lock: FileLock, lockLimit: Duration, reserve: Reserve, bootID: String) {
    self.directory = directory
    self.lock = lock
    self.lockLimit = lockLimit
    self.reserve = reserve
    self.bootID = bootID
  }

  deinit {
    // SQLite moves the log into the database when the last connection closes: that is a write, so it needs the lock.
    // Without it (another process is stuck) closing could meet a writer, and the process that ends closes it anyway.
    guard let connection = state.withLock({ $0.connection.take() }) else { return }
    do {
      try lock.withLock(limit: lockLimit) { try connection.close() }
    } catch {
      // The connection is closed by its own end; nothing committed is lost, and there is nobody to tell.
    }
  }

  /// Runs `body` in a transaction and waits until it is durable.
  ///
  /// Not cancelled with the task: the journal has to be written also when its operation is being cancelled. Bounded by
  /// the limits of the locks.
  func write<Value: Sendable>(
    _ purpose: Purpose, _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    let slot = Slot<Value>()
    let failure: StoreError? = await withCheckedContinuation { continuation in
      let job = Job(
        purpose: purpose, run: { db in slot.set(try body(db)) }, answer: { error in continuation.resume(returning: error) })
      if let refusal = enqueue(job) { continuation.resume(returning: refusal) }
    }
    if let failure { throw failure }
    guard let value = slot.take() else { throw .database(path: directory.database, code: 0, detail: "a write gave no value") }
    return value
  }

  /// Moves the log into the database as far as readers allow; failure only means that the log stays longer.
  func checkpoint(isEmptied: Bool) async {
    await withCheckedContinuation { continuation in
      queue.async {
        try? self.lock.withLock(limit: self.lockLimit) {
          try self.connection().inDatabase { db in try Self.moveLog(db, isEmptied: isEmptied) }
        }
        continuation.resume()
      }
    }
  }

  /// Closes the connection, with a last checkpoint; later writes are refused.
  func close() async throws(StoreError) {
    let failure: StoreError? = await withCheckedContinuation { continuation in
      queue.async {
        do {
          let connection = self.state.withLock { state in
            state.isClosed = true
            return state.connection.take()
          }
          if let connection { try self.lock.withLock(limit: self.lockLimit) { try connection.close() } }
          continuation.resume(returning: nil)
        } catch {
          continuation.resume(returning: StoreError(error, path: self.directory.database))
        }
      }
    }
    if let failure { throw failure }
  }

  private func enqueue(_ job: Job) -> StoreError? {
    let refusal: StoreError? = state.withLock { state in
      if state.isClosed { return .closed }
      guard state.pending.count < Self.pendingLimit else {
        return .busy(path: directory.database, waitedMilliseconds: lockLimit.milliseconds)
      }
      state.pending.append(job)
      return nil
    }
    if refusal == nil { queue.async { self.drain() } }
    return refusal
  }

  /// Takes what waits by now; every enqueued job comes with one call, so none stays behind.
  private func drain() {
    let jobs = state.withLock { state in
      let jobs = Array(state.pending.prefix(Self.batchLimit))
      state.pending.removeFirst(jobs.count)
      return jobs
    }
    guard !jobs.isEmpty else { return }
    for (job, error) in zip(jobs, perform(jobs)) { job.answer(error) }
  }

  private func perform(_ jobs: [Job]) -> [StoreError?] {
    do {
      return try lock.withLock(limit: lockLimit) {
        try noteWriting()
        // A note that stays behind costs the next start a look through the file, no more.
        defer { try? lock.leave(.idle, bootID: bootID) }
        return try performLocked(jobs)
      }
    } catch {
      return jobs.map { _ in StoreError(error, path: directory.database) }
    }
  }

  /// On some file systems even writing over old bytes needs space.
  private func noteWriting() throws(StoreError) {
    do {
      try lock.leave(.writing, bootID: bootID)
    } catch {
      guard error.isDiskFull, reserve.release() else { throw error }
      try lock.leave(.writing, bootID: bootID)
    }
  }

  private func performLocked(_ jobs: [Job]) throws -> [StoreError?] {
    let spaceError = jobs.contains { $0.purpose == .start } ? spaceForStart() : nil
    let results = attempt(jobs) { $0.purpose == .start ? spaceError : nil }
    guard results.contains(where: \.isDiskFull), jobs.contains(where: { $0.purpose == .journal }), reserve.release()
    else { return results }
    return attempt(jobs) { job in
      job.purpose == .start ? .diskFull(path: directory.database, detail: "kept for running operations") : nil
    }
  }

  private func spaceForStart() -> StoreError? {
    do {
      try reserve.ensure()
      return nil
    } catch {
      return error
    }
  }

  /// One transaction over `jobs` but those that `refusal` names. A failed commit fails them all.
  private func attempt(_ jobs: [Job], refusal: (Job) -> StoreError?) -> [StoreError?] {
    do {
      return try connection().inDatabase { db in
        var results: [StoreError?] = []
        try db.inTransaction(.immediate) {
          for job in jobs { results.append(try run(job, unless: refusal(job), db)) }
          return .commit
        }
        moveLogIfDue(db)
        return results
      }
    } catch {
      return jobs.map { refusal($0) ?? StoreError(error, path: directory.database) }
    }
  }

  /// Runs one job in its savepoint. Throws only when SQLite gave up the whole transaction.
  private func run(_ job: Job, unless refusal: StoreError?, _ db: Database) throws -> StoreError? {
    if let refusal { return refusal }
    do {
      try db.inSavepoint {
        try job.run(db)
        return .commit
      }
      return nil
    } catch {
      let failure = StoreError(error, path: directory.database)
      if failure.isDiskFull || !db.isInsideTransaction { throw failure }
      return failure
    }
  }

  private func connection() throws -> DatabaseQueue {
    if let open = state.withLock(\.connection) { return open }
    let path = directory.database
    let made = try DatabaseQueue(path: path, configuration: Connection.configuration(isReadOnly: false, label: "slipway.write"))
    try made.inDatabase { db in try Connection.harden(db, path: path) }
    state.withLock { $0.connection = made }
    return made
  }

  private func moveLogIfDue(_ db: Database) {
    let isDue = state.withLock { state in
      state.commits += 1
      return state.commits.isMultiple(of: Self.commitsPerCheckpoint)
    }
    // A reader in the way is no failure: the next checkpoint does it.
    if isDue { try? Self.moveLog(db) }
  }

  private static func moveLog(_ db: Database, isEmptied: Bool = false) throws {
    _ = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(\(isEmptied ? "TRUNCATE" : "PASSIVE"))")
  }
}

extension Optional<StoreError> {
  fileprivate var isDiskFull: Bool { self?.isDiskFull ?? false }
}

extension StoreError {
  var isDiskFull: Bool {
    if case .diskFull = self { true } else { false }
  }
}

/// Carries a value out of a job.
private final class Slot<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)

  func set(_ new: Value) {
    value.withLock { $0 = new }
  }

  func take() -> Value? {
    value.withLock { $0.take() }
  }
}
