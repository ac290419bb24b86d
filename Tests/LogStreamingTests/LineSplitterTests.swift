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

  @Test func `What is longer than the limit comes in parts of one line`() {
    var splitter = LineSplitter(source: "web-1")
    let text = String(repeating: "x", count: 3 * LineSplitter.partLimitBytes + 10)
    var lines: [LogLine] = []
    // As the engine sends it: records of 16 KiB, each with the line's time.
    var rest = text[...]
    while !rest.isEmpty {
      let record = rest.prefix(16 << 10)
      rest = rest.dropFirst(16 << 10)
      lines += splitter.lines(of: frame("\(time) \(record)" + (rest.isEmpty ? "\n" : "")))
    }
    #expect(lines.map(\.isPartial) == [true, true, true, false])
    #expect(lines.allSatisfy { $0.time == time && $0.text.utf8.count <= LineSplitter.partLimitBytes })
    #expect(lines.map(\.text).joined() == text)
    #expect(splitter.lines(of: frame("\(time) next\n")).map(\.text) == ["next"])
  }

  @Test(arguments: 0..<8)
  func `A part tears neither a character nor an escape sequence`(shift: Int) {
    for filler in ["é", "€", "😀", "\u{1B}[31m"] {
      var splitter = LineSplitter(source: "web-1")
      let text = String(repeating: "x", count: shift) + String(repeating: filler, count: 40_000)
      let lines = splitter.lines(of: frame("\(time) \(text)\n"))
      #expect(lines.count > 1)
      #expect(lines.map(\.text).joined() == text)
      #expect(lines.dropFirst().allSatisfy { $0.text.utf8.starts(with: filler.utf8) })
    }
  }

  @Test func `A line of exactly the limit is whole`() {
    var splitter = LineSplitter(source: "web-1")
    let text = String(repeating: "x", count: LineSplitter.partLimitBytes)
    #expect(splitter.lines(of: frame("\(time) \(text)\n")) == [LogLine(time: time, source: "web-1", stream: .stdout, text: text)])
  }

  @Test func `A time that arrives in pieces is a time all the same`() {
    var splitter = LineSplitter(source: "web-1")
    #expect(splitter.lines(of: frame(String(time.prefix(10)))).isEmpty)
    #expect(splitter.lines(of: frame(time.dropFirst(10) + " text\n")).map(\.text) == ["text"])
  }

  @Test func `A last line without a break comes with the rest`() {
    var splitter = LineSplitter(source: "web-1")
    #expect(splitter.lines(of: frame("\(time) partial")).isEmpty)
    #expect(splitter.rest().map(\.text) == ["partial"])
  }
}
