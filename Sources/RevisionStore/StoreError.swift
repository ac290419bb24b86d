/// Why the store could not do what was asked; each case is something a caller can act on.
package enum StoreError: Error, Hashable, Sendable {
  /// Another operation holds the stack.
  case held(by: LockHolder)
  /// The journal belongs to a newer owner: stop at once and touch nothing.
  case fenced(operation: Int64, yours: Int64, current: Int64?)
  case illegalTransition(operation: Int64, from: OperationState, to: OperationState)
  case illegalStep(operation: Int64, step: Int, from: StepState?, to: StepState)
  case notFound(what: String)
  /// A value that the store refuses to keep, and why.
  case invalid(what: String, reason: String)
  /// Another process kept the write lock for too long.
  case busy(path: String, waitedMilliseconds: Int64)
  /// Nothing was written; the change failed whole.
  case diskFull(path: String, detail: String)
  case inputOutput(path: String, detail: String)
  /// The database cannot be trusted: reads only. `newestBackup` is what to restore.
  case damaged(path: String, detail: String, newestBackup: String?)
  case newerSchema(path: String, found: Int, known: Int)
  /// A setting that must hold did not (R-DB-1).
  case settingRefused(path: String, setting: String, wanted: String, got: String)
  /// A file or folder that others may read or change.
  case unsafePermissions(path: String, mode: UInt32, remedy: String)
  case wrongOwner(path: String, owner: UInt32)
  case unsupportedFileSystem(path: String, kind: String)
  case masterKeyMissing(path: String)
  case masterKeyWrong(path: String)
  case masterKeyMalformed(path: String, detail: String)
  /// A stored secret does not open under its key: `row` names it.
  case secretDamaged(row: String)
  case serverExists(name: String)
  /// No server of that name; `known` are those there are.
  case serverUnknown(name: String, known: [String])
  /// The way to other servers leads through it.
  case serverIsJump(name: String, of: [String])
  /// A server that is not reached over SSH leads to no other.
  case serverIsNoJump(name: String)
  /// The way to a server would lead through itself.
  case serverCircle(name: String)
  /// A rule of the accounts, of jobs or of webhooks forbids it; nothing was changed.
  case refused(AccountRefusal)
  case closed
  /// A mistake of this module or of SQLite that no other case names.
  case database(path: String, code: Int, detail: String)
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .held(let holder):
      """
      \(holder.stack) is locked by "\(holder.title)" of \(holder.author) (process \(holder.owner.processID) on \
      \(holder.owner.host), \(holder.state.rawValue), lock \(holder.lockID))
        fix: wait for it to end; if that process is gone for good, run `slipway unlock --lock-id \(holder.lockID)`
      """
    case .fenced(let operation, let yours, let current):
      """
      operation \(operation) is not ours any more (our number \(yours), now \(current.map(String.init) ?? "ended"))
        fix: nothing to do here; whoever took it over finishes it
      """
    case .illegalTransition(let operation, let from, let to):
      "operation \(operation) cannot go from \(from.rawValue) to \(to.rawValue)"
    case .illegalStep(let operation, let step, let from, let to):
      "step \(step) of operation \(operation) cannot go from \(from?.rawValue ?? "nothing") to \(to.rawValue)"
    case .notFound(let what):
      "\(what) is not in the store"
    case .invalid(let what, let reason):
      "\(what) cannot be stored: \(reason)"
    case .busy(let path, let waited):
      """
      \(path): another process kept the write lock for \(waited) ms
        fix: see which one with `fuser \(path)` and try again
      """
    case .diskFull(let path, let detail):
      """
      \(path): no space left (\(detail)); nothing was written
        fix: free space on this file system and try again
      """
    case .inputOutput(let path, let detail):
      """
      \(path): \(detail)
        fix: look at the disk and at the permissions of this path, then try again
      """
    case .damaged(let path, let detail, let backup):
      damagedText(path: path, detail: detail, backup: backup)
    case .newerSchema(let path, let found, let known):
      """
      \(path) was written by a newer Slipway (schema \(found), this one knows up to \(known))
        fix: use that newer version
      """
    case .settingRefused(let path, let setting, let wanted, let got):
      """
      \(path): SQLite setting \(setting) is \(got), and must be \(wanted)
        fix: use the SQLite that Slipway was built for, on a local file system
      """
    case .unsafePermissions(let path, let mode, let remedy):
      """
      \(path) is open to other users (mode \(String(mode, radix: 8)))
        fix: \(remedy)
      """
    case .wrongOwner(let path, let owner):
      """
      \(path) belongs to user \(owner), not to the one who runs Slipway
        fix: run Slipway as that user, or give the path to yours with chown
      """
    case .unsupportedFileSystem(let path, let kind):
      """
      \(path) is on \(kind), where SQLite's locks cannot be relied on
        fix: set SLIPWAY_DATA to a folder on a local disk
      """
    case .masterKeyMissing(let path):
      """
      \(path) is missing, and the store holds secrets under it; nothing was changed
        fix: put the key file back from where you keep it, with mode 600
      """
    case .masterKeyWrong(let path):
      """
      \(path) is not the key that the stored secrets were made with; nothing was changed
        fix: put the right key file back
      """
    case .masterKeyMalformed(let path, let detail):
      """
      \(path) is not a usable key: \(detail)
        fix: put the right key file back: 32 bytes, mode 600
      """
    case .secretDamaged(let row):
      """
      the stored secret \(row) is damaged and cannot be opened
        fix: set it again, or restore the database from a backup
      """
    case .serverExists(let name):
      """
      there is a server \(name) already
        fix: take another name, or replace it with --replace
      """
    case .serverUnknown(let name, let known):
      """
      there is no server \(name)
        fix: \(known.isEmpty ? "add it with slipway server add" : "use one of \(known.joined(separator: ", ")), or add it with slipway server add")
      """
    case .serverIsJump(let name, let others):
      """
      the way to \(others.joined(separator: ", ")) leads through \(name)
        fix: first remove them, or add them again with another --jump and --replace
      """
    case .serverIsNoJump(let name):
      """
      \(name) is reached over TCP, and leads to no other server
        fix: name a server that is reached over SSH
      """
    case .serverCircle(let name):
      """
      the way to \(name) would lead through itself, or through more than 8 hosts
        fix: leave out the jump host that is reached through it
      """
    case .refused(let refusal):
      refusal.description
    case .closed:
      "the store is closed"
    case .database(let path, let code, let detail):
      "\(path): SQLite error \(code): \(detail)"
    }
  }

  private func damagedText(path: String, detail: String, backup: String?) -> String {
    let restore =
      backup.map {
        """
        fix: end every slipway process, keep the damaged files (mv \(path) \(path).damaged; rm -f \(path)-shm; \
        mv \(path)-wal \(path)-wal.damaged), then cp -p \($0) \(path)
        """
      } ?? "fix: there is no backup beside it; keep the file and recover it with `sqlite3 \(path) .recover`"
    return "\(path) is damaged (\(detail)); it is open for reading only\n  \(restore)"
  }
}
