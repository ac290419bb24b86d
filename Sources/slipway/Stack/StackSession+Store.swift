import Glibc
import Orchestration
import RevisionStore

extension StackSession {
  /// The store, for reading; nil when there is none yet.
  ///
  /// - Throws: `StoreError` also when the data directory cannot be one: its store would be taken for an absent one.
  func readingStore(_ operations: StackOperations) throws -> RevisionStore? {
    let path = operations.dataDirectory
    var folder = stat()
    guard unsafe stat(path, &folder) == 0 else {
      let number = errno
      if number == ENOENT { return nil }
      throw StoreError.inputOutput(path: path, detail: StandardOutput.reason(number))
    }
    guard folder.st_mode & S_IFMT == S_IFDIR else {
      throw CommandFailure("the data directory \(path) is not a folder\n  fix: set SLIPWAY_DATA to a folder of your own")
    }
    guard folder.st_uid == geteuid() else { throw StoreError.wrongOwner(path: path, owner: folder.st_uid) }
    guard folder.st_mode & 0o077 == 0 else {
      throw StoreError.unsafePermissions(path: path, mode: folder.st_mode & 0o777, remedy: "run `chmod 700 \(path)`")
    }
    return try operations.readingStore()
  }

  /// Why there are no revisions where `readingStore` gave nil.
  func absentStore(_ operations: StackOperations) -> String {
    "the store \(operations.dataDirectory) does not exist yet; the first deploy makes it"
  }
}

/// Numbers of revisions as commands take them.
enum RevisionNumber {
  static func check(_ number: Int) throws {
    guard number < 1 else { return }
    throw CommandFailure("\(number) is not the number of a revision\n  fix: they count from 1; see slipway revisions")
  }
}
