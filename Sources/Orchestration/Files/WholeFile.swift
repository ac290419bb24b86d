import Glibc

/// Writes files of our own that are there whole, or not at all.
package enum WholeFile {
  /// Puts a file at `path`, in the place of one that is there; folders above it that are missing are made.
  ///
  /// - Parameter suffix: of the name under which it is written before; what an earlier try left there goes.
  /// - Throws: `OperationRefused` where it cannot be written; what was at `path` is as it was then.
  package static func put(
    _ bytes: [UInt8], at path: String, suffix: String, mode: UInt32 = 0o600, folderMode: UInt32 = 0o700
  ) throws {
    let partial = path + suffix
    unsafe unlink(partial)
    try StackOperations.write(bytes, to: partial, mode: mode, folderMode: folderMode)
    guard unsafe rename(partial, path) == 0 else {
      let reason = unsafe String(cString: strerror(errno))
      unsafe unlink(partial)
      throw OperationRefused(description: "cannot write \(path): \(reason)\n  fix: make the folder writable")
    }
  }
}
