import NIOCore

/// Closes so that the last words arrive: first only the way out, and the whole when the client has closed too or the time is over.
///
/// A socket that is closed with input unread is reset (RFC 9293, 3.10.4), and a reset may take what the client has not read yet
/// with it: the frame that says why. Stands first in the pipeline.
final class LingeringClose: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer

  private let limit: TimeAmount
  private var isClosing = false
  private var closed: EventLoopPromise<Void>?
  private var deadline: Scheduled<Void>?

  init(limit: TimeAmount) { self.limit = limit }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .all, context.channel.isActive else { return context.close(mode: mode, promise: promise) }
    if isClosing {
      guard let promise else { return }
      if let closed { closed.futureResult.cascade(to: promise) } else { closed = promise }
      return
    }
    isClosing = true
    closed = promise
    let channel = context.channel
    // It comes back here first.
    deadline = context.eventLoop.scheduleTask(in: limit) { channel.pipeline.fireUserInboundEventTriggered(Deadline.isOver) }
    context.close(mode: .output, promise: nil)
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing else { return }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if isClosing { context.read() } else { context.fireChannelReadComplete() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard isClosing else { return context.fireUserInboundEventTriggered(event) }
    if case .isOver? = event as? Deadline { return finish(context) }
    if case .inputClosed? = event as? ChannelEvent { return finish(context) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    closed?.succeed(())
    closed = nil
    context.fireChannelInactive()
  }

  private func finish(_ context: ChannelHandlerContext) {
    let promise = closed
    closed = nil
    context.close(mode: .all, promise: promise)
  }

  private enum Deadline { case isOver }
}
