import ComposeFile
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

extension ServerConnection {
  typealias ClientChannel = NIOAsyncChannel<HTTPClientResponsePart, SendableRequestPart>
  typealias SendableRequestPart = HTTPPart<HTTPRequestHead, ByteBuffer>

  /// One request on a connection of its own, the answer read whole.
  func exchange(_ head: HTTPRequestHead, _ body: [UInt8]) async throws -> Answer {
    let limit = limits.answerBytes
    return try await withChannel { inbound, outbound in
      try await outbound.write(.head(head))
      if !body.isEmpty { try await outbound.write(.body(ByteBuffer(bytes: body))) }
      try await outbound.write(.end(nil))
      var parts = DownloadedBytes(inbound.makeAsyncIterator(), server: name)
      let response = try await parts.head()
      var bytes: [UInt8] = []
      while let part = try await parts.next() {
        guard bytes.count + part.count <= limit else {
          throw ConnectionFailure.unreadable(server: name, reason: "it is larger than \(limit >> 20) MiB")
        }
        bytes += part
      }
      return Self.answer(response, bytes)
    }
  }

  /// Calls and gives the answer in parts as they come; what is not read is not sent.
  ///
  /// - Throws: `ServerProblem` for a status of 400 or more, `ConnectionFailure`.
  package func download<Value: Sendable>(
    _ path: String, query: [(String, String)] = [], _ body: (inout DownloadedBytes) async throws -> Value
  ) async throws -> Value {
    let head = head(.get, path, query, bodyBytes: nil)
    return try await withChannel(silence: limits.silence) { inbound, outbound in
      try await outbound.write(.head(head))
      try await outbound.write(.end(nil))
      var bytes = DownloadedBytes(inbound.makeAsyncIterator(), server: name)
      try await requireGood(&bytes)
      return try await body(&bytes)
    }
  }

  /// Sends what a sequence gives as it comes, and takes the answer, which has no body when all is well.
  ///
  /// - Throws: `ServerProblem`, also when it comes before all was sent; `ConnectionFailure`; what the sequence throws.
  package func upload<Body: AsyncSequence & Sendable>(
    _ method: Method, _ path: String, query: [(String, String)] = [], type: String, _ body: Body
  ) async throws where Body.Element == [UInt8] {
    var head = head(method, path, query, bodyBytes: nil, [("Content-Type", type), ("Transfer-Encoding", "chunked")])
    head.headers.remove(name: "Content-Length")
    let asking = head
    let sending = SendingFailure()
    try await withChannel(silence: limits.unpacking) { inbound, outbound in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
          guard await sending.noting({ try await outbound.write(.head(asking)) }) else { return false }
          var chunks = body.makeAsyncIterator()
          // What cannot be read ends the call: nothing would come of waiting for an answer.
          while let chunk = try await chunks.next() {
            guard await sending.noting({ try await outbound.write(.body(ByteBuffer(bytes: chunk))) }) else { return false }
          }
          _ = await sending.noting { try await outbound.write(.end(nil)) }
          return false
        }
        group.addTask {
          var bytes = DownloadedBytes(inbound.makeAsyncIterator(), server: name)
          do {
            try await requireGood(&bytes)
            while try await bytes.next() != nil {}
          } catch let failure as ConnectionFailure {
            throw sending.error.withLock { $0 } ?? failure
          }
          return true
        }
        while let isAnswered = try await group.next(), !isAnswered {}
        group.cancelAll()
      }
    }
  }

  private func requireGood(_ bytes: inout DownloadedBytes) async throws {
    let response = try await bytes.head()
    guard response.status.code >= 400 else { return }
    var text: [UInt8] = []
    while let part = try await bytes.next(), text.count < 1 << 20 { text += part }
    throw problem(Self.answer(response, text))
  }

  private static func answer(_ response: HTTPResponseHead, _ bytes: [UInt8]) -> Answer {
    Answer(
      status: Int(response.status.code),
      headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first }),
      bytes: bytes, cookies: response.headers["set-cookie"].map { String($0.prefix { $0 != ";" }) })
  }

  /// - Parameter silence: nothing comes or goes for so long: then the server is gone.
  private func withChannel<Value: Sendable>(
    silence: Duration? = nil,
    _ body: (
      NIOAsyncChannelInboundStream<HTTPClientResponsePart>, NIOAsyncChannelOutboundWriter<SendableRequestPart>
    ) async throws -> Value
  ) async throws -> Value {
    let seen = SeenCertificate()
    do {
      let channel = try await openHTTP(seen, silence: silence)
      return try await channel.executeThenClose { inbound, outbound in try await body(inbound, outbound) }
    } catch {
      throw failure(error, seen)
    }
  }

  private func openHTTP(_ seen: SeenCertificate, silence: Duration? = nil) async throws -> ClientChannel {
    try await open(seen) { channel in
      if let silence {
        let limit = TimeAmount.milliseconds(Int64(silence / .milliseconds(1)))
        try channel.pipeline.syncOperations.addHandler(IdleStateHandler(allTimeout: limit))
        try channel.pipeline.syncOperations.addHandler(ClosesWhenIdle())
      }
      try channel.pipeline.syncOperations.addHTTPClientHandlers()
      try channel.pipeline.syncOperations.addHandler(RequestParts())
    } opened: { channel in
      guard channel.isActive else { throw ChannelError.ioOnClosedChannel }
      return try ClientChannel(wrappingChannelSynchronously: channel)
    }
  }

  /// Connects, with TLS where the address wants it.
  ///
  /// - Parameters:
  ///   - prepare: the handlers of a channel that is tried; of several only one may come to be connected.
  ///   - opened: what comes of that one, on its event loop before anything is read. A `NIOAsyncChannel` is made here and nowhere
  ///     earlier: one that is dropped unused ends the process.
  func open<Opened: Sendable>(
    _ seen: SeenCertificate, _ prepare: @escaping @Sendable (any Channel) throws -> Void,
    opened: @escaping @Sendable (any Channel) throws -> Opened
  ) async throws -> Opened {
    let tls = try tlsContext()
    let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connectTimeout(.milliseconds(Int64(limits.connecting / .milliseconds(1))))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(try handler(tls, seen)) }
          try prepare(channel)
        }
      }
    let connected =
      switch address {
      case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
      case .network(let host, let port, _): bootstrap.connect(host: host, port: port)
      }
    return try await connected.flatMapThrowing { try opened($0) }.get()
  }

  // MARK: Certificates

  private func tlsContext() throws -> NIOSSLContext? {
    guard case .network(_, _, isEncrypted: true) = address else { return nil }
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    if case .authority(let pem) = trust {
      do {
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(pem.utf8)))
      } catch {
        throw ConnectionFailure.unreachable(server: name, reason: "the authority's certificate is no PEM")
      }
    }
    return try NIOSSLContext(configuration: configuration)
  }

  private func handler(_ context: NIOSSLContext, _ seen: SeenCertificate) throws -> NIOSSLClientHandler {
    let host: String? =
      if case .network(let host, _, _) = address, (try? SocketAddress(ipAddress: host, port: 0)) == nil { host } else { nil }
    guard case .pinned(let wanted) = trust else { return try NIOSSLClientHandler(context: context, serverHostname: host) }
    return try NIOSSLClientHandler(
      context: context, serverHostname: host,
      customVerificationCallback: { chain, verdict in
        let found = (try? chain.first?.toDERBytes()).map(ServerTrust.fingerprint)
        seen.value.withLock { $0 = found }
        // Public on both sides: nothing is learned from how long the comparison takes.
        verdict.succeed(found == wanted ? .certificateVerified : .failed)
      })
  }

  /// SHA-256 of the certificate that the server shows, whatever it is worth; nil: there is none to be had.
  package func shownCertificate() async -> String? {
    let asking = ServerConnection(address, trust: .pinned(sha256: ""))
    let seen = SeenCertificate()
    // WHY try?: it fails in any case, because no certificate has an empty hash.
    _ = try? await withTimeLimit(
      limits.connecting, failure: .timedOut(server: name, what: "its certificate", limit: limits.connecting)
    ) {
      let head = asking.head(.get, "/healthz", [], bodyBytes: nil)
      let channel = try await asking.openHTTP(seen)
      try await channel.executeThenClose { inbound, outbound in
        try await outbound.write(.head(head))
        try await outbound.write(.end(nil))
        for try await _ in inbound { return }
      }
    }
    return seen.value.withLock { $0 }
  }

  /// What went wrong, as people should read it.
  func failure(_ error: any Error, _ seen: SeenCertificate) -> any Error {
    switch error {
    case is ServerProblem, is ConnectionFailure, is CancellationError: return error
    case let error as NIOSSLError:
      if case .handshakeFailed = error {
        return ConnectionFailure.untrusted(server: name, fingerprint: seen.value.withLock { $0 })
      }
      return ConnectionFailure.unreachable(server: name, reason: "\(error)")
    case is NIOSSLExtraError: return ConnectionFailure.untrusted(server: name, fingerprint: seen.value.withLock { $0 })
    case let error as NIOConnectionError:
      return ConnectionFailure.unreachable(
        server: name, reason: error.connectionErrors.first.map { "\($0.error)" } ?? "its name is not known")
    case let error as IOError: return ConnectionFailure.unreachable(server: name, reason: Self.reason(error))
    case is ChannelError:
      return ConnectionFailure.unreachable(server: name, reason: "the connection was not made in time, or ended")
    case let error as HTTPParserError:
      return error == .invalidEOFState
        ? ConnectionFailure.lost(server: name) : ConnectionFailure.unreadable(server: name, reason: "it is no HTTP")
    default: return error
    }
  }

  private static func reason(_ error: IOError) -> String {
    switch error.errnoCode {
    case 2: "nobody listens there"
    case 13: "you may not open it"
    case 111: "nobody listens there"
    default: "\(error)"
    }
  }
}

/// The bytes of an answer as they come; each is read when it is asked for.
package struct DownloadedBytes {
  // SAFETY: a value belongs to one task, which waits for the end of each call before the next.
  private nonisolated(unsafe) var parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator
  private let server: String
  private var isAtEnd = false

  init(_ parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator, server: String) {
    unsafe self.parts = parts
    self.server = server
  }

  mutating func head() async throws -> HTTPResponseHead {
    while let part = try await unsafe parts.next() {
      if case .head(let head) = part { return head }
    }
    throw try lost()
  }

  /// Nil: that was all of it.
  ///
  /// - Throws: `ConnectionFailure.lost` for an answer that was cut off.
  package mutating func next() async throws -> [UInt8]? {
    guard !isAtEnd else { return nil }
    while let part = try await unsafe parts.next() {
      switch part {
      case .head: continue
      case .body(let buffer): return Array(buffer.readableBytesView)
      case .end:
        isAtEnd = true
        return nil
      }
    }
    throw try lost()
  }

  private func lost() throws -> ConnectionFailure {
    try Task.checkCancellation()
    return .lost(server: server)
  }
}

/// Why a body could not be sent.
private final class SendingFailure: Sendable {
  let error = Mutex<(any Error)?>(nil)

  /// False: it failed, and the answer may say why nothing more is taken.
  func noting(_ write: () async throws -> Void) async -> Bool {
    do {
      try await write()
      return true
    } catch {
      self.error.withLock { $0 = error }
      return false
    }
  }
}

/// The SHA-256 of the certificate that was shown.
final class SeenCertificate: Sendable {
  let value = Mutex<String?>(nil)
}

/// Turns parts of a request into those that NIO's encoder takes.
final class RequestParts: ChannelOutboundHandler, Sendable {
  typealias OutboundIn = ServerConnection.SendableRequestPart
  typealias OutboundOut = HTTPClientRequestPart

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part: HTTPClientRequestPart =
      switch unwrapOutboundIn(data) {
      case .head(let head): .head(head)
      case .body(let bytes): .body(.byteBuffer(bytes))
      case .end(let trailers): .end(trailers)
      }
    context.write(wrapOutboundOut(part), promise: promise)
  }
}
