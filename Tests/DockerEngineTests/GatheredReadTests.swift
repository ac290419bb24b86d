import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import DockerEngine

/// Log streams: an engine writes each line by itself, and small pieces in quick succession are read together.
struct GatheredReadTests {
  /// Counts how often the socket would be read.
  private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = Never

    var count = 0

    func read(context: ChannelHandlerContext) { count += 1 }
  }

  private let inbox = Inbox()
  private let counter = ReadCounter()
  private let channel: EmbeddedChannel

  init() throws {
    channel = EmbeddedChannel()
    let operations = channel.pipeline.syncOperations
    try operations.addHandler(counter)
    try operations.addHandler(AnswerHandler(inbox: inbox, gate: HijackGate(inbox: inbox)))
    inbox.expectAnswer()
  }

  /// One round of reading that gives so many bytes.
  private func round(_ bytes: Int, after time: TimeAmount) {
    channel.embeddedEventLoop.advanceTime(by: time)
    channel.pipeline.fireChannelRead(HTTPClientResponsePart.body(ByteBuffer(repeating: 1, count: bytes)))
    channel.pipeline.fireChannelReadComplete()
  }

  private func taken() -> Int {
    var bytes = 0
    while case .success(.bytes(let buffer))? = inbox.takeIfReady()?.result { bytes += buffer.readableBytes }
    return bytes
  }

  @Test func `Without being asked to, each round is followed by the next at once`() {
    for number in 1...5 {
      round(100, after: .microseconds(100))
      #expect(counter.count == number)
    }
  }

  @Test func `Small rounds in quick succession are followed by one half a millisecond later`() {
    inbox.isGathering = true
    round(100, after: .milliseconds(10))
    #expect(counter.count == 1, "the first after a pause is followed at once")
    round(100, after: .microseconds(100))
    #expect(counter.count == 1)
    channel.embeddedEventLoop.advanceTime(by: .microseconds(499))
    #expect(counter.count == 1)
    channel.embeddedEventLoop.advanceTime(by: .microseconds(1))
    #expect(counter.count == 2)
    #expect(taken() == 200)
  }

  @Test func `Large rounds, and small ones after a pause, are followed at once`() {
    inbox.isGathering = true
    round(100, after: .milliseconds(10))
    round(20_000, after: .microseconds(100))
    #expect(counter.count == 2)
    round(100, after: .milliseconds(3))
    #expect(counter.count == 3)
  }

  @Test func `A full inbox stops the reading, and the reader who has caught up begins it again`() {
    inbox.isGathering = true
    round(Inbox.highMarkBytes, after: .milliseconds(10))
    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    #expect(counter.count == 0)
    _ = taken()
    #expect(!inbox.takesMoreAgain(), "taking the last part has told it already")
  }

  @Test func `A connection that ends while a round is due loses nothing that came`() {
    inbox.isGathering = true
    round(100, after: .milliseconds(10))
    round(100, after: .microseconds(100))
    channel.pipeline.fireChannelInactive()
    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    #expect(taken() == 200)
    guard case .failure(.closed)? = inbox.takeIfReady()?.result else {
      Issue.record("the end is not told")
      return
    }
  }
}
