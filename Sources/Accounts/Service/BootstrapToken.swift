import Glibc
import RevisionStore

/// The file `bootstrap-token`: who can read it may make the first user (S-AUTH-9).
struct BootstrapToken: Sendable {
  let path: String

  init(dataDirectory: String) {
    path = dataDirectory + "/bootstrap-token"
  }

  /// Writes a new token when there is none, or one that is too old. The folder must be there.
  func prepare(now: Timestamp, randomness: Randomness) throws(AccountError) {
    if let found = try read(), isValid(writtenAt: found.writtenAt, now: now) { return }
    try remove()
    try write(SecretText.make(randomness), at: now)
  }

  /// - Throws: `badBootstrapToken`, `bootstrapTokenExpired`.
  func check(_ given: String, now: Timestamp) throws(AccountError) {
    // Without the file there is still something to compare with, and it is never right.
    let found = try read()
    let isRight = SecretText.isSame(given, hash: SecretText.hash(found?.text ?? "none"))
    guard isRight, let found, SecretText.isShaped(given) else { throw .badBootstrapToken }
    guard isValid(writtenAt: found.writtenAt, now: now) else { throw .bootstrapTokenExpired }
  }

  func remove() throws(AccountError) {
    // SAFETY: path for the call only.
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure() }
  }

  private func isValid(writtenAt: Timestamp, now: Timestamp) -> Bool {
    writtenAt <= now && now.milliseconds - writtenAt.milliseconds < Lifetime.bootstrapMilliseconds
  }

  /// The text, and when it was written by the file's own time; nil without a file. One that others can read is as good as none.
  private func read() throws(AccountError) -> (text: String, writtenAt: Timestamp)? {
    // SAFETY: path for the call only.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      guard errno == ENOENT else { throw failure() }
      return nil
    }
    defer { close(descriptor) }
    var status = stat()
    // SAFETY: the call fills one `stat` that we own.
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure() }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 64)
    // SAFETY: the pointer stays within `bytes`, which is 64 long.
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, 64) }
    guard count >= 0 else { throw failure() }
    let text = String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    let time = status.st_mtim
    return (text, Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000))
  }

  /// Under another name first: nobody sees half a token.
  private func write(_ text: String, at now: Timestamp) throws(AccountError) {
    let partial = path + ".partial"
    // SAFETY: path for the call only. What a killed start left is in the way of O_EXCL.
    _ = unsafe unlink(partial)
    // SAFETY: as above.
    let descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    let bytes = Array((text + "\n").utf8)
    // SAFETY: the pointer stays within `bytes`.
    let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count, fchmod(descriptor, 0o600) == 0 else { throw failure() }
    let time = timespec(
      tv_sec: Int(now.milliseconds / 1000), tv_nsec: Int(now.milliseconds % 1000) * 1_000_000)
    let times = [time, time]
    // SAFETY: two `timespec`, as futimens wants them.
    guard unsafe times.withUnsafeBufferPointer({ unsafe futimens(descriptor, $0.baseAddress) }) == 0, fsync(descriptor) == 0
    else { throw failure() }
    // SAFETY: both paths for the call only.
    guard unsafe rename(partial, path) == 0 else { throw failure() }
  }

  private func failure() -> AccountError {
    // SAFETY: strerror gives a C string that is copied at once.
    .store(.inputOutput(path: path, detail: unsafe String(cString: strerror(errno))))
  }
}
