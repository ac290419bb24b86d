import CSSH
import Glibc
import Synchronization

/// A host on the way to an engine: where it is, which key it must show, and how to log in there.
package struct SSHHop: Sendable {
  package var address: SSHAddress
  package var hostKey: HostKeyRule
  package var credential: SSHCredential
  /// As errors name the host, such as `alpha (deploy@10.0.0.2)`.
  package var name: String

  package init(address: SSHAddress, hostKey: HostKeyRule, credential: SSHCredential, name: String? = nil) {
    self.address = address
    self.hostKey = hostKey
    self.credential = credential
    self.name = name ?? "\(address)"
  }
}

/// One login at one host: a session of libssh with any number of channels, on a thread of its own.
///
/// Each channel is handed out as a connected stream socket, so that whatever speaks over a descriptor works over SSH. What a
/// descriptor's owner does not read stays with the server (RFC 4254 section 5.2). A session that is dropped is ended.
package final class SSHSession: Sendable {
  package let hop: String
  /// The key that the host has shown.
  package let hostKey: HostKey
  private let mailbox: SessionMailbox
  private let thread: Mutex<ThreadHandle?>

  private init(hop: String, hostKey: HostKey, mailbox: SessionMailbox, thread: ThreadHandle?) {
    self.hop = hop
    self.hostKey = hostKey
    self.mailbox = mailbox
    self.thread = Mutex(thread)
  }

  // One that was retired ends by itself, with its last channel.
  deinit {
    if !mailbox.isRetired { _ = mailbox.send(.end) }
    thread.withLock { $0?.detach() }
  }

  // MARK: Making

  /// Connects and logs in, over `bastion` when there is one. Ends early when the task is cancelled.
  ///
  /// - Parameters:
  ///   - limit: for the whole.
  ///   - limits: of the session that is made.
  ///   - onStage: told what begins, from any thread.
  package static func connect(
    to hop: SSHHop, through bastion: SSHSession? = nil, limit: Duration = .seconds(10), limits: SessionLimits = SessionLimits(),
    onStage: @escaping @Sendable (SSHError.Stage) -> Void = { _ in }
  ) async throws(SSHError) -> SSHSession {
    let deadline = ContinuousClock.now.advanced(by: limit)
    let name = hop.name
    switch hop.hostKey {
    case .pinned(let pinned):
      guard !pinned.isEmpty else {
        let offered = try await hostKey(of: hop.address, name: name, through: bastion, limit: limit)
        throw .hostKeyUnknown(hop: name, offered: offered)
      }
      let expected = pinned.map(\.description).joined(separator: " or ")
      let judge: @Sendable (HostKey) throws(SSHError) -> Void = { (shown) throws(SSHError) in
        guard pinned.contains(shown) else { throw .hostKeyChanged(hop: name, expected: expected, offered: shown) }
      }
      let algorithms = pinned.map(\.algorithms).joined(separator: ",")
      do {
        return try await start(hop, through: bastion, asking: algorithms, judge, until: deadline, limit, limits, onStage)
      } catch {
        guard case .hostKeyChanged(_, _, nil) = error else { throw error }
        throw .hostKeyChanged(hop: name, expected: expected, offered: nil)
      }
    case .fingerprint(let wanted):
      // The fingerprint does not tell its type, and a host has one key of each: each type is asked for.
      var shownKeys: [HostKey] = []
      for family in HostKey.families {
        let judge: @Sendable (HostKey) throws(SSHError) -> Void = { (shown) throws(SSHError) in
          guard shown.fingerprint == wanted else { throw .hostKeyChanged(hop: name, expected: wanted, offered: shown) }
        }
        do {
          return try await start(hop, through: bastion, asking: family, judge, until: deadline, limit, limits, onStage)
        } catch {
          guard case .hostKeyChanged(_, _, let shown) = error else { throw error }
          if let shown { shownKeys.append(shown) }
        }
      }
      throw .hostKeyChanged(hop: name, expected: wanted, offered: shownKeys.first)
    }
  }

  /// Looks which key a host shows, or whether it has one of a fingerprint; nothing is sent to it.
  ///
  /// - Throws: `hostKeyChanged` when it has no key of the fingerprint.
  package static func hostKey(
    of address: SSHAddress, name: String, fingerprint: String? = nil, through bastion: SSHSession? = nil,
    limit: Duration = .seconds(10)
  ) async throws(SSHError) -> HostKey {
    let deadline = ContinuousClock.now.advanced(by: limit)
    guard let fingerprint else {
      return try await shownKey(
        of: address, name: name, asking: HostKey.families.joined(separator: ","), through: bastion, until: deadline, limit)
    }
    var first: HostKey?
    for family in HostKey.families {
      do {
        let shown = try await shownKey(of: address, name: name, asking: family, through: bastion, until: deadline, limit)
        if shown.fingerprint == fingerprint { return shown }
        first = first ?? shown
      } catch {
        // No key of that type.
        guard case .hostKeyChanged = error else { throw error }
      }
    }
    throw .hostKeyChanged(hop: name, expected: fingerprint, offered: first)
  }

  private static func shownKey(
    of address: SSHAddress, name: String, asking algorithms: String, through bastion: SSHSession?,
    until deadline: ContinuousClock.Instant, _ limit: Duration
  ) async throws(SSHError) -> HostKey {
    let hop = SSHHop(
      address: address, hostKey: .fingerprint(""), credential: .password(SSHSecret("")), name: name)
    let judge: @Sendable (HostKey) throws(SSHError) -> Void = { (shown) throws(SSHError) in
      throw .hostKeyUnknown(hop: name, offered: shown)
    }
    do {
      _ = try await start(
        hop, through: bastion, asking: algorithms, judge, until: deadline, limit, SessionLimits()
      ) { _ in }
    } catch {
      guard case .hostKeyUnknown(_, let offered) = error else { throw error }
      return offered
    }
    throw .handshake(hop: name, reason: "the host showed no key")
  }

  private static func start(
    _ hop: SSHHop, through bastion: SSHSession?, asking algorithms: String,
    _ judge: @escaping @Sendable (HostKey) throws(SSHError) -> Void, until deadline: ContinuousClock.Instant, _ limit: Duration,
    _ limits: SessionLimits, _ onStage: @escaping @Sendable (SSHError.Stage) -> Void
  ) async throws(SSHError) -> SSHSession {
    let descriptor: CInt?
    if let bastion {
      onStage(.connecting)
      let left = ContinuousClock.now.duration(to: deadline)
      do {
        descriptor = try await bastion.openTCP(host: hop.address.host, port: hop.address.port, limit: left)
      } catch {
        guard ContinuousClock.now >= deadline, case .channelRefused = error else { throw error }
        throw .timedOut(hop: hop.name, stage: .connecting, limit: limit)
      }
    } else {
      descriptor = nil
    }
    let left = ContinuousClock.now.duration(to: deadline)
    let plan = HandshakePlan(
      address: hop.address, hop: hop.name, algorithms: algorithms, judge: judge, credential: hop.credential,
      limit: max(left, .milliseconds(1)), limits: limits, descriptor: descriptor, onStage: onStage)
    guard let mailbox = SessionMailbox() else {
      descriptor.map { _ = Glibc.close($0) }
      throw .handshake(hop: hop.name, reason: "this process has no descriptors left")
    }
    let thread = Mutex<ThreadHandle?>(nil)
    let limiter = Task {
      try await Task.sleep(for: max(left, .milliseconds(1)))
      mailbox.dropAgent()
    }
    defer { limiter.cancel() }
    let result: Result<HostKey, SSHError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let started = startThread(
          refused: { continuation.resume(returning: .failure(.handshake(hop: hop.name, reason: $0))) }
        ) {
          SessionThread.main(plan, mailbox) { continuation.resume(returning: $0) }
        }
        thread.withLock { $0 = started }
      }
    } onCancel: {
      _ = mailbox.send(.end)
      mailbox.dropAgent()
    }
    let handle = thread.withLock { $0 }
    switch result {
    case .success(let key): return SSHSession(hop: hop.name, hostKey: key, mailbox: mailbox, thread: handle)
    case .failure(let error):
      // It has freed its session and is about to end. Not joined it could still be ending when the process exits, and meet
      // what OpenSSL has torn down.
      handle?.join()
      if case .timedOut(let name, let stage, _) = error { throw .timedOut(hop: name, stage: stage, limit: limit) }
      throw error
    }
  }

  // MARK: State

  /// Why the session is over; nil while it lives.
  package var end: SSHError? { mailbox.end }
  /// Whether new channels may be opened.
  package var isUsable: Bool { mailbox.end == nil && !mailbox.isRetired }
  /// Channels that are open, or opening.
  package var channels: Int { mailbox.channels }

  /// Waits until the session is over, and says why.
  package func waitForEnd() async -> SSHError { await mailbox.waitForEnd() }

  /// Lets the channels there are come to their ends, and ends then.
  package func retire() { _ = mailbox.send(.retire) }

  /// Ends now, with all channels; returns when nothing of the session is left.
  package func close() async {
    _ = mailbox.send(.end)
    _ = await mailbox.waitForEnd()
    // The thread has nothing to do any more. A process that exits while it ends would tear down what it still uses.
    thread.withLock { handle in
      handle?.join()
      handle = nil
    }
  }

  // MARK: Channels

  /// Opens a connection to a unix socket on the server. The caller owns the descriptor.
  package func openSocket(_ path: RemotePath) async throws(SSHError) -> CInt {
    try await open(.socket(path: path.text), what: "the connection to \(path.text)").descriptor
  }

  /// Opens a TCP connection from the server to another host. The caller owns the descriptor.
  package func openTCP(
    host: String, port: UInt16, limit: Duration = openingLimit
  ) async throws(SSHError) -> CInt {
    try await open(.tcp(host: host, port: port), what: "the connection to \(host):\(port)", limit: limit).descriptor
  }

  /// Opens the server's file transfer (SFTP). The caller owns the descriptor.
  package func openFileTransfer() async throws(SSHError) -> CInt {
    try await open(.subsystem("sftp"), what: "file transfer (sftp)").descriptor
  }

  /// Starts a program on the server. The caller owns the descriptor of its input and output.
  func start(_ command: RemoteCommand) async throws(SSHError) -> RemoteProgram {
    try await open(.command(command.line), what: "the command \(command.name)")
  }

  /// Bytes of what a program writes, and of its input.
  package static let outputLimit = 64 << 10

  /// Runs a program to its end and gives what it wrote, at most `outputLimit` bytes.
  ///
  /// - Parameters:
  ///   - input: at most `outputLimit` bytes.
  ///   - limit: how long it may be silent; then it is left, and its exit has no status.
  package func run(
    _ command: RemoteCommand, input: [UInt8] = [], limit: Duration = .seconds(8)
  ) async throws(SSHError) -> (output: String, exit: RemoteExit) {
    precondition(input.count <= Self.outputLimit, "more would wait for a program that waits for its output to be read")
    let program = try await start(command)
    // Not before its exit is known: the server tells that after the end of the output, and a channel whose local end has gone
    // does not wait for it.
    defer { Glibc.close(program.descriptor) }
    guard let output = await program.readOutput(after: input, silence: limit) else {
      return ("", RemoteExit(status: nil, errorText: "no answer within \(limit)"))
    }
    return (output, await program.waitForExit())
  }

  /// How long a server may take to open a channel.
  package static let openingLimit = Duration.seconds(30)

  private func open(
    _ target: ChannelTarget, what: String, limit: Duration = openingLimit
  ) async throws(SSHError) -> RemoteProgram {
    if Task.isCancelled { throw .cancelled(hop: hop) }
    var pair: [CInt] = [-1, -1]
    // SAFETY: the array has the two places that socketpair(2) fills.
    guard unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
      throw .channelRefused(hop: hop, what: what, reason: systemError())
    }
    let (ours, theirs) = (pair[0], pair[1])
    let exit = ExitBox()
    let opening = OpeningBox()
    let id = mailbox.newID()
    let order = ChannelOrder(
      id: id, target: target, local: theirs, opened: { opening.resolve($0) }, ended: { exit.resolve($0) })
    guard mailbox.send(.open(order)) else {
      Glibc.close(ours)
      Glibc.close(theirs)
      throw mailbox.end ?? .closed(hop: hop)
    }
    let mailbox = mailbox
    let limiter = Task {
      try await Task.sleep(for: limit)
      _ = mailbox.send(.abandon(id))
      opening.resolve(.failure(ChannelRefusal(reason: "the server did not open it within \(limit)")))
    }
    defer { limiter.cancel() }
    let result = await withTaskCancellationHandler {
      await opening.wait()
    } onCancel: {
      _ = mailbox.send(.abandon(id))
      opening.resolve(.failure(ChannelRefusal(reason: "cancelled")))
    }
    switch result {
    case .success: return RemoteProgram(descriptor: ours, exit: exit)
    case .failure(let refusal):
      Glibc.close(ours)
      if Task.isCancelled { throw .cancelled(hop: hop) }
      if let end = mailbox.end { throw end }
      throw .channelRefused(hop: hop, what: what, reason: refusal.reason)
    }
  }
}

/// A program that runs on the server; its descriptor is its input and output.
struct RemoteProgram: Sendable {
  let descriptor: CInt
  fileprivate let exit: ExitBox

  func waitForExit() async -> RemoteExit { await exit.wait() }
  /// How it ended; nil while it runs.
  var exitNow: RemoteExit? { exit.value }

  /// Gives it its input and reads to the end on a thread of its own. What is beyond the limit is dropped; nil when nothing came
  /// for too long.
  func readOutput(after input: [UInt8], silence: Duration) async -> String? {
    let descriptor = descriptor
    let limit = SSHSession.outputLimit
    return await withCheckedContinuation { continuation in
      let reader = startThread(refused: { _ in continuation.resume(returning: nil) }) {
        // A program that ends early does not take all of it.
        if !input.isEmpty { _ = unsafe send(descriptor, input, input.count, CInt(MSG_NOSIGNAL)) }
        shutdown(descriptor, CInt(SHUT_WR))
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
          let ready = unsafe poll(&entry, 1, silence.pollMilliseconds)
          if ready < 0, errno == EINTR { continue }
          guard ready > 0 else { return continuation.resume(returning: nil) }
          let count = unsafe read(descriptor, &buffer, buffer.count)
          if count < 0, errno == EINTR { continue }
          guard count > 0 else { break }
          output += buffer.prefix(min(count, max(0, limit - output.count)))
        }
        continuation.resume(returning: String(decoding: output, as: UTF8.self))
      }
      reader?.detach()
    }
  }
}

private typealias OpeningBox = OnceBox<Result<Void, ChannelRefusal>>
private typealias ExitBox = OnceBox<RemoteExit>
