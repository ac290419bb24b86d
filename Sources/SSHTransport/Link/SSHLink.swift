import CSSH
import Glibc

/// The way to one engine over SSH: connected at the first use, and again when it was lost.
///
/// All who use it share one session. Callers that come while it is being made wait for the same attempt; after a failed one the
/// next attempt waits, longer each time (R-ENG-1). A failure that trying again cannot mend is told to everyone at once.
package actor SSHLink {
  /// How the engine's socket is reached.
  package enum Dial: String, Sendable {
    /// By the server's own forwarding of sockets.
    case socket
    /// By `docker system dial-stdio` on the server.
    case dialStdio = "dial-stdio"
    /// By `socat` on the server.
    case socat
  }

  package struct Limits: Sendable {
    /// For the way through all hosts, to the login at the last one.
    package var connect: Duration = .seconds(8)
    /// The first pause after a failed attempt; each further one is twice as long.
    package var firstPause: Duration = .milliseconds(200)
    package var longestPause: Duration = .seconds(60)
    /// After a failure that needs somebody's help, nothing is tried for so long.
    package var refusalPause: Duration = .seconds(30)
    /// A session of this age takes no new channels; those it has go on.
    package var sessionAge: Duration = .seconds(12 * 3600)
    package var session = SessionLimits()

    package init() {}
  }

  /// Jump hosts in order, then the server; never empty.
  private let hops: [SSHHop]
  private let socket: RemotePath
  private let limits: Limits
  private let notice: @Sendable (String) -> Void
  private let onStage: @Sendable (_ hop: Int, SSHError.Stage) -> Void
  /// What is known of how to reach the socket; nil: nothing yet.
  package private(set) var dial: Dial?

  private var sessions: [SSHSession] = []
  /// Those that take no more channels, and may still carry some.
  private var retired: [SSHSession] = []
  private var connectedAt = ContinuousClock.now
  private var attempt: (task: Task<Void, Never>, result: OnceBox<Result<SSHSession, SSHError>>)?
  /// The search for a way to the socket that is under way.
  private var search: OnceBox<SSHError?>?
  private var isClosed = false
  private var failures = 0
  private var nextAttempt: ContinuousClock.Instant?
  private var refusal: (error: SSHError, until: ContinuousClock.Instant)?

  /// - Parameters:
  ///   - hops: jump hosts in order, then the server.
  ///   - dial: what was found before; it is looked for again when it does not work.
  ///   - notice: told what a person should know, such as that a stand-in is used for the forwarding of sockets.
  ///   - onStage: told what begins on the way, with the host's place in `hops`; from any thread.
  package init(
    hops: [SSHHop], socket: RemotePath = .dockerSocket, dial: Dial? = nil, limits: Limits = Limits(),
    notice: @escaping @Sendable (String) -> Void = { _ in },
    onStage: @escaping @Sendable (_ hop: Int, SSHError.Stage) -> Void = { _, _ in }
  ) {
    precondition(!hops.isEmpty, "a link leads somewhere")
    self.hops = hops
    self.socket = socket
    self.dial = dial
    self.limits = limits
    self.notice = notice
    self.onStage = onStage
  }

  /// As errors name the server.
  package nonisolated var name: String { hops.last?.name ?? "" }

  // MARK: Session

  /// The session with the server, made when there is none.
  package func session() async throws(SSHError) -> SSHSession {
    if let last = sessions.last, last.isUsable {
      if ContinuousClock.now - connectedAt < limits.sessionAge { return last }
      recycle()
    }
    if isClosed { throw .closed(hop: name) }
    if let refusal, refusal.until > .now { throw refusal.error }
    // A caller that is cancelled does not end the attempt: others may wait for it.
    return try await running().wait(cancelled: .failure(.cancelled(hop: name))).get()
  }

  /// What will come of the attempt that is under way; one is begun when there is none.
  private func running() -> OnceBox<Result<SSHSession, SSHError>> {
    if let attempt { return attempt.result }
    let begin = nextAttempt
    let result = OnceBox<Result<SSHSession, SSHError>>()
    // WHY unstructured: the attempt belongs to all callers, and outlives the one that began it. It is bounded by the pause and
    // the limit of connecting, and `close` ends it.
    let task = Task {
      if let begin { try? await Task.sleep(until: begin, clock: .continuous) }
      result.resolve(await self.connectOnce())
    }
    attempt = (task, result)
    return result
  }

  private func connectOnce() async -> Result<SSHSession, SSHError> {
    let result: Result<[SSHSession], SSHError>
    do {
      result = .success(try await connectThrough())
    } catch {
      result = .failure(error)
    }
    attempt = nil
    switch result {
    case .success(let made):
      failures = 0
      nextAttempt = nil
      refusal = nil
      sessions = made
      connectedAt = .now
      return made.last.map { .success($0) } ?? .failure(.closed(hop: name))
    case .failure(let error):
      if error.isTransient {
        let longest = min(limits.longestPause, limits.firstPause * (1 << min(failures, 20)))
        failures += 1
        // Full jitter: many that lost the same server do not come back at once.
        nextAttempt = .now.advanced(by: longest * Double.random(in: 0...1))
      } else {
        refusal = (error, .now.advanced(by: limits.refusalPause))
      }
      return .failure(error)
    }
  }

  private func connectThrough() async throws(SSHError) -> [SSHSession] {
    let deadline = ContinuousClock.now.advanced(by: limits.connect)
    var made: [SSHSession] = []
    for (index, hop) in hops.enumerated() {
      let left = max(ContinuousClock.now.duration(to: deadline), .milliseconds(1))
      do {
        made.append(
          try await SSHSession.connect(to: hop, through: made.last, limit: left, limits: limits.session) { [onStage] in
            onStage(index, $0)
          })
      } catch {
        for session in made.reversed() { await session.close() }
        throw error
      }
    }
    return made
  }

  /// The next channel goes through a new session; channels in flight keep the old one until they end.
  package func recycle() {
    for session in sessions { session.retire() }
    retired = retired.filter { $0.end == nil } + sessions
    sessions = []
  }

  /// Ends all sessions with all their channels; no new one is made.
  package func close() async {
    isClosed = true
    attempt?.task.cancel()
    await attempt?.task.value
    let all = retired + sessions
    (retired, sessions) = ([], [])
    for session in all.reversed() { await session.close() }
  }

  /// Whether there is a session now; nothing is sent.
  package var isConnected: Bool { sessions.last?.isUsable ?? false }
  package var channels: Int { sessions.last?.channels ?? 0 }

  // MARK: Engine

  /// Opens a connection to the engine. The caller owns the descriptor.
  package func openEngine() async throws(SSHError) -> CInt {
    let session = try await session()
    if let standIn { return try await start(standIn, on: session) }
    do {
      let descriptor = try await session.openSocket(socket)
      dial = .socket
      return descriptor
    } catch {
      guard case .channelRefused = error else { throw error }
    }
    try await lookOnce(session)
    if let standIn { return try await start(standIn, on: session) }
    // Forwarding works, or has worked a moment ago: then the engine was away.
    do {
      return try await session.openSocket(socket)
    } catch {
      guard case .channelRefused = error else { throw error }
      throw .engineDown(hop: name, path: socket.text)
    }
  }

  /// The program that stands in for the forwarding of the socket.
  private var standIn: RemoteCommand? {
    switch dial {
    case .dialStdio?: .dialStdio(socket)
    case .socat?: .socat(socket)
    case .socket?, nil: nil
    }
  }

  /// Starts a program; where the server starts no more of them on one session (`MaxSessions` of sshd_config(5), 10 unless set),
  /// on another one.
  private func start(_ command: RemoteCommand, on first: SSHSession) async throws(SSHError) -> CInt {
    var session = first
    for _ in 0..<Self.sessionsForPrograms {
      do {
        return try await session.start(command).descriptor
      } catch {
        guard case .channelRefused = error, session.channels > 0 || sessions.last !== session else { throw error }
        if sessions.last === session { recycle() }
        session = try await self.session()
      }
    }
    return try await session.start(command).descriptor
  }

  private static let sessionsForPrograms = 20

  /// Lets one caller look for the way to the socket; the others wait for what it finds.
  private func lookOnce(_ session: SSHSession) async throws(SSHError) {
    if let search {
      if let error = await search.wait(cancelled: .cancelled(hop: name)) { throw error }
      return
    }
    let found = OnceBox<SSHError?>()
    search = found
    do {
      try await look(session)
    } catch {
      search = nil
      // Whoever looked was called off; the others look again at their next attempt.
      if case .cancelled = error { found.resolve(.lost(hop: name, reason: "the one that asked was called off")) }
      found.resolve(error)
      throw error
    }
    search = nil
    found.resolve(nil)
  }

  /// A server answers alike whether the socket is missing, may not be opened, or is not forwarded at all: looks which it is, and
  /// for a program that stands in.
  private func look(_ session: SSHSession) async throws(SSHError) {
    guard try await holds(.isSocket(socket), on: session) else { throw .socketMissing(hop: name, path: socket.text) }
    guard try await holds(.isWritable(socket), on: session) else {
      throw .socketForbidden(hop: name, path: socket.text, user: hops.last?.address.user ?? "")
    }
    for (program, dial) in [("docker", Dial.dialStdio), ("socat", Dial.socat)] {
      guard try await holds(.has(program), on: session) else { continue }
      let command = dial == .socat ? RemoteCommand.socat(socket) : .dialStdio(socket)
      guard await Self.answers(try await session.start(command).descriptor) else {
        throw .engineDown(hop: name, path: socket.text)
      }
      // Forwarding that has worked once works again when the engine was away for a moment.
      if self.dial == .socket, await forwards(session) { return }
      self.dial = dial
      notice("\(name) forwards no sockets: its engine is reached through \(command.line) on the server")
      return
    }
    if dial == .socket { throw .engineDown(hop: name, path: socket.text) }
    throw .forwardingForbidden(
      hop: name, reason: "or its engine is not running, and it has neither the docker command line nor socat to try with")
  }

  private func forwards(_ session: SSHSession) async -> Bool {
    do {
      Glibc.close(try await session.openSocket(socket))
      return true
    } catch {
      return false
    }
  }

  /// Whether a question's answer is yes.
  private func holds(_ question: RemoteCommand, on session: SSHSession) async throws(SSHError) -> Bool {
    let exit: RemoteExit
    do {
      exit = try await session.run(question).exit
    } catch {
      guard case .channelRefused(_, _, let reason) = error else { throw error }
      throw .forwardingForbidden(hop: name, reason: "and starts no programs (\(reason))")
    }
    if exit.status == nil, let end = session.end { throw end }
    return exit.status == 0
  }

  /// Whether something that speaks HTTP answers; closes the descriptor.
  private static func answers(_ descriptor: CInt) async -> Bool {
    await withCheckedContinuation { continuation in
      let asker = startThread(refused: { _ in continuation.resume(returning: false) }) {
        defer { Glibc.close(descriptor) }
        let question = Array("GET /_ping HTTP/1.0\r\nHost: engine\r\n\r\n".utf8)
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var answer = [UInt8](repeating: 0, count: 8)
        let isThere =
          unsafe send(descriptor, question, question.count, CInt(MSG_NOSIGNAL)) == question.count
          && poll(&entry, 1, 5000) > 0 && recv(descriptor, &answer, 8, 0) == 8 && answer.starts(with: "HTTP/1.".utf8)
        continuation.resume(returning: isThere)
      }
      asker?.detach()
    }
  }
}
