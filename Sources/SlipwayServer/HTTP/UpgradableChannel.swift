import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// A connection as it turned out after its first request: for HTTP, or for one WebSocket (RFC 6455).
///
/// Hummingbird has no WebSockets of its own here; this takes the place of its HTTP/1.1 channel, with NIO's typed upgrade.
struct UpgradableChannel: HTTPChannelHandler {
  /// What comes of a connection.
  enum Outcome: Sendable {
    case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
    case socket(NIOAsyncChannel<WebSocketFrame, SocketOutput>, SocketPass)
  }

  struct Value: ServerChildChannelValue {
    let channel: any Channel
    let outcome: EventLoopFuture<Outcome>
  }

  let responder: Responder
  let sockets: SocketGate
  let limits: HTTPLimits
  let headers: SecurityHeaders

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      var decoding = NIOHTTPDecoderLimitConfiguration()
      decoding.maxHeaderFieldSize = limits.headerBytes
      decoding.maxHeaderListSize = limits.headerBytes
      decoding.maxHeaderFieldCount = limits.headerCount
      var pipeline = NIOUpgradableHTTPServerPipelineConfiguration(upgradeConfiguration: upgrade(logger))
      // NIOAsyncChannel keeps pipelined requests in order.
      pipeline.enablePipelining = false
      // HTTPExchanges tells faults.
      pipeline.enableErrorHandling = false
      pipeline.decoderConfiguration = decoding
      let operations = channel.pipeline.syncOperations
      let outcome = try operations.configureUpgradableHTTPServerPipeline(configuration: pipeline)
      let upgrader = try operations.handler(type: NIOTypedHTTPServerUpgradeHandler<Outcome>.self)
      try operations.addHandlers(
        [HeaderDeadline(limit: limits.headerTime), HTTPExchanges(limits: limits, sockets: sockets, headers: headers)],
        position: .before(upgrader))
      return Value(channel: channel, outcome: outcome)
    }
  }

  private func upgrade(_ logger: Logger) -> NIOTypedHTTPServerUpgradeConfiguration<Outcome> {
    let gate = sockets
    let idleTime = limits.idleTime
    let upgrader = NIOTypedWebSocketServerUpgrader<Outcome>(
      maxFrameSize: SocketLimits.frameBytes, enableAutomaticErrorHandling: false,
      // HTTPExchanges has asked, and refused what is not let in.
      shouldUpgrade: { channel, _ in
        channel.eventLoop.makeSucceededFuture(gate.sockets.pass(of: channel).map { _ in HTTPHeaders() })
      },
      upgradePipelineHandler: { channel, head in
        channel.eventLoop.makeCompletedFuture {
          guard let pass = gate.sockets.pass(of: channel) else { throw ChannelError.ioOnClosedChannel }
          let operations = channel.pipeline.syncOperations
          try operations.addHandler(LingeringClose(limit: SocketLimits.closeTime), position: .first)
          try operations.addHandler(SharedTextEncoder(passing: try operations.context(handlerType: WebSocketFrameEncoder.self)))
          let configuration = NIOAsyncChannel<WebSocketFrame, SocketOutput>.Configuration(
            backPressureStrategy: .init(lowWatermark: 2, highWatermark: 8), isOutboundHalfClosureEnabled: false)
          return .socket(
            try NIOAsyncChannel(wrappingChannelSynchronously: channel, configuration: configuration), pass)
        }
      })
    return NIOTypedHTTPServerUpgradeConfiguration(upgraders: [upgrader]) { channel in
      channel.eventLoop.makeCompletedFuture {
        let operations = channel.pipeline.syncOperations
        try operations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try operations.addHandler(HTTPConnectionStateHandler(idleTimeout: idleTime, logger: logger))
        return .http(
          try NIOAsyncChannel(wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
      }
    }
  }

  func handle(value: Value, logger: Logger) async {
    do {
      switch try await value.outcome.get() {
      case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
      case .socket(let channel, let pass): await sockets.serve(channel, pass)
      }
    } catch {
      // Gone before its first request, or one that was refused before it got here.
      logger.debug("connection ended before a request", metadata: ["error": "\(error)"])
      value.channel.close(promise: nil)
    }
  }
}
