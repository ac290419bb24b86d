import DockerEngine
import LogStreaming
import Testing

struct LineSplitterTests {
  private let time = "2026-11-21T07:58:47.373933122Z"

  private func frame(_ text: String) -> LogFrame { LogFrame(stream: .stdout, bytes: Array(text.utf8)) }

  @Test func `The records of a long line are joined without their repeated times`() {
    var splitter = LineSplitter(source: "web-1")
    let piece = String(repeating: "x", count: 16 << 10)
    #expect(splitter.lines(of: frame("\(time) \(piece)")).isEmpty)
    #expect(splitter.lines(of: frame("\(time) \(piece)")).isEmpty)
    let lines = splitter.lines(of: frame("\(time) end\n"))
    #expect(lines == [LogLine(time: time, source: "web-1", stream: .stdout, text: piece + piece + "end")])
    #expect(splitter.rest().isEmpty)
  }

  @Test func `What is longer than the limit is cut into lines of the same time`() {
    var splitter = LineSplitter(source: "web-1")
    let text = String(repeating: "x", count: LineSplitter.lineLimitBytes + 10)
    let lines = splitter.lines(of: frame("\(time) \(text)\n"))
    #expect(lines.map(\.time) == [time, time])
    #expect(lines.map(\.text).joined() == text)
  }

  @Test func `A last line without a break comes with the rest`() {
    var splitter = LineSplitter(source: "web-1")
    #expect(splitter.lines(of: frame("\(time) partial")).isEmpty)
    #expect(splitter.rest().map(\.text) == ["partial"])
  }
}
