import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import SlipwayServer

struct SharedTextEncoderTests {
  /// All that is written for one message with so many bytes in its middle.
  private func written(_ shared: ByteBuffer) throws -> ByteBuffer {
    let channel = EmbeddedChannel()
    let operations = channel.pipeline.syncOperations
    try operations.addHandler(WebSocketFrameEncoder())
    try operations.addHandler(SharedTextEncoder(passing: try operations.context(handlerType: WebSocketFrameEncoder.self)))
    try channel.writeOutbound(SocketOutput.text(head: ByteBuffer(string: "["), shared: shared, tail: ByteBuffer(string: "]")))
    try channel.writeOutbound(SocketOutput.frame(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())))
    var all = ByteBuffer()
    while var part = try channel.readOutbound(as: ByteBuffer.self) { all.writeBuffer(&part) }
    return all
  }

  /// RFC 6455, section 5.2: the shortest form of the length.
  @Test(arguments: [0, 123, 124, 4000, 5000, 65_533, 65_534, 100_000])
  func `A message of several pieces is one frame that a decoder takes, and what follows it stays in order`(count: Int) throws {
    let text = String(repeating: "x", count: count)
    let decoder = EmbeddedChannel(handler: ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 20)))
    try decoder.writeInbound(try written(ByteBuffer(string: text)))
    let message = try #require(try decoder.readInbound(as: WebSocketFrame.self))
    #expect(message.fin && message.opcode == .text && message.maskKey == nil)
    #expect(String(buffer: message.data) == "[\(text)]")
    #expect(try decoder.readInbound(as: WebSocketFrame.self)?.opcode == .ping)
    #expect(try decoder.readInbound(as: WebSocketFrame.self) == nil)
  }

  /// RFC 6455, section 5.5.1.
  @Test func `Nothing is written behind the close frame`() throws {
    let channel = EmbeddedChannel()
    let operations = channel.pipeline.syncOperations
    try operations.addHandler(WebSocketFrameEncoder())
    try operations.addHandler(SharedTextEncoder(passing: try operations.context(handlerType: WebSocketFrameEncoder.self)))
    try channel.writeOutbound(
      SocketOutput.frame(WebSocketFrame(fin: true, opcode: .connectionClose, data: SocketClose.normal.payload(channel.allocator)))
    )
    while try channel.readOutbound(as: ByteBuffer.self) != nil {}
    let line = ByteBuffer(string: "line")
    #expect(throws: ChannelError.self) {
      try channel.writeOutbound(SocketOutput.text(head: ByteBuffer(), shared: line, tail: ByteBuffer()))
    }
    #expect(throws: ChannelError.self) {
      try channel.writeOutbound(SocketOutput.frame(WebSocketFrame(fin: true, opcode: .text, data: line)))
    }
    #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
  }

  @Test func `What is shared is written as it lies`() throws {
    let channel = EmbeddedChannel()
    let operations = channel.pipeline.syncOperations
    try operations.addHandler(WebSocketFrameEncoder())
    try operations.addHandler(SharedTextEncoder(passing: try operations.context(handlerType: WebSocketFrameEncoder.self)))
    let shared = ByteBuffer(repeating: UInt8(ascii: "x"), count: 50_000)
    try channel.writeOutbound(SocketOutput.text(head: ByteBuffer(string: "["), shared: shared, tail: ByteBuffer(string: "]")))
    _ = try channel.readOutbound(as: ByteBuffer.self)
    let middle = try #require(try channel.readOutbound(as: ByteBuffer.self))
    func place(_ buffer: ByteBuffer) -> UnsafeRawPointer? { unsafe buffer.withUnsafeReadableBytes { $0.baseAddress } }
    #expect(unsafe place(middle) == place(shared))
  }
}
