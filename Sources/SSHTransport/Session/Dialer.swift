import CSSH
import Glibc

/// Makes TCP connections, with time limits and a way to be called off.
struct Dialer {
  let hop: String
  let deadline: ContinuousClock.Instant
  let limit: Duration
  /// Readable when the attempt is called off.
  let wake: CInt
  let isCalledOff: () -> Bool
  /// Told what begins.
  let onStage: (SSHError.Stage) -> Void

  /// Tries the addresses of a host one after the other, each for its share of the time; gives a connected, non-blocking socket.
  func connect(_ host: String, _ port: UInt16) throws(SSHError) -> CInt {
    onStage(.resolving)
    let addresses = try resolve(host, port)
    onStage(.connecting)
    var reason = "the name has no address"
    for (index, address) in addresses.enumerated() {
      let left = ContinuousClock.now.duration(to: deadline)
      do {
        return try attempt(address, until: .now.advanced(by: left / (addresses.count - index)))
      } catch {
        switch error {
        case .unreachable(_, let why): reason = why
        case .timedOut where index + 1 < addresses.count: continue
        default: throw error
        }
      }
    }
    throw .unreachable(hop: hop, reason: reason)
  }

  /// One address of a host, as connect(2) takes it.
  private struct Address: Sendable {
    var family: CInt
    var bytes: [UInt8]
  }

  /// Looks the name up on a thread of its own: getaddrinfo(3) waits as long as name servers let it, and cannot be called off.
  private func resolve(_ host: String, _ port: UInt16) throws(SSHError) -> [Address] {
    var pair: [CInt] = [-1, -1]
    // SAFETY: the array has the two places that socketpair(2) fills.
    guard unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
      throw .unknownHost(hop: hop, reason: systemError())
    }
    let (done, end) = (pair[0], pair[1])
    defer { close(done) }
    let answer = OnceBox<Result<[Address], LookupFailure>>()
    var refusal: String?
    let thread = startThread(refused: { refusal = $0 }) {
      answer.resolve(Self.addresses(of: host, port))
      close(end)
    }
    guard let thread else {
      close(end)
      throw .unknownHost(hop: hop, reason: refusal ?? "no thread")
    }
    do {
      while answer.value == nil { try wait(for: done, POLLIN, .resolving, until: deadline) }
    } catch {
      thread.detach()
      throw error
    }
    thread.join()
    switch answer.value {
    case .success(let addresses)?: return addresses
    case .failure(let failure)?: throw .unknownHost(hop: hop, reason: failure.reason)
    case nil: throw .unknownHost(hop: hop, reason: "no answer")
    }
  }

  private struct LookupFailure: Error, Sendable { var reason: String }

  private static func addresses(of host: String, _ port: UInt16) -> Result<[Address], LookupFailure> {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV
    var result: UnsafeMutablePointer<addrinfo>?
    var code = unsafe getaddrinfo(host, "\(port)", &hints, &result)
    if code != 0, code != EAI_AGAIN {
      // A machine whose only address is the loopback one gets no answer with that flag.
      unsafe hints.ai_flags = AI_NUMERICSERV
      code = unsafe getaddrinfo(host, "\(port)", &hints, &result)
    }
    guard code == 0, let found = unsafe result else {
      return .failure(LookupFailure(reason: unsafe String(cString: gai_strerror(code))))
    }
    defer { unsafe freeaddrinfo(found) }
    var addresses: [Address] = []
    var next = unsafe Optional(found)
    while let entry = unsafe next {
      let info = unsafe entry.pointee
      let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: info.ai_addr, count: Int(info.ai_addrlen)))
      addresses.append(Address(family: unsafe info.ai_family, bytes: bytes))
      unsafe next = info.ai_next
    }
    return .success(addresses)
  }

  private func attempt(_ address: Address, until end: ContinuousClock.Instant) throws(SSHError) -> CInt {
    let descriptor = socket(address.family, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .unreachable(hop: hop, reason: systemError()) }
    do throws(SSHError) {
      let result = unsafe address.bytes.withUnsafeBytes {
        unsafe Glibc.connect(descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
      }
      if result != 0 {
        guard errno == EINPROGRESS else { throw SSHError.unreachable(hop: hop, reason: systemError()) }
        try wait(descriptor, until: end)
      }
      var option: CInt = 1
      unsafe setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &option, socklen_t(MemoryLayout<CInt>.size))
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  private func wait(_ descriptor: CInt, until end: ContinuousClock.Instant) throws(SSHError) {
    try wait(for: descriptor, POLLOUT, .connecting, until: end)
    var code: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0, code == 0 else {
      throw .unreachable(hop: hop, reason: systemError(code))
    }
  }

  /// Waits until the descriptor is ready or has ended.
  private func wait(
    for descriptor: CInt, _ events: CInt, _ stage: SSHError.Stage, until end: ContinuousClock.Instant
  ) throws(SSHError) {
    while true {
      var entries = [
        pollfd(fd: descriptor, events: Int16(events), revents: 0), pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
      ]
      let left = ContinuousClock.now.duration(to: end)
      guard left > .zero else { throw .timedOut(hop: hop, stage: stage, limit: limit) }
      // SAFETY: the array lives through the call.
      _ = unsafe poll(&entries, 2, left.pollMilliseconds)
      if isCalledOff() { throw .cancelled(hop: hop) }
      if entries[0].revents != 0 { return }
    }
  }
}

extension Duration {
  /// For poll(2): whole milliseconds, rounded up.
  var pollMilliseconds: CInt {
    let (seconds, fraction) = components
    return CInt(clamping: seconds * 1000 + (fraction + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}

/// The system's words for an error number.
func systemError(_ code: CInt = errno) -> String {
  var text = [CChar](repeating: 0, count: 256)
  guard unsafe strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
  return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
