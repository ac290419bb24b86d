import CSSH
import Glibc

/// What a session's thread does from its start to its end: the login, then carrying bytes until the end is asked for or comes.
///
/// Everything of the library happens on this thread. It waits in one poll(2) for the server, for orders, and for the local
/// ends of the channels.
@safe
final class SessionThread {
  private let session: ssh_session
  private let event: ssh_event
  private let mailbox: SessionMailbox
  private let hop: String
  private let limits: SessionLimits
  private let socket: CInt
  private let counter: UnsafeMutablePointer<ssh_counter_struct>
  private var pumps: [ChannelPump] = []
  /// Where the next round begins, so that no channel waits behind the same others each time.
  private var turn = 0
  private var isRetiring = false
  /// The next round does not wait.
  private var isRushed = false

  private var heardBytes: UInt64 = 0
  private var lastHeard = ContinuousClock.now
  /// When the first question was sent that has not been answered.
  private var askedSince: ContinuousClock.Instant?
  private var lastAsked: ContinuousClock.Instant?

  /// The body of the thread.
  static func main(
    _ plan: HandshakePlan, _ mailbox: SessionMailbox, ready: @Sendable (Result<HostKey, SSHError>) -> Void
  ) {
    let session: ssh_session
    let hostKey: HostKey
    do {
      unsafe (session, hostKey) = try Handshake.run(plan, mailbox)
    } catch {
      for order in mailbox.finish(error) { refuse(order, "\(error.message)") }
      ready(.failure(error))
      return
    }
    ready(.success(hostKey))
    let error = unsafe carry(session, plan, mailbox)
    // After the session was freed: who waits for the end may end the process.
    for order in mailbox.finish(error) { refuse(order, error.message) }
  }

  /// Runs the loop to its end, and frees the session.
  private static func carry(_ session: ssh_session, _ plan: HandshakePlan, _ mailbox: SessionMailbox) -> SSHError {
    guard let thread = unsafe SessionThread(session, plan, mailbox) else {
      unsafe ssh_free(session)
      return .lost(hop: plan.hop, reason: "no memory is left")
    }
    return thread.run()
  }

  private init?(_ session: ssh_session, _ plan: HandshakePlan, _ mailbox: SessionMailbox) {
    guard let event = unsafe ssh_event_new() else { return nil }
    unsafe self.session = session
    unsafe self.event = event
    self.mailbox = mailbox
    hop = plan.hop
    limits = plan.limits
    socket = unsafe ssh_get_fd(session)
    unsafe counter = .allocate(capacity: 1)
    unsafe counter.initialize(to: ssh_counter_struct())
    unsafe ssh_set_counters(session, counter, nil)
    unsafe ssh_event_add_session(event, session)
  }

  deinit {
    unsafe ssh_event_remove_session(event, session)
    unsafe ssh_event_free(event)
    unsafe ssh_set_counters(session, nil, nil)
    // The library leaves a descriptor open that it was given, and forgets it. Without the option it closes the connection as one
    // of its own; that the option's new value is none, it tells as an error.
    _ = unsafe ssh_options_set(session, SSH_OPTIONS_FD, nil)
    unsafe ssh_disconnect(session)
    unsafe ssh_free(session)
    unsafe counter.deallocate()
  }

  private static func refuse(_ order: SessionMailbox.Order, _ reason: String) {
    guard case .open(let channel) = order else { return }
    close(channel.local)
    channel.opened(.failure(ChannelRefusal(reason: reason)))
  }

  // MARK: Loop

  private func run() -> SSHError {
    var end: SSHError?
    while end == nil { end = round() }
    let error = end ?? .closed(hop: hop)
    mailbox.conclude(error)
    for pump in pumps {
      pump.lose(error.message)
      mailbox.channelEnded()
    }
    pumps = []
    return error
  }

  /// Waits once and does what there is to do; gives the reason when the session is over.
  private func round() -> SSHError? {
    // The library closes the descriptor of a broken session, and the number may be another one's then.
    guard unsafe ssh_is_connected(session) == 1 else { return lost() }
    let flags = unsafe ssh_get_poll_flags(session)
    let mayFill = flags & SSH_WRITE_PENDING == 0
    var entries = [
      pollfd(fd: socket, events: Int16(POLLIN) | (mayFill ? 0 : Int16(POLLOUT)), revents: 0),
      pollfd(fd: mailbox.wake, events: Int16(POLLIN), revents: 0),
    ]
    entries.reserveCapacity(pumps.count + 2)
    for pump in pumps {
      let events = pump.events(mayFill: mayFill)
      entries.append(pollfd(fd: events == nil ? -1 : pump.descriptor, events: events ?? 0, revents: 0))
    }
    // SAFETY: the array lives through the call.
    let count = unsafe poll(&entries, nfds_t(entries.count), isRushed ? 0 : pause.pollMilliseconds)
    if count < 0, errno != EINTR { return .lost(hop: hop, reason: systemError()) }

    if entries[1].revents != 0, let end = obey() { return end }
    if entries[0].revents != 0, !pumpPackets() { return lost() }
    let seen = unsafe counter.pointee.in_bytes
    for pump in pumps { pump.proceed() }
    carry(entries)
    retireEnded()
    // The library reads from the server in most of its calls: what came then may concern a channel that had its turn before.
    isRushed = unsafe counter.pointee.in_bytes != seen
    if isRetiring, pumps.isEmpty { return .closed(hop: hop) }
    return watch()
  }

  private func obey() -> SSHError? {
    for order in mailbox.takeOrders() {
      switch order {
      case .open(let channel):
        guard let pump = unsafe ChannelPump(channel, session: session, lingerLimit: limits.lingerLimit) else {
          Self.refuse(order, "no memory is left")
          mailbox.channelEnded()
          continue
        }
        pumps.append(pump)
      case .abandon(let id): pumps.first { $0.id == id }?.abandon()
      case .retire: isRetiring = true
      case .end: return .closed(hop: hop)
      }
    }
    return nil
  }

  /// Reads what the server has sent, as far as it is there; false when the session is broken.
  private func pumpPackets() -> Bool {
    for _ in 0..<SessionLimits.readRounds {
      let result = unsafe ssh_event_dopoll(event, 0)
      if result == SSH_ERROR { return false }
      if result == SSH_AGAIN { break }
    }
    return unsafe ssh_is_connected(session) == 1
  }

  private func carry(_ entries: [pollfd]) {
    let listed = entries.count - 2
    guard listed > 0 else { return }
    turn = (turn + 1) % listed
    for offset in 0..<listed {
      let index = (turn + offset) % listed
      let mayFill = unsafe ssh_get_poll_flags(session) & SSH_WRITE_PENDING == 0
      _ = pumps[index].step(entries[index + 2].revents, mayFill: mayFill)
    }
  }

  private func retireEnded() {
    let before = pumps.count
    pumps.removeAll(where: \.isOver)
    for _ in pumps.count..<before { mailbox.channelEnded() }
  }

  private func lost() -> SSHError {
    let reason = unsafe lastError(of: session)
    return .lost(hop: hop, reason: reason)
  }

  // MARK: Liveness

  /// How long the loop may sleep.
  private var pause: Duration {
    let now = ContinuousClock.now
    let next = lastAsked ?? lastHeard
    var end = next + limits.keepalivePeriod
    if let askedSince { end = min(end, askedSince + limits.answerLimit) }
    return max(.milliseconds(10), now.duration(to: end))
  }

  /// Asks a silent server whether it is there, and gives it up when it does not answer.
  private func watch() -> SSHError? {
    let now = ContinuousClock.now
    let bytes = unsafe counter.pointee.in_bytes
    if bytes != heardBytes {
      heardBytes = bytes
      lastHeard = now
      askedSince = nil
      lastAsked = nil
      return nil
    }
    if let asked = askedSince, now - asked >= limits.answerLimit {
      return .lost(hop: hop, reason: "the server has not answered for \(Int((now - lastHeard).components.seconds)) s")
    }
    guard now - (lastAsked ?? lastHeard) >= limits.keepalivePeriod else { return nil }
    lastAsked = now
    askedSince = askedSince ?? now
    // The first call takes the answer to the question before, when there was one; the second one asks.
    _ = unsafe ssh_send_keepalive(session)
    _ = unsafe ssh_send_keepalive(session)
    return nil
  }
}
