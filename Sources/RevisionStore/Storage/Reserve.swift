import Glibc

/// Space put by, so that the journal of a running operation can be finished on a full disk (R-DB-4).
struct Reserve: Sendable {
  let path: String
  let sizeBytes: Int

  /// Puts the space by when it is not; `diskFull` when that cannot be done: then nothing new may start.
  func ensure() throws(StoreError) {
    guard sizeBytes > 0 else { return }
    if let found = try status(of: path), Int(found.st_size) >= sizeBytes { return }
    let file = try FileDescriptor(path: path, flags: O_RDWR | O_CREAT)
    let failure = posix_fallocate(file.number, 0, off_t(sizeBytes))
    guard failure != 0 else { return }
    release()
    if failure == ENOSPC || failure == EDQUOT {
      throw .diskFull(path: path, detail: "cannot put \(sizeBytes) bytes by")
    }
    throw .inputOutput(path: path, detail: "posix_fallocate error \(failure)")
  }

  /// Gives the space back; false when there was none.
  @discardableResult
  func release() -> Bool {
    // SAFETY: path for the call only.
    unsafe unlink(path) == 0
  }
}
