import SlipwayTesting
import Testing

@testable import DockerEngine

@Suite struct FramingTests {
  private func frame(_ kind: UInt8, _ text: String) -> [UInt8] {
    [kind, 0, 0, 0, 0, 0, UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 255)] + Array(text.utf8)
  }

  @Test(arguments: [1, 3, 8, 1000])
  func `Frames are found over any cuts`(cut: Int) throws {
    let wire = frame(1, "hello") + frame(2, "") + frame(2, "err") + frame(1, String(repeating: "x", count: 300))
    var demultiplexer = LogDemultiplexer()
    var frames: [LogFrame] = []
    var rest = wire[...]
    while !rest.isEmpty {
      demultiplexer.take(rest.prefix(cut))
      rest = rest.dropFirst(cut)
      while let frame = try demultiplexer.next() { frames.append(frame) }
    }
    #expect(frames.map(\.bytes.count) == [5, 0, 3, 300])
    #expect(frames.map(\.stream) == [.stdout, .stderr, .stderr, .stdout])
    #expect(!demultiplexer.isWithinFrame)
  }

  @Test func `AB-G4: a frame of 4 GiB is refused at its header`() {
    var demultiplexer = LogDemultiplexer()
    demultiplexer.take([1, 0, 0, 0, 255, 255, 255, 255])
    #expect(throws: LogDemultiplexer.Failure.frameTooLarge(bytes: 4_294_967_295)) { try demultiplexer.next() }
  }

  @Test func `A frame of an unknown stream is refused and the engine's own message is an error`() {
    var demultiplexer = LogDemultiplexer()
    demultiplexer.take(frame(7, "a"))
    #expect(throws: LogDemultiplexer.Failure.unknownStream(7)) { try demultiplexer.next() }
    demultiplexer = LogDemultiplexer()
    demultiplexer.take(frame(3, "driver failed"))
    #expect(throws: LogDemultiplexer.Failure.engine(message: "driver failed")) { try demultiplexer.next() }
  }

  @Test(arguments: [1, 2, 7, 1000])
  func `JSON messages are found over any cuts`(cut: Int) throws {
    let wire = Array("{\"a\":\"}{\\\"\"}\r\n{\"b\":[{}]}{\"c\":1}\n".utf8)
    var splitter = JSONSplitter(limitBytes: 100)
    var messages: [String] = []
    var rest = wire[...]
    while !rest.isEmpty {
      try splitter.take(rest.prefix(cut))
      rest = rest.dropFirst(cut)
      while let message = splitter.next() { messages.append(String(decoding: message, as: UTF8.self)) }
    }
    #expect(messages == [#"{"a":"}{\""}"#, #"{"b":[{}]}"#, #"{"c":1}"#])
    #expect(!splitter.isWithinMessage)
  }

  @Test func `JSON messages are bounded in size and depth, and must be objects`() {
    var splitter = JSONSplitter(limitBytes: 10)
    #expect(throws: JSONSplitter.Failure.tooLarge(limitBytes: 10)) { try splitter.take(Array(#"{"a":"12345678"}"#.utf8)) }
    splitter = JSONSplitter(limitBytes: 1000)
    #expect(throws: JSONSplitter.Failure.self) { try splitter.take([UInt8](repeating: UInt8(ascii: "{"), count: 100)) }
    splitter = JSONSplitter(limitBytes: 1000)
    #expect(throws: JSONSplitter.Failure.self) { try splitter.take(Array("garbage".utf8)) }
  }
}
