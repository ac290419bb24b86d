import CSSH
import Glibc

/// Carries bytes between one channel and its local descriptor, without ever waiting. Lives on the session's thread.
@safe
final class ChannelPump {
  private enum Phase {
    /// The server was asked; next: `requesting` for programs, `open` for all else, `over`.
    case opening
    /// The channel is there, the program was asked for; next: `open`, `over`.
    case requesting
    /// Next: `over`.
    case open
    case over
  }

  let id: UInt64
  private let channel: ssh_channel
  private let session: ssh_session
  private let order: ChannelOrder
  private let local: CInt
  private let lingerLimit: Duration
  private let callbacks: UnsafeMutablePointer<ssh_channel_callbacks_struct>
  private var phase = Phase.opening
  /// Whoever asked for the channel does not want it any more.
  private var isAbandoned = false

  /// Bytes for the local end that it did not take yet.
  private var outgoing: [UInt8] = []
  private var outgoingStart = 0
  /// The library holds bytes for the local end, too.
  private var hasBacklog = false
  private var hasRemoteEnded = false
  private var isRemoteClosed = false
  private var isLocalOutputEnded = false

  /// Bytes from the local end that the library did not take yet.
  private var incoming: [UInt8] = []
  private var hasLocalEnded = false
  /// The other end of the local descriptor is closed altogether.
  private var isLocalGone = false
  private var goneSince: ContinuousClock.Instant?
  private var isEOFSent = false

  private var exit = RemoteExit(status: nil, errorText: "")
  private var errorBytes: [UInt8] = []

  /// Takes the order's local descriptor over.
  init?(_ order: ChannelOrder, session: ssh_session, lingerLimit: Duration) {
    guard let channel = unsafe ssh_channel_new(session) else { return nil }
    id = order.id
    self.order = order
    self.lingerLimit = lingerLimit
    local = order.local
    unsafe self.channel = channel
    unsafe self.session = session
    unsafe callbacks = .allocate(capacity: 1)
    var filled = unsafe ssh_channel_callbacks_struct()
    unsafe filled.size = MemoryLayout<ssh_channel_callbacks_struct>.size
    // SAFETY: the callbacks are removed before this object goes away, and run on this thread only.
    unsafe filled.userdata = Unmanaged.passUnretained(self).toOpaque()
    unsafe filled.channel_data_function = { _, _, data, length, isError, user in
      guard let user = unsafe user, let data = unsafe data else { return 0 }
      let pump = unsafe Unmanaged<ChannelPump>.fromOpaque(user).takeUnretainedValue()
      return unsafe CInt(pump.take(UnsafeRawBufferPointer(start: data, count: Int(length)), isError: isError != 0))
    }
    unsafe filled.channel_eof_function = { _, _, user in
      guard let user = unsafe user else { return }
      unsafe Unmanaged<ChannelPump>.fromOpaque(user).takeUnretainedValue().hasRemoteEnded = true
    }
    unsafe filled.channel_close_function = { _, _, user in
      guard let user = unsafe user else { return }
      let pump = unsafe Unmanaged<ChannelPump>.fromOpaque(user).takeUnretainedValue()
      pump.hasRemoteEnded = true
      pump.isRemoteClosed = true
    }
    unsafe filled.channel_exit_status_function = { _, _, status, user in
      guard let user = unsafe user else { return }
      unsafe Unmanaged<ChannelPump>.fromOpaque(user).takeUnretainedValue().exit.status = Int(status)
    }
    unsafe callbacks.initialize(to: filled)
    unsafe ssh_set_channel_callbacks(channel, callbacks)
  }

  deinit {
    unsafe callbacks.deallocate()
  }

  var isOver: Bool { if case .over = phase { true } else { false } }

  // MARK: Opening

  /// Goes on with the opening; called after each round of packets.
  func proceed() {
    switch phase {
    case .opening:
      let result = ask()
      guard result != SSH_AGAIN else { return }
      guard result == SSH_OK else { return fail() }
      if isAbandoned { return end() }
      guard case .command = order.target else {
        guard case .subsystem = order.target else { return opened() }
        phase = .requesting
        return proceed()
      }
      phase = .requesting
      proceed()
    case .requesting:
      let result =
        switch order.target {
        case .command(let line): unsafe ssh_channel_request_exec(channel, line)
        case .subsystem(let name): unsafe ssh_channel_request_subsystem(channel, name)
        case .socket, .tcp: SSH_OK
        }
      guard result != SSH_AGAIN else { return }
      guard result == SSH_OK else { return fail() }
      opened()
    case .open, .over: return
    }
  }

  private func ask() -> CInt {
    switch order.target {
    case .socket(let path): unsafe ssh_channel_open_forward_unix(channel, path, "localhost", 0)
    case .tcp(let host, let port): unsafe ssh_channel_open_forward(channel, host, CInt(port), "localhost", 0)
    case .command, .subsystem: unsafe ssh_channel_open_session(channel)
    }
  }

  private func opened() {
    if isAbandoned { return end() }
    phase = .open
    order.opened(.success(()))
  }

  private func fail() {
    let reason = unsafe lastError(of: session)
    order.opened(.failure(ChannelRefusal(reason: reason)))
    end()
  }

  /// Nobody waits for it any more. One that is still opening is closed when the server has answered: before that there is
  /// nothing that could be closed, and what the server opened would stay.
  func abandon() {
    isAbandoned = true
    if case .opening = phase { return }
    end()
  }

  // MARK: From the server

  /// Called by the library with what came; gives how much was taken.
  private func take(_ bytes: UnsafeRawBufferPointer, isError: Bool) -> Int {
    if isError {
      unsafe errorBytes.append(contentsOf: bytes.prefix(max(0, SessionLimits.errorTextBytes - errorBytes.count)))
      return bytes.count
    }
    if isLocalGone || isLocalOutputEnded { return bytes.count }
    guard outgoing.isEmpty else {
      hasBacklog = true
      return 0
    }
    let written = unsafe deliver(bytes)
    if written < bytes.count { hasBacklog = true }
    return written
  }

  /// Writes what the local end takes now.
  private func deliver(_ bytes: UnsafeRawBufferPointer) -> Int {
    var done = 0
    while done < bytes.count, let start = bytes.baseAddress {
      let count = unsafe send(
        local, start + done, bytes.count - done, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        if errno != EAGAIN, errno != EWOULDBLOCK {
          isLocalGone = true
          return bytes.count
        }
        return done
      }
      done += count
    }
    return done
  }

  /// Hands on what was kept, as far as the local end takes it.
  private func drain() {
    while true {
      if outgoingStart < outgoing.count {
        let count = unsafe outgoing.withUnsafeBytes { unsafe deliver(UnsafeRawBufferPointer(rebasing: $0[outgoingStart...])) }
        outgoingStart += count
        guard outgoingStart == outgoing.count else { return }
      }
      outgoing = []
      outgoingStart = 0
      guard hasBacklog, !isLocalGone else { return }
      // Everything at once: after each reading the library opens the window by a whole window, however much it still holds.
      let waiting = unsafe ssh_channel_poll(channel, 0)
      guard waiting > 0 else {
        hasBacklog = false
        return
      }
      outgoing = [UInt8](repeating: 0, count: Int(waiting))
      let count = unsafe ssh_channel_read_nonblocking(channel, &outgoing, UInt32(waiting), 0)
      outgoing.removeLast(outgoing.count - Int(max(0, count)))
      hasBacklog = false
      guard count > 0 else { return }
    }
  }

  // MARK: Local end

  /// What to wait for at the local end; nil: nothing.
  ///
  /// - Parameter mayFill: whether the library takes more for the server.
  func events(mayFill: Bool) -> Int16? {
    guard case .open = phase else { return nil }
    var events: Int16 = 0
    if mayFill, !hasLocalEnded, incoming.isEmpty, unsafe ssh_channel_window_size(channel) > 0 { events |= Int16(POLLIN) }
    if outgoingStart < outgoing.count || hasBacklog { events |= Int16(POLLOUT) }
    // One that has gone, or that ends both ways, is always "ready": it is not looked at until there is something to do for it.
    return events == 0 && (isLocalGone || isLocalOutputEnded) ? nil : events
  }

  var descriptor: CInt { local }

  /// Does what can be done now. Gives whether bytes were handed to the library.
  func step(_ ready: Int16, mayFill: Bool) -> Bool {
    guard case .open = phase else { return false }
    // After the end of the output, an end of the input looks the same.
    if ready & Int16(POLLHUP | POLLERR) != 0, !isLocalOutputEnded {
      isLocalGone = true
      goneSince = goneSince ?? .now
    }
    if outgoingStart < outgoing.count || hasBacklog { drain() }
    let hasFilled = mayFill && fill(ready)
    finish()
    return hasFilled
  }

  private func fill(_ ready: Int16) -> Bool {
    if incoming.isEmpty, !hasLocalEnded {
      guard ready & Int16(POLLIN | POLLHUP | POLLERR) != 0 || isLocalGone else { return false }
      let room = unsafe min(Int(ssh_channel_window_size(channel)), SessionLimits.chunkBytes)
      guard room > 0 else { return false }
      incoming = [UInt8](repeating: 0, count: room)
      var count = unsafe recv(local, &incoming, room, CInt(MSG_DONTWAIT))
      if count < 0 {
        if errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR {
          incoming = []
          return false
        }
        count = 0
      }
      incoming.removeLast(room - count)
      if count == 0 { hasLocalEnded = true }
    }
    guard !incoming.isEmpty else { return false }
    let taken = unsafe ssh_channel_write(channel, incoming, UInt32(incoming.count))
    guard taken >= 0 else {
      // The server has closed the channel; what it sent before is still handed on.
      incoming = []
      hasLocalEnded = true
      return false
    }
    incoming.removeFirst(Int(taken))
    return taken > 0
  }

  /// Hands ends on, and ends the channel when nothing is left to carry.
  private func finish() {
    let hasMore = outgoingStart < outgoing.count || hasBacklog
    if hasRemoteEnded, !hasMore, !isLocalOutputEnded {
      isLocalOutputEnded = true
      shutdown(local, CInt(SHUT_WR))
    }
    if isRemoteClosed, !hasMore || isLocalGone { return end() }
    if isLocalGone {
      let isTooLong = goneSince.map { ContinuousClock.now - $0 > lingerLimit } ?? false
      // Where both sides have ended their output, the local end looks gone and need not be: how a program ended is still to come.
      if hasLocalEnded, incoming.isEmpty, !hasRemoteEnded { return end() }
      if isTooLong { return end() }
    }
    if hasLocalEnded, incoming.isEmpty, !isEOFSent {
      isEOFSent = true
      // WHY ignored: the next packet shows a broken session.
      _ = unsafe ssh_channel_send_eof(channel)
    }
    guard hasLocalEnded, isLocalOutputEnded, isEOFSent else { return }
    // A program's exit is told after the end of its output.
    guard case .command = order.target, exit.status == nil else { return end() }
    goneSince = goneSince ?? .now
    if goneSince.map({ ContinuousClock.now - $0 > lingerLimit }) ?? false { end() }
  }

  // MARK: End

  /// Closes both sides; the library frees the channel when the server has closed it, too.
  func end() {
    guard !isOver else { return }
    if case .open = phase {} else if case .requesting = phase { order.opened(.failure(ChannelRefusal(reason: "closed"))) }
    phase = .over
    unsafe ssh_remove_channel_callbacks(channel, callbacks)
    unsafe ssh_channel_free(channel)
    close(local)
    exit.errorText = String(decoding: errorBytes, as: UTF8.self)
    order.ended(exit)
  }

  /// The session is gone, and all its channels with it.
  func lose(_ reason: String) {
    guard !isOver else { return }
    if case .open = phase {} else { order.opened(.failure(ChannelRefusal(reason: reason))) }
    phase = .over
    unsafe ssh_remove_channel_callbacks(channel, callbacks)
    close(local)
    exit.errorText = String(decoding: errorBytes, as: UTF8.self)
    order.ended(exit)
  }
}
