import Glibc
import Synchronization

/// What a helper process wrote to standard output, and its exit status (negative: the signal that ended it).
struct HelperOutput: Sendable {
  var status: Int32
  var bytes: [UInt8]
}

struct HelperFailure: Error {
  var reason: String
}

/// Whether a path can be run as a program.
func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }

/// Runs a program by its path and arguments, gives it its input, collects its output; blocks for at most `limit`.
///
/// Standard error goes nowhere. A program that takes longer, or writes more than `outputBytes`, is killed.
func runHelper(_ arguments: [String], input: [UInt8], limit: Duration, outputBytes: Int) throws(HelperFailure) -> HelperOutput {
  let deadline = ContinuousClock.now.advanced(by: limit)
  let (pid, toHelper, fromHelper) = try start(arguments)
  toHelper.closeReading()
  fromHelper.closeWriting()
  // A pipe holds 64 KiB (pipe(7)) and the input is a host name: this write never blocks.
  let isWritten = writeIgnoringBrokenPipe(input, to: toHelper.writing)
  toHelper.closeWriting()
  do throws(HelperFailure) {
    guard isWritten else { throw HelperFailure(reason: "cannot write to it: \(errnoText(errno))") }
    let bytes = try readAll(from: fromHelper.reading, until: deadline, limit: limit, outputBytes: outputBytes)
    return HelperOutput(status: try reap(pid, until: deadline, limit: limit), bytes: bytes)
  } catch {
    kill(pid, SIGKILL)
    var status: CInt = 0
    unsafe waitpid(pid, &status, 0)
    throw error
  }
}

/// One start at a time: a pipe is made and kept from other programs in two steps, and a program started between them would
/// hold its ends open.
private let starting = Mutex(())

private func start(_ arguments: [String]) throws(HelperFailure) -> (pid: pid_t, toHelper: Pipe, fromHelper: Pipe) {
  try starting.withLock { _ throws(HelperFailure) in
    let toHelper = try Pipe()
    let fromHelper = try Pipe()
    let pid = try spawn(arguments, standardInput: toHelper.reading, standardOutput: fromHelper.writing)
    return (pid, toHelper, fromHelper)
  }
}

/// Both ends of a pipe; closed when it goes away.
private final class Pipe {
  private(set) var reading: CInt
  private(set) var writing: CInt

  init() throws(HelperFailure) {
    var ends: [CInt] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw HelperFailure(reason: "no pipe: \(errnoText(errno))") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    reading = ends[0]
    writing = ends[1]
  }

  func closeReading() {
    if reading >= 0 { close(reading) }
    reading = -1
  }

  func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }

  deinit {
    closeReading()
    closeWriting()
  }
}

private func spawn(_ arguments: [String], standardInput: CInt, standardOutput: CInt) throws(HelperFailure) -> pid_t {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  unsafe posix_spawn_file_actions_adddup2(&actions, standardInput, STDIN_FILENO)
  unsafe posix_spawn_file_actions_adddup2(&actions, standardOutput, STDOUT_FILENO)
  unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
  var argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
  defer { unsafe argv.forEach { argument in unsafe free(argument) } }
  var pid: pid_t = 0
  let code = unsafe posix_spawn(&pid, arguments[0], &actions, nil, &argv, environ)
  guard code == 0 else {
    throw HelperFailure(reason: "cannot be run: \(errnoText(code))")
  }
  return pid
}

/// False when the bytes cannot be written; a helper that does not read its input is no failure.
private func writeIgnoringBrokenPipe(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
  // A write to a pipe without a reader raises SIGPIPE: blocked for this thread, and taken off it afterwards.
  var pipeSignal = sigset_t()
  var before = sigset_t()
  unsafe sigemptyset(&pipeSignal)
  unsafe sigaddset(&pipeSignal, SIGPIPE)
  unsafe pthread_sigmask(SIG_BLOCK, &pipeSignal, &before)
  defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
  let written = unsafe write(descriptor, bytes, bytes.count)
  if written < 0, errno == EPIPE {
    var now = timespec()
    unsafe sigtimedwait(&pipeSignal, nil, &now)
    return true
  }
  return written == bytes.count
}

private func readAll(
  from descriptor: CInt, until deadline: ContinuousClock.Instant, limit: Duration, outputBytes: Int
) throws(HelperFailure) -> [UInt8] {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while true {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let left = ContinuousClock.now.duration(to: deadline)
    guard left > .zero else { throw HelperFailure(reason: "no answer within \(limit)") }
    let ready = unsafe poll(&poller, 1, CInt(clamping: left.components.seconds * 1000 + 50))
    if ready == 0 || (ready < 0 && errno == EINTR) { continue }
    guard ready > 0 else { throw HelperFailure(reason: "cannot wait for it: \(errnoText(errno))") }
    let count = unsafe read(descriptor, &chunk, chunk.count)
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw HelperFailure(reason: "cannot read from it: \(errnoText(errno))") }
    if count == 0 { return bytes }
    bytes += chunk[..<count]
    guard bytes.count <= outputBytes else { throw HelperFailure(reason: "wrote more than \(outputBytes) bytes") }
  }
}

/// Waits for the end of a process that has closed its output.
private func reap(_ pid: pid_t, until deadline: ContinuousClock.Instant, limit: Duration) throws(HelperFailure) -> Int32 {
  var status: CInt = 0
  while true {
    let ended = unsafe waitpid(pid, &status, WNOHANG)
    if ended == pid { break }
    if ended < 0, errno != EINTR { throw HelperFailure(reason: "cannot wait for it: \(errnoText(errno))") }
    guard ContinuousClock.now < deadline else { throw HelperFailure(reason: "did not end within \(limit)") }
    usleep(2000)
  }
  let signal = status & 0x7f
  return signal == 0 ? (status >> 8) & 0xff : -signal
}
