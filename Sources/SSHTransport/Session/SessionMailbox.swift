import CSSH
import Glibc
import Synchronization

/// What a channel is opened for.
enum ChannelTarget: Hashable, Sendable {
  /// A unix socket on the server (`direct-streamlocal@openssh.com`, OpenSSH PROTOCOL section 2.4).
  case socket(path: String)
  /// A TCP connection from the server to another host (`direct-tcpip`, RFC 4254 section 7.2).
  case tcp(host: String, port: UInt16)
  /// A program on the server (`exec`, RFC 4254 section 6.5); its error output is kept aside.
  case command(String)
  /// `sftp` (RFC 4254 section 6.5).
  case subsystem(String)
}

/// How a program on the server ended.
package struct RemoteExit: Hashable, Sendable {
  /// Nil when the server did not say, or a signal ended it.
  package var status: Int?
  /// The beginning of its error output.
  package var errorText: String
}

/// Why a channel was not opened, in the words of the library.
struct ChannelRefusal: Error, Sendable {
  var reason: String
}

struct ChannelOrder: Sendable {
  var id: UInt64
  var target: ChannelTarget
  /// Our end of the socket pair; the thread closes it.
  var local: CInt
  var opened: @Sendable (Result<Void, ChannelRefusal>) -> Void
  var ended: @Sendable (RemoteExit) -> Void
}

/// What is asked of a session's thread, and what it tells.
final class SessionMailbox: Sendable {
  enum Order: Sendable {
    case open(ChannelOrder)
    /// The opening of this channel is not wanted any more.
    case abandon(UInt64)
    /// End when the last channel has ended.
    case retire
    /// End now.
    case end
  }

  private struct State {
    var orders: [Order] = []
    var hasEnded: SSHError?
    /// Why it will be over in a moment.
    var reason: SSHError?
    var waiters: [CheckedContinuation<SSHError, Never>] = []
    var lastID: UInt64 = 0
    /// Channels that are opening or open.
    var channels = 0
    var isRetired = false
    /// The connection to the agent, while the library may wait for it.
    var agent: CInt?
  }

  private let state = Mutex(State())
  /// Readable when there are orders; lives as long as the mailbox.
  let wake: CInt
  private let bell: CInt

  /// Nil when no descriptors are left.
  init?() {
    var pair: [CInt] = [-1, -1]
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    // SAFETY: the array has the two places that socketpair(2) fills.
    guard unsafe socketpair(AF_UNIX, kind, 0, &pair) == 0 else { return nil }
    (wake, bell) = (pair[0], pair[1])
  }

  deinit {
    close(wake)
    close(bell)
  }

  func newID() -> UInt64 {
    state.withLock {
      $0.lastID += 1
      return $0.lastID
    }
  }

  /// Hands an order over; false when the session has ended, and nobody will take it.
  func send(_ order: Order) -> Bool {
    let isTaken = state.withLock { state in
      guard state.hasEnded == nil else { return false }
      if case .open = order { state.channels += 1 }
      if case .retire = order { state.isRetired = true }
      state.orders.append(order)
      return true
    }
    if isTaken { ring() }
    return isTaken
  }

  /// The thread takes what has come.
  func takeOrders() -> [Order] {
    var rings = [UInt8](repeating: 0, count: 64)
    while unsafe read(wake, &rings, rings.count) == rings.count {}
    return state.withLock { state in
      defer { state.orders = [] }
      return state.orders
    }
  }

  /// While `body` runs, `dropAgent` ends its waiting for the agent.
  func withAgent<Value, Failure>(_ descriptor: CInt, _ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    state.withLock { $0.agent = descriptor }
    defer { state.withLock { $0.agent = nil } }
    return try body()
  }

  /// The agent has had its time: whoever reads from it is told its end.
  func dropAgent() {
    state.withLock { if let agent = $0.agent { shutdown(agent, CInt(SHUT_RDWR)) } }
  }

  /// Whether the session is to end at once.
  var isEndAsked: Bool {
    state.withLock { $0.orders.contains { if case .end = $0 { true } else { false } } }
  }

  func channelEnded() { state.withLock { $0.channels -= 1 } }

  var channels: Int { state.withLock { $0.channels } }
  var isRetired: Bool { state.withLock { $0.isRetired } }
  /// Why the session is over; nil while it lives.
  var end: SSHError? { state.withLock { $0.hasEnded ?? $0.reason } }

  /// The session is over, but not yet freed: who sees its channels end may ask why.
  func conclude(_ error: SSHError) { state.withLock { $0.reason = error } }

  /// The thread's last word; gives the orders that nobody will carry out.
  func finish(_ error: SSHError) -> [Order] {
    let (orders, waiters) = state.withLock { state in
      state.hasEnded = state.hasEnded ?? error
      defer {
        state.orders = []
        state.waiters = []
      }
      return (state.orders, state.waiters)
    }
    for waiter in waiters { waiter.resume(returning: error) }
    return orders
  }

  /// Waits for the end of the session.
  func waitForEnd() async -> SSHError {
    await withCheckedContinuation { continuation in
      let ended = state.withLock { state -> SSHError? in
        if state.hasEnded == nil { state.waiters.append(continuation) }
        return state.hasEnded
      }
      if let ended { continuation.resume(returning: ended) }
    }
  }

  private func ring() {
    var ring: UInt8 = 1
    // WHY ignored: a full buffer wakes as well.
    _ = unsafe write(bell, &ring, 1)
  }
}
