import Dispatch
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Looks a name up on a thread of its own: getaddrinfo(3) waits as long as name servers let it, and cannot be called off.
///
/// No event loop takes part, so one that ends meanwhile is never given the answer.
struct NameLookup: Sendable {
  /// The system knows no address for the name; `reason` has its words.
  struct Unknown: Error, Equatable { var reason: String }

  /// Blocks.
  var find: @Sendable (_ host: String, _ port: Int) -> Result<[SocketAddress], Unknown> = Self.ask

  /// In the order of the system (RFC 6724).
  ///
  /// - Throws: `Unknown`, `CancellationError`; both end the wait at once, and what is found later is dropped.
  func addresses(of host: String, port: Int) async throws -> [SocketAddress] {
    let answer = Answer()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        answer.await(continuation)
        DispatchQueue(label: "slipway.name-lookup").async { [find] in
          answer.give(find(host, port).mapError { $0 })
        }
      }
    } onCancel: {
      answer.give(.failure(CancellationError()))
    }
  }

  /// The first that is given counts.
  private final class Answer: Sendable {
    private enum State {
      case empty
      case awaited(CheckedContinuation<[SocketAddress], any Error>)
      case given(Result<[SocketAddress], any Error>)
      case taken
    }

    private let state = Mutex(State.empty)

    func await(_ continuation: CheckedContinuation<[SocketAddress], any Error>) {
      let given = state.withLock { state -> Result<[SocketAddress], any Error>? in
        guard case .given(let result) = state else {
          state = .awaited(continuation)
          return nil
        }
        state = .taken
        return result
      }
      if let given { continuation.resume(with: given) }
    }

    func give(_ result: Result<[SocketAddress], any Error>) {
      let continuation = state.withLock { state -> CheckedContinuation<[SocketAddress], any Error>? in
        switch state {
        case .empty:
          state = .given(result)
          return nil
        case .awaited(let continuation):
          state = .taken
          return continuation
        case .given, .taken: return nil
        }
      }
      continuation?.resume(with: result)
    }
  }

  private static func ask(_ host: String, _ port: Int) -> Result<[SocketAddress], Unknown> {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_NUMERICSERV
    var result: UnsafeMutablePointer<addrinfo>?
    let code = unsafe getaddrinfo(host, "\(port)", &hints, &result)
    guard code == 0, let found = unsafe result else {
      return .failure(Unknown(reason: unsafe String(cString: gai_strerror(code))))
    }
    defer { unsafe freeaddrinfo(found) }
    var addresses: [SocketAddress] = []
    var next = unsafe Optional(found)
    while let entry = unsafe next {
      let info = unsafe entry.pointee
      // SAFETY: the system gives an address of the kind that it names.
      switch unsafe info.ai_family {
      case AF_INET:
        unsafe info.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          unsafe addresses.append(SocketAddress($0.pointee))
        }
      case AF_INET6:
        unsafe info.ai_addr.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
          unsafe addresses.append(SocketAddress($0.pointee))
        }
      default: break
      }
      unsafe next = info.ai_next
    }
    return addresses.isEmpty ? .failure(Unknown(reason: "it has no address")) : .success(addresses)
  }
}

/// Answers a connection's questions with what was found before.
struct FoundAddresses: Resolver, Sendable {
  let addresses: [SocketAddress]
  let loop: any EventLoop

  func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { found(.inet) }
  func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { found(.inet6) }
  func cancelQueries() {}

  private func found(_ family: NIOBSDSocket.ProtocolFamily) -> EventLoopFuture<[SocketAddress]> {
    loop.makeSucceededFuture(addresses.filter { $0.protocol == family })
  }
}
