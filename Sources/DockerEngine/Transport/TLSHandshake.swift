import NIOCore
import NIOSSL
import NIOTLS

/// Stands behind the TLS handler: tells how the handshake ended, and turns TLS errors into ours for the handlers behind it.
final class TLSHandshake: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private enum Phase {
    /// Next: `silent`, or the connection ends.
    case shaking
    /// Ours is done, but the engine may not have looked at our certificate yet (TLS 1.3); next: `heard`.
    case silent
    case heard
  }

  private let client: TLSClient
  private let address: TCPAddress
  private let cipher: NIOSSLClientHandler
  private let done: (Result<Void, any Error>) -> Void
  private var phase = Phase.shaking

  /// - Parameter done: called once or more on the event loop; later calls say nothing new. After a success, bytes may come at once.
  init(
    _ client: TLSClient, with address: TCPAddress, of cipher: NIOSSLClientHandler,
    done: @escaping (Result<Void, any Error>) -> Void
  ) {
    self.client = client
    self.address = address
    self.cipher = cipher
    self.done = done
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent, case .shaking = phase {
      phase = .silent
      done(.success(()))
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    phase = .heard
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch phase {
    case .shaking: done(.failure(client.handshakeFailure(error, with: address, peer: cipher.peerCertificate)))
    case .silent: context.fireErrorCaught(client.failure(error, isFirst: true))
    case .heard: context.fireErrorCaught(client.failure(error, isFirst: false))
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if case .shaking = phase { done(.failure(client.cutShort())) }
    context.fireChannelInactive()
  }
}
