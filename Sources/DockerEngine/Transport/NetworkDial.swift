import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Opens one TCP connection, with TLS where wanted, and says what is wrong where that fails.
struct NetworkDial {
  /// The limit for name, connection and handshake was reached.
  private struct TimedOut: Error {}

  let address: TCPAddress
  let tls: TLSClient?
  let loops: EventLoops
  let limit: Duration
  var names = NameLookup()

  /// Connects, shakes hands, and lets `fill` add the handlers of what is spoken inside.
  ///
  /// A cancelled call closes what was begun, and ends at once.
  ///
  /// - Throws: `TransportFailure.refused` with the reason and the remedy, `CancellationError`, or `EventLoops.Ended`.
  func open(
    _ fill: @escaping @Sendable (ChannelPipeline.SynchronousOperations) throws -> Void
  ) async throws -> any Channel {
    do {
      let deadline = ContinuousClock.now + limit
      let found = try await addresses()
      guard let opened = loops.withGroup({ $0.next().makePromise(of: (any Channel).self) }) else { throw EventLoops.Ended() }
      return try await withTaskCancellationHandler {
        try await loops.result { group in
          dial(on: group, to: found, until: deadline, opened, fill)
          return opened.futureResult
        }
      } onCancel: {
        loops.withGroup { _ in opened.fail(CancellationError()) }
      }
    } catch let failure as TransportFailure {
      throw failure
    } catch let error where error is CancellationError || error is EventLoops.Ended {
      throw error
    } catch {
      throw explained(error)
    }
  }

  /// Of the name; nil for an address, which needs none.
  private func addresses() async throws -> [SocketAddress]? {
    if address.isNumeric { return nil }
    do {
      return try await withDeadline(limit) { [names, address] in
        try await names.addresses(of: address.host, port: address.port)
      }
    } catch is DeadlinePassed {
      throw TimedOut()
    }
  }

  private func dial(
    on group: any EventLoopGroup, to found: [SocketAddress]?, until deadline: ContinuousClock.Instant,
    _ opened: EventLoopPromise<any Channel>,
    _ fill: @escaping @Sendable (ChannelPipeline.SynchronousOperations) throws -> Void
  ) {
    let loop = opened.futureResult.eventLoop
    let timer = loop.scheduleTask(in: TimeAmount(ContinuousClock.now.duration(to: deadline))) { opened.fail(TimedOut()) }
    opened.futureResult.whenComplete { _ in timer.cancel() }
    // Several addresses are tried side by side (RFC 8305).
    let resolver = found.map { FoundAddresses(addresses: $0, loop: loop) }
    bootstrap(group).resolver(resolver).connect(host: address.host, port: address.port).whenComplete { [tls, address] result in
      switch result {
      case .failure(let error): opened.fail(error)
      case .success(let channel):
        opened.futureResult.whenFailure { _ in channel.close(promise: nil) }
        channel.eventLoop.execute {
          Self.begin(channel, tls: tls, address: address, opened: opened, fill)
        }
      }
    }
  }

  /// A peer that is gone without a word is noticed in under 60 s.
  ///
  /// After 15 s of silence it is asked every 15 s (tcp(7)). Linux gives up at the first of these moments that is past the user
  /// timeout, whatever the count says: at 45 s. What was sent and is not acknowledged ends the connection after 40 s. (50 s would make
  /// it 60 for a silent one.)
  private func bootstrap(_ group: any EventLoopGroup) -> ClientBootstrap {
    func tcp(_ name: CInt) -> ChannelOptions.Types.SocketOption {
      .init(level: .tcp, name: NIOBSDSocket.Option(rawValue: name))
    }
    return ClientBootstrap(group: group)
      .channelOption(.autoRead, value: false)
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(tcp(TCP_KEEPIDLE), value: 15)
      .channelOption(tcp(TCP_KEEPINTVL), value: 15)
      .channelOption(tcp(TCP_KEEPCNT), value: 3)
      .channelOption(tcp(TCP_USER_TIMEOUT), value: 40_000)
      .connectTimeout(TimeAmount(limit))
  }

  /// On the channel's event loop, right after it was connected.
  private static func begin(
    _ channel: any Channel, tls: TLSClient?, address: TCPAddress, opened: EventLoopPromise<any Channel>,
    _ fill: @escaping (ChannelPipeline.SynchronousOperations) throws -> Void
  ) {
    do {
      let pipeline = channel.pipeline.syncOperations
      guard let tls else {
        try fill(pipeline)
        opened.succeed(channel)
        return
      }
      // No name goes out in the clear for an address (RFC 6066 3), and the certificate must name the address then.
      let cipher = try NIOSSLClientHandler(context: tls.context, serverHostname: address.isNumeric ? nil : address.host)
      let handshake = TLSHandshake(tls, with: address, of: cipher) { result in
        switch result {
        case .success: opened.completeWith(Result { try fill(pipeline) }.map { channel })
        case .failure(let error): opened.fail(error)
        }
      }
      try pipeline.addHandler(handshake)
      try pipeline.addHandler(cipher, position: .first)
      channel.read()
    } catch {
      opened.fail(error)
    }
  }

  // MARK: Errors

  private func explained(_ error: any Error) -> TransportFailure {
    let what =
      tls == nil
      ? "check the address and the port" : "check the address and the port (TLS is on \(TCPAddress.securePort) as a rule)"
    if error is TimedOut { return late(what) }
    if let unknown = error as? NameLookup.Unknown {
      return .refused(
        reason: "the name \(address.host) is not known: \(unknown.reason)",
        hint: "check the name, or use the address instead")
    }
    if case ChannelError.connectTimeout = error { return late(what) }
    guard let error = error as? NIOConnectionError else {
      return .refused(reason: connectionText(error), hint: "\(what), and that the engine listens there")
    }
    guard let first = error.connectionErrors.first else {
      return .refused(reason: "no address of \(address.host) could be tried", hint: what)
    }
    if case ChannelError.connectTimeout = first.error { return late(what) }
    guard let failure = first.error as? IOError else {
      return .refused(reason: connectionText(first.error), hint: "\(what), and that the engine listens there")
    }
    let hint =
      switch failure.errnoCode {
      case ECONNREFUSED: "\(what), and that the engine was started with -H tcp://… there"
      case ENETUNREACH, EHOSTUNREACH: "check the way to that network, and the firewalls in between"
      default: "\(what), and that the engine listens there"
      }
    return .refused(reason: errnoText(failure.errnoCode), hint: hint)
  }

  private func late(_ what: String) -> TransportFailure {
    .refused(reason: "no answer within \(limit)", hint: "\(what), that the server is up, and that no firewall is in between")
  }
}

extension TCPAddress {
  /// Looks the name up, connects, and closes again; nothing is sent.
  ///
  /// - Throws: `unreachable` with the reason and what to do.
  package func tryConnection() async throws(EngineError) {
    let loops = EventLoops()
    let failure: (any Error)?
    do {
      let channel = try await NetworkDial(address: self, tls: nil, loops: loops, limit: EngineLimits.networkConnect).open { _ in }
      channel.close(promise: nil)
      failure = nil
    } catch {
      failure = error
    }
    await loops.shutdown()
    switch failure {
    case nil: return
    case TransportFailure.refused(let reason, let hint)?: throw .unreachable(endpoint: description, reason: reason, hint: hint)
    case let other?: throw .unreachable(endpoint: description, reason: "\(other)", hint: "try again")
    }
  }
}
