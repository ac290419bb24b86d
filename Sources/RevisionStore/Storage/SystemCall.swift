import Glibc

/// The text of the last failed system call.
func lastSystemError() -> String {
  // SAFETY: strerror gives a static or thread-local C string that is copied at once.
  unsafe String(cString: strerror(errno))
}

/// An open file descriptor, closed with its last reference.
final class FileDescriptor: Sendable {
  let number: Int32

  /// Opens `path` with `flags` (close-on-exec and no-follow are added); throws with errno's text.
  init(path: String, flags: Int32, mode: mode_t = 0o600) throws(StoreError) {
    // SAFETY: the path is passed as a C string for the call only.
    let descriptor = unsafe open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else {
      if errno == ENOSPC || errno == EDQUOT { throw .diskFull(path: path, detail: lastSystemError()) }
      throw .inputOutput(path: path, detail: lastSystemError())
    }
    number = descriptor
  }

  deinit { close(number) }

  func status(path: String) throws(StoreError) -> stat {
    var status = stat()
    // SAFETY: the call fills one `stat` that we own.
    guard unsafe fstat(number, &status) == 0 else { throw .inputOutput(path: path, detail: lastSystemError()) }
    return status
  }

  /// Reads up to `count` bytes at `offset`; fewer only at the end of the file.
  func read(count: Int, offset: Int, path: String) throws(StoreError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      // SAFETY: the pointer stays within `bytes`, which is `count` long.
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(number, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(offset + filled))
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .inputOutput(path: path, detail: lastSystemError()) }
      if got == 0 { break }
      filled += got
    }
    return Array(bytes.prefix(filled))
  }

  /// Writes all of `bytes` at `offset`.
  func write(_ bytes: [UInt8], offset: Int, path: String) throws(StoreError) {
    var written = 0
    while written < bytes.count {
      // SAFETY: the pointer stays within `bytes`.
      let put = unsafe bytes.withUnsafeBytes { buffer in
        unsafe pwrite(number, buffer.baseAddress?.advanced(by: written), bytes.count - written, off_t(offset + written))
      }
      if put < 0 && errno == EINTR { continue }
      guard put > 0 else {
        if errno == ENOSPC || errno == EDQUOT { throw .diskFull(path: path, detail: lastSystemError()) }
        throw .inputOutput(path: path, detail: lastSystemError())
      }
      written += put
    }
  }

  func synchronize(path: String) throws(StoreError) {
    guard fsync(number) == 0 else { throw .inputOutput(path: path, detail: lastSystemError()) }
  }
}

/// What is at `path`, links not followed; nil when nothing is.
func status(of path: String) throws(StoreError) -> stat? {
  var status = stat()
  // SAFETY: path for the call only; the call fills one `stat` that we own.
  if unsafe lstat(path, &status) == 0 { return status }
  if errno == ENOENT || errno == ENOTDIR { return nil }
  throw .inputOutput(path: path, detail: lastSystemError())
}

/// Makes the names in a folder durable.
func synchronizeDirectory(_ path: String) throws(StoreError) {
  // With the dot also when the folder's own name is a link.
  try FileDescriptor(path: path + "/.", flags: O_RDONLY | O_DIRECTORY).synchronize(path: path)
}

/// At most `limit` bytes of a text file such as those of `/proc`; nil when it cannot be read.
func smallText(at path: String, limit: Int = 4096) -> String? {
  guard let file = try? FileDescriptor(path: path, flags: O_RDONLY),
    let bytes = try? file.read(count: limit, offset: 0, path: path)
  else { return nil }
  return String(decoding: bytes, as: UTF8.self)
}
