import Glibc
import Synchronization

/// Stands between the library and an agent, and shows it one key of those that the agent has (S-SSH-3): servers count each key that
/// is offered as a try, and learn of it.
///
/// The agent's protocol is that of draft-ietf-sshm-ssh-agent: messages with their length in four bytes before them.
final class AgentFilter: Sendable {
  private enum Message {
    static let failure: UInt8 = 5
    static let requestIdentities: UInt8 = 11
    static let identities: UInt8 = 12
    static let sign: UInt8 = 13
  }

  /// As OpenSSH's agent.
  private static let messageLimitBytes = 256 << 10

  private let key: HostKey
  /// The end that is ours of the library's connection.
  private let near: CInt
  private let agent: CInt
  private let found = Mutex(Bool?.none)

  /// Whether the agent has the key; nil: it was not asked, or has not answered.
  var hasKey: Bool? { found.withLock { $0 } }

  private init(_ key: HostKey, near: CInt, agent: CInt) {
    self.key = key
    self.near = near
    self.agent = agent
  }

  /// Gives the filter, and the descriptor for the library, which closes it; the agent's is the filter's from here on.
  ///
  /// Works on a thread of its own until the library, or the agent, closes its end.
  static func start(_ key: HostKey, agent: CInt) throws(SSHError) -> (filter: AgentFilter, descriptor: CInt) {
    var pair: (CInt, CInt) = (-1, -1)
    let made = unsafe withUnsafeMutableBytes(of: &pair) { bytes in
      unsafe socketpair(
        AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0,
        bytes.baseAddress?.assumingMemoryBound(to: CInt.self))
    }
    guard made == 0 else {
      close(agent)
      throw .agent(reason: systemError(errno))
    }
    let filter = AgentFilter(key, near: pair.1, agent: agent)
    var refusal: String?
    guard let thread = startThread(refused: { refusal = $0 }, { filter.run() }) else {
      for descriptor in [pair.0, pair.1, agent] { close(descriptor) }
      throw .agent(reason: refusal ?? "no thread")
    }
    thread.detach()
    return (filter, pair.0)
  }

  private func run() {
    defer {
      close(near)
      close(agent)
    }
    while let request = read(from: near) {
      guard let answer = answer(to: request), write(answer, to: near) else { return }
    }
  }

  private func answer(to request: [UInt8]) -> [UInt8]? {
    switch request.first {
    case Message.requestIdentities:
      guard write(request, to: agent), let answer = read(from: agent) else { return nil }
      return answer.first == Message.identities ? filtered(answer) : answer
    case Message.sign:
      // The key is the first field of the request.
      var fields = Fields(request.dropFirst())
      guard let asked = fields.next(), Array(asked) == key.blob else { return [Message.failure] }
      guard write(request, to: agent) else { return nil }
      return read(from: agent)
    default: return [Message.failure]
    }
  }

  /// The answer with our key alone.
  private func filtered(_ answer: [UInt8]) -> [UInt8] {
    var fields = Fields(answer.dropFirst(5))
    while let blob = fields.next(), let comment = fields.next() {
      guard Array(blob) == key.blob else { continue }
      found.withLock { $0 = true }
      return [Message.identities, 0, 0, 0, 1] + Self.field(blob) + Self.field(comment)
    }
    found.withLock { $0 = false }
    return [Message.identities, 0, 0, 0, 0]
  }

  // MARK: Messages

  /// Fields with their length in four bytes before them.
  private struct Fields {
    var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func next() -> ArraySlice<UInt8>? {
      guard rest.count >= 4 else { return nil }
      let length = AgentFilter.number(rest.prefix(4))
      rest = rest.dropFirst(4)
      guard rest.count >= length else { return nil }
      defer { rest = rest.dropFirst(length) }
      return rest.prefix(length)
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

  private static func field(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (24 - 8 * $0)) } + bytes
  }

  /// A message without its length; nil at the end, and for one that is too long.
  private func read(from descriptor: CInt) -> [UInt8]? {
    guard let head = read(4, from: descriptor) else { return nil }
    let length = Self.number(head[...])
    guard (1...Self.messageLimitBytes).contains(length) else { return nil }
    return read(length, from: descriptor)
  }

  private func read(_ count: Int, from descriptor: CInt) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      guard wait(for: descriptor, CShort(POLLIN)) else { return nil }
      let read = unsafe bytes.withUnsafeMutableBytes { room in
        unsafe Glibc.read(descriptor, room.baseAddress?.advanced(by: filled), count - filled)
      }
      if read < 0, errno == EAGAIN || errno == EINTR { continue }
      guard read > 0 else { return nil }
      filled += read
    }
    return bytes
  }

  private func write(_ message: [UInt8], to descriptor: CInt) -> Bool {
    let bytes = Self.field(message[...])
    var written = 0
    while written < bytes.count {
      guard wait(for: descriptor, CShort(POLLOUT)) else { return false }
      let count = unsafe bytes.withUnsafeBytes { room in
        unsafe send(descriptor, room.baseAddress?.advanced(by: written), bytes.count - written, CInt(MSG_NOSIGNAL))
      }
      if count < 0, errno == EAGAIN || errno == EINTR { continue }
      guard count > 0 else { return false }
      written += count
    }
    return true
  }

  /// Waits until one descriptor is ready; false when the library has gone, which gives an agent up that is silent.
  private func wait(for descriptor: CInt, _ events: CShort) -> Bool {
    while true {
      var polled = [pollfd(fd: descriptor, events: events, revents: 0)]
      if descriptor != near { polled.append(pollfd(fd: near, events: 0, revents: 0)) }
      let ready = unsafe poll(&polled, nfds_t(polled.count), -1)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return false }
      if polled.count > 1, polled[1].revents != 0 { return false }
      if polled[0].revents != 0 { return true }
    }
  }
}
