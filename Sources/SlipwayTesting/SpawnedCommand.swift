import Foundation
import Glibc
import Synchronization

/// A command that was run to its end, with what it used.
package struct SpawnedCommand: Sendable {
  /// The exit code; 128 + number when a signal ended it.
  package var code: Int32
  package var wasKilled: Bool
  package var output: String
  package var errors: String
  package var duration: Duration
  /// Of all its threads.
  package var processorTime: Duration
  /// The most memory that it held at one time, as far as looks at it every 2 ms show.
  package var peakKiB: Int

  /// Longest run of a command; it is killed afterwards.
  package static let limit: Duration = .seconds(150)

  /// Holds the id of a running process; a kill that comes before it is known is made up for.
  package final class Target: Sendable {
    package init() {}

    private let state = Mutex<(id: pid_t?, isDoomed: Bool)>((nil, false))

    package func kill() {
      state.withLock { state in
        state.isDoomed = true
        if let id = state.id { Glibc.kill(id, SIGKILL) }
      }
    }

    package func signal(_ number: Int32) {
      state.withLock { state in
        if let id = state.id { Glibc.kill(id, number) }
      }
    }

    fileprivate func begin(_ id: pid_t) {
      state.withLock { state in
        state.id = id
        if state.isDoomed { Glibc.kill(id, SIGKILL) }
      }
    }

    fileprivate func end() { state.withLock { $0.id = nil } }
  }

  package struct CannotStart: Error { package var errno: Int32 }

  /// Runs `program`; its standard input is empty.
  package static func run(
    _ program: String, _ arguments: [String], in folder: String, environment: [String: String], target: Target = Target(),
    watchesMemory: Bool = false
  ) async throws -> SpawnedCommand {
    let stem = NSTemporaryDirectory() + "/slipway-command-\(UInt64.random(in: 0 ... .max))"
    defer {
      unsafe unlink(stem + ".out")
      unsafe unlink(stem + ".err")
    }
    let start = ContinuousClock.now
    let id = try spawn(program, arguments, folder, environment, out: stem + ".out", err: stem + ".err")
    target.begin(id)
    let limiter = Task {
      try await Task.sleep(for: limit)
      target.kill()
    }
    let (status, peak, processorTime) = await withCheckedContinuation {
      (done: CheckedContinuation<(Int32, Int, Duration), Never>) in
      // A thread of its own: waiting must not hold one of the few that all tests share.
      Thread.detachNewThread {
        // The process stays a zombie, so that its id cannot pass to another one, until no kill can come any more.
        var info = unsafe siginfo_t()
        var peak = 0
        // What wait4 tells of memory begins with this process's own, before exec.
        while watchesMemory, unsafe waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT | WNOHANG) == 0, unsafe info.si_signo == 0 {
          peak = max(peak, peakKiB(of: id))
          usleep(2000)
        }
        while unsafe waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        target.end()
        var status: Int32 = 0
        var usage = rusage()
        while unsafe wait4(id, &status, 0, &usage) < 0, errno == EINTR {}
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        let microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
        done.resume(returning: (status, peak, .seconds(seconds) + .microseconds(microseconds)))
      }
    }
    limiter.cancel()
    let signal = status & 0x7f
    return SpawnedCommand(
      code: signal == 0 ? (status >> 8) & 0xff : 128 + signal, wasKilled: signal != 0, output: text(stem + ".out"),
      errors: text(stem + ".err"), duration: ContinuousClock.now - start,
      processorTime: processorTime, peakKiB: peak)
  }

  private static func peakKiB(of id: pid_t) -> Int {
    guard let status = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return 0 }
    return Int(line.filter { $0.isNumber }) ?? 0
  }

  private static func text(_ path: String) -> String {
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: 16 << 20) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  private static func spawn(
    _ program: String, _ arguments: [String], _ folder: String, _ environment: [String: String], out: String, err: String
  ) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    // `env -C`: the C library's way to choose the folder is hidden from Swift.
    let argv = unsafe (["env", "-C", folder, program] + arguments).map { unsafe strdup($0) } + [nil]
    let envp = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer { unsafe (argv + envp).forEach { unsafe free($0) } }
    var id: pid_t = 0
    let failure = unsafe posix_spawn(&id, "/usr/bin/env", &actions, nil, argv, envp)
    guard failure == 0 else { throw CannotStart(errno: failure) }
    return id
  }
}
