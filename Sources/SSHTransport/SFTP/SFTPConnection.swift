import CSSH
import Glibc
import Synchronization

/// The bounds of a file transfer.
package struct SFTPLimits: Sendable {
  /// Of a packet from the server, without its length (sftp-server's own limit is 256 KiB).
  package var packetBytes = 256 << 10
  /// Requests under way at once.
  package var requests = 512
  /// Bytes of requests under way at once.
  package var requestBytes = 4 << 20
  /// Without any answer for so long, the transfer is over.
  package var answer: Duration = .seconds(50)
  /// Bytes of data in one request to read or write.
  package var chunkBytes = 32 << 10
  /// Names in one folder.
  package var names = 100_000

  package init() {}
}

/// The answer to one request.
struct SFTPReply: Sendable {
  var type: UInt8
  /// After the request's number.
  var body: ArraySlice<UInt8>
}

/// Requests and their answers over one connected descriptor, with a thread of its own: answers come in any order, and any number
/// of tasks may ask.
final class SFTPConnection: Sendable {
  /// A request under way; awaited by one task, once.
  final class Ticket: Sendable {
    private let state = Mutex<(result: Result<SFTPReply, SFTPError>?, waiter: CheckedContinuation<Void, Never>?)>((nil, nil))

    func resolve(_ result: Result<SFTPReply, SFTPError>) {
      let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
        guard state.result == nil else { return nil }
        state.result = result
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.resume()
    }

    func wait() async -> Result<SFTPReply, SFTPError>? {
      await withCheckedContinuation { continuation in
        let isThere = state.withLock { state in
          guard state.result == nil else { return true }
          state.waiter = continuation
          return false
        }
        if isThere { continuation.resume() }
      }
      return state.withLock { $0.result }
    }
  }

  private struct Waiting {
    var ticket: Ticket
    var bytes: Int
  }

  private struct State {
    var outgoing: [[UInt8]] = []
    var waiting: [UInt32: Waiting] = [:]
    var waitingBytes = 0
    /// Requests that have their room.
    var reserved = 0
    var lastNumber: UInt32 = 0
    /// Those that wait for room, first come first served.
    var queue: [(id: UInt64, bytes: Int, continuation: CheckedContinuation<Void, Never>)] = []
    var lastQueued: UInt64 = 0
    var lastAnswer = ContinuousClock.now
    var end: SFTPError?
    var greeting: Ticket?

    func hasRoom(_ bytes: Int, _ limits: SFTPLimits) -> Bool {
      reserved < limits.requests && (waitingBytes == 0 || waitingBytes + bytes <= limits.requestBytes)
    }

    mutating func take(_ bytes: Int) {
      waitingBytes += bytes
      reserved += 1
    }
  }

  let server: String
  private let limits: SFTPLimits
  private let state = Mutex(State())
  private let wake: CInt
  private let bell: CInt

  /// Takes the descriptor over. Nil when no descriptors or threads are left; it is closed then.
  init?(descriptor: CInt, server: String, limits: SFTPLimits) {
    self.server = server
    self.limits = limits
    var pair: [CInt] = [-1, -1]
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    // SAFETY: the array has the two places that socketpair(2) fills.
    guard unsafe socketpair(AF_UNIX, kind, 0, &pair) == 0 else {
      Glibc.close(descriptor)
      return nil
    }
    (wake, bell) = (pair[0], pair[1])
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    var refusal: String?
    let thread = startThread(refused: { refusal = $0 }) { [self] in
      run(descriptor)
      Glibc.close(descriptor)
    }
    guard refusal == nil else {
      Glibc.close(descriptor)
      return nil
    }
    thread?.detach()
  }

  deinit {
    Glibc.close(wake)
    Glibc.close(bell)
  }

  /// Why it is over; nil while it lives.
  var ended: SFTPError? { state.withLock { $0.end } }

  // MARK: Asking

  /// Sends what begins a session, and gives the body of the answer.
  func greet() async throws(SFTPError) -> ArraySlice<UInt8> {
    let ticket = Ticket()
    let end = state.withLock { state -> SFTPError? in
      guard state.end == nil else { return state.end }
      state.greeting = ticket
      state.lastAnswer = .now
      // Length, type, version 3.
      state.outgoing.append([0, 0, 0, 5, SFTPType.initialize, 0, 0, 0, 3])
      return nil
    }
    if let end { throw end }
    ring()
    return try await answer(to: ticket).body
  }

  /// Sends a request; those of one task leave in order. Waits while too much is under way.
  func submit(_ type: UInt8, _ body: [UInt8]) async throws(SFTPError) -> Ticket {
    guard !Task.isCancelled else {
      finish(.cancelled(server: server))
      throw .cancelled(server: server)
    }
    await waitForRoom(body.count)
    let ticket = Ticket()
    let end = state.withLock { state -> SFTPError? in
      guard state.end == nil else { return state.end }
      if state.waiting.isEmpty { state.lastAnswer = .now }
      repeat { state.lastNumber &+= 1 } while state.waiting[state.lastNumber] != nil
      var packet = SFTPWriter()
      packet.add(UInt32(body.count + 5))
      packet.add(type)
      packet.add(state.lastNumber)
      state.waiting[state.lastNumber] = Waiting(ticket: ticket, bytes: body.count)
      state.outgoing.append(packet.bytes + body)
      return nil
    }
    if let end {
      release(body.count)
      throw end
    }
    ring()
    return ticket
  }

  /// Waits for the answer. A task that is cancelled meanwhile ends the whole transfer: what was asked cannot be taken back.
  func answer(to ticket: Ticket) async throws(SFTPError) -> SFTPReply {
    let result = await withTaskCancellationHandler {
      await ticket.wait()
    } onCancel: {
      finish(.cancelled(server: server))
    }
    guard let result else { throw .lost(server: server, reason: "no answer") }
    return try result.get()
  }

  /// The room is taken when this returns.
  private func waitForRoom(_ bytes: Int) async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.end == nil, !state.queue.isEmpty || !state.hasRoom(bytes, limits) else {
          state.take(bytes)
          return true
        }
        state.lastQueued += 1
        state.queue.append((state.lastQueued, bytes, continuation))
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  private func release(_ bytes: Int) {
    let next = state.withLock { state in freed(&state, bytes) }
    for continuation in next { continuation.resume() }
  }

  private func freed(_ state: inout State, _ bytes: Int) -> [CheckedContinuation<Void, Never>] {
    state.waitingBytes -= bytes
    state.reserved -= 1
    var next: [CheckedContinuation<Void, Never>] = []
    while let first = state.queue.first, state.hasRoom(first.bytes, limits) {
      state.queue.removeFirst()
      state.take(first.bytes)
      next.append(first.continuation)
    }
    return next
  }

  // MARK: Ending

  /// Ends the transfer; whoever waits is told why. The first reason counts.
  func finish(_ reason: SFTPError) {
    let (tickets, queue) = state.withLock { state -> ([Ticket], [CheckedContinuation<Void, Never>]) in
      if state.end == nil { state.end = reason }
      let tickets = state.waiting.values.map(\.ticket) + [state.greeting].compactMap { $0 }
      let queue = state.queue.map(\.continuation)
      state.waitingBytes += state.queue.reduce(0) { $0 + $1.bytes }
      state.reserved += state.queue.count
      state.waiting = [:]
      state.greeting = nil
      state.queue = []
      state.outgoing = []
      return (tickets, queue)
    }
    let end = ended ?? reason
    for ticket in tickets { ticket.resolve(.failure(end)) }
    for continuation in queue { continuation.resume() }
    ring()
  }

  private func ring() {
    var byte: UInt8 = 0
    // A bell that is full has been rung.
    _ = unsafe send(bell, &byte, 1, CInt(MSG_NOSIGNAL))
  }

  // MARK: The thread

  private func run(_ descriptor: CInt) {
    var incoming = SFTPFrames(limit: limits.packetBytes)
    var unsent: ArraySlice<UInt8> = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let (hasEnded, isAwaiting) = state.withLock { state in
        if unsent.isEmpty, !state.outgoing.isEmpty {
          // One write for many small requests.
          var bytes: [UInt8] = []
          var taken = 0
          while taken < state.outgoing.count, bytes.count < buffer.count {
            bytes += state.outgoing[taken]
            taken += 1
          }
          state.outgoing.removeFirst(taken)
          unsent = bytes[...]
        }
        return (state.end != nil, !state.waiting.isEmpty || state.greeting != nil)
      }
      if hasEnded { return }
      var entries = [
        pollfd(fd: descriptor, events: Int16(POLLIN) | (unsent.isEmpty ? 0 : Int16(POLLOUT)), revents: 0),
        pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
      ]
      // SAFETY: the array lives through the call.
      _ = unsafe poll(&entries, 2, isAwaiting ? 1000 : -1)
      if entries[1].revents != 0 {
        var bells = [UInt8](repeating: 0, count: 256)
        _ = unsafe recv(wake, &bells, bells.count, 0)
      }
      if entries[0].revents & Int16(POLLOUT) != 0, !unsent.isEmpty {
        let count = unsafe unsent.withUnsafeBytes { unsafe send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        if count > 0 {
          unsent = unsent.dropFirst(count)
        } else if errno != EAGAIN, errno != EINTR {
          return finish(.lost(server: server, reason: systemError()))
        }
      }
      if entries[0].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 {
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        if count == 0 { return finish(.lost(server: server, reason: "the server ended it")) }
        if count < 0 {
          if errno == EAGAIN || errno == EINTR { continue }
          return finish(.lost(server: server, reason: systemError()))
        }
        do {
          for packet in try incoming.add(buffer[..<count]) { try take(packet) }
        } catch {
          return finish(.malformed(server: server, reason: error.reason))
        }
      }
      let silence = state.withLock { state in
        state.waiting.isEmpty && state.greeting == nil ? Duration.zero : ContinuousClock.now - state.lastAnswer
      }
      if silence > limits.answer { return finish(.timedOut(server: server, limit: limits.answer)) }
    }
  }

  private func take(_ packet: ArraySlice<UInt8>) throws(SFTPReader.Malformed) {
    var reader = SFTPReader(packet)
    let type = try reader.byte()
    if type == SFTPType.version {
      let greeting = state.withLock { state in
        defer { state.greeting = nil }
        return state.greeting
      }
      guard let greeting else { throw SFTPReader.Malformed(reason: "a greeting in the middle") }
      return greeting.resolve(.success(SFTPReply(type: type, body: packet.dropFirst())))
    }
    let number = try reader.word()
    let (ticket, next) = state.withLock { state -> (Ticket?, [CheckedContinuation<Void, Never>]) in
      guard let found = state.waiting.removeValue(forKey: number) else { return (nil, []) }
      state.lastAnswer = .now
      return (found.ticket, freed(&state, found.bytes))
    }
    guard let ticket else { throw SFTPReader.Malformed(reason: "an answer to nothing that was asked (\(number))") }
    ticket.resolve(.success(SFTPReply(type: type, body: packet.dropFirst(5))))
    for continuation in next { continuation.resume() }
  }
}

/// Cuts a stream of bytes into packets.
struct SFTPFrames {
  let limit: Int
  private var bytes: [UInt8] = []

  init(limit: Int) { self.limit = limit }

  /// The packets that are whole now, each from its type on.
  mutating func add(_ more: ArraySlice<UInt8>) throws(SFTPReader.Malformed) -> [ArraySlice<UInt8>] {
    bytes += more
    var packets: [ArraySlice<UInt8>] = []
    var start = 0
    while bytes.count - start >= 4 {
      let length = bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
      guard length > 0 else { throw SFTPReader.Malformed(reason: "an empty packet") }
      guard length <= limit else { throw SFTPReader.Malformed(reason: "a packet of \(length) bytes, at most \(limit) are taken") }
      guard bytes.count - start - 4 >= length else { break }
      packets.append(bytes[(start + 4)..<(start + 4 + length)])
      start += 4 + length
    }
    if start > 0 { bytes.removeFirst(start) }
    return packets
  }
}
