import DockerEngine
import Synchronization
import Testing

@testable import LogStreaming

@Suite(.timeLimit(.minutes(2)))
struct LogBookmarkTests {
  @Test(arguments: 0..<6)
  func `A cursor of any moment goes on behind the last line, each once and in order`(seed: Int) async throws {
    let names = ["a", "b", "c"]
    let total = 3000
    // Times stand still, jump, and go back a little, as they do between two streams.
    var containers: [String: LogEngine.Container] = [:]
    for name in names {
      var time = LogEngine.begin
      containers[name] = .init(
        lines: (0..<total).map { number in
          time += [0, 0, 1000, 700_000, 5_000_000][Int.random(in: 0..<5)]
          let late = Int.random(in: 0..<10) == 0 ? Int64.random(in: 0..<100_000) : 0
          return .init(nanoseconds: time - late, text: Array("line \(number)".utf8), stream: Bool.random() ? .stdout : .stderr)
        })
    }
    let all = containers
    let engine = LogEngine(
      all.mapValues { container in
        var begun = container
        begun.lines = Array(container.lines.prefix(total / 2))
        return begun
      })
    let seen = try await engine.withHub { hub in
      var seen: [String: [String]] = [:]
      var cursor: String?
      var written = total / 2
      while !names.allSatisfy({ seen[$0]?.count == total }) {
        // Some lines at a time, then the client is gone, and more is written before it comes back.
        let request = LogRequest(
          names.map(origin), LogSelection(), cursor: try cursor.map { try LogBookmark($0) },
          creditBytes: Int.random(in: 200...60_000))
        let take = Int.random(in: 1...6)
        cursor = try await hub.withSubscription(request) { subscription in
          var cursor = cursor
          for _ in 0..<take {
            if names.allSatisfy({ seen[$0]?.count ?? 0 >= min(written, total) }) { break }
            guard case .lines(let lines)? = try await subscription.next() else { break }
            for line in try lines.decoded { seen[line.source, default: []].append(line.text) }
            cursor = lines.cursor
            await subscription.grant(bytes: Int.random(in: 200...60_000))
          }
          return cursor
        }
        if written < total {
          let more = written..<min(total, written + 100)
          for name in names { engine.write(Array(all[name]?.lines[more] ?? []), to: name) }
          written = more.upperBound
        }
      }
      return seen
    }
    for name in names { #expect(isSame(seen[name] ?? [], (0..<total).map { "line \($0)" })) }
  }

  @Test func `A cursor is text and back`() throws {
    var mark = LogMark.start
    for time in [5, 5, 9, 20_000_000, 20_000_000] as [Int64] { mark.note(LogEngine.begin + time) }
    let bookmark = LogBookmark([(1, mark), (.max, .start)])
    let read = try LogBookmark(bookmark.text)
    #expect(read.text == bookmark.text)
    #expect(read.places.count == 2)
    #expect(
      bookmark.text.utf8.allSatisfy {
        Base64URL.text(of: [0xFF, 0xEF]).utf8.count > 0 && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "+")
      })
  }

  @Test func `Beyond sixty-four containers the others go on from the earliest place, and the text stays short`() throws {
    let marks = (0..<500).map { (key: UInt64($0), mark: LogMark(before: LogEngine.begin + Int64($0))) }
    let read = try LogBookmark(LogBookmark(marks).text)
    #expect(read.places.count == 64)
    #expect(read.others?.since == LogEngine.begin)
    #expect(LogBookmark(marks).text.utf8.count < 3000)
  }

  @Test(arguments: [
    "", "A", "!", "AAAA", "AQE", String(repeating: "A", count: 100_000), "AQD" + String(repeating: "_", count: 200),
  ])
  func `What is no cursor is refused`(text: String) {
    #expect { try LogBookmark(text) } throws: { ($0 as? LogStreamError)?.code == "logs.bad-cursor" }
  }

  @Test(arguments: [UInt64(bitPattern: .min), UInt64(bitPattern: -1), UInt64(Int64.max)])
  func `A place of the others that no log has is refused`(since: UInt64) {
    var bytes: [UInt8] = [1, 1]
    var rest = since
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
    #expect { try LogBookmark(Base64URL.text(of: bytes)) } throws: { ($0 as? LogStreamError)?.code == "logs.bad-cursor" }
  }

  @Test func `Any bytes are a cursor or refused, and a cursor can be used`() {
    for _ in 0..<20_000 {
      let bytes = [1, UInt8.random(in: 0...1)] + (0..<Int.random(in: 0...60)).map { _ in UInt8.random(in: 0 ... .max) }
      guard let bookmark = try? LogBookmark(Base64URL.text(of: bytes)) else { continue }
      for var mark in bookmark.places.values {
        mark.note(LogEngine.begin)
        var skip = LogSkip(mark)
        _ = skip.isNew(LogEngine.begin)
        _ = mark.sinceForEngine
      }
    }
  }
}
