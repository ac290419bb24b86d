import DockerEngine
import NIOCore
import SlipwayTesting
import Testing

@testable import LogStreaming

@Suite(.timeLimit(.minutes(2)))
struct LogSearchTests {
  private func texts(_ result: LogSearch.Result) throws -> [String] {
    try LogLines(json: result.json, count: result.count, bookmark: LogBookmark([])).decoded.map(\.text)
  }

  private func numbered(_ numbers: some Sequence<Int>) -> [String] { numbers.map { "line \($0)" } }

  @Test func `Pages of older lines meet without gap or double`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<10_000))])
    try await engine.withHub { hub in
      let search = LogSearch(hub, [origin("a")], limit: 3000, time: .seconds(60))
      var all: [String] = []
      var moment: EngineTimestamp?
      while true {
        let page = try await search.page(.newestFirst, from: moment)
        all = try texts(page) + all
        if page.reason == .end { break }
        #expect(page.reason == .limit)
        moment = page.searchedTo
      }
      #expect(isSame(all, numbered(0..<10_000)))
    }
  }

  @Test func `A filter is searched for through all of the log, and the answer says how far`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<20_000)), "b": .init(lines: LogEngine.lines(0..<10))])
    var filter = LogFilter()
    filter.includes = [try LogPattern(expression: "line (17|5)$")]
    try await engine.withHub { [filter] hub in
      let all = try await LogSearch(hub, [origin("a"), origin("b")], filter: filter, time: .seconds(60)).page(
        .newestFirst, from: nil)
      let found = try texts(all)
      #expect(found == ["line 5", "line 5", "line 17"])
      #expect(all.reason == .end)
      let first = try await LogSearch(hub, [origin("a")], filter: filter, limit: 1, time: .seconds(60)).page(
        .oldestFirst, from: nil)
      let one = try texts(first)
      #expect(one == ["line 5"])
      #expect(first.reason == .limit)
      let short = try await LogSearch(hub, [origin("a")], filter: filter, time: .zero).page(.newestFirst, from: nil)
      #expect(short.reason == .deadline)
    }
  }

  @Test(arguments: [Int64(0), Int64.max])
  func `The first and the last moment that a log can have can be asked for`(moment: Int64) async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<10))])
    try await engine.withHub { hub in
      let search = LogSearch(hub, [origin("a")], time: .seconds(60))
      let edge = EngineTimestamp(logNanoseconds: moment)
      let isEarly = moment == 0
      let (after, before) = (try await search.page(.oldestFirst, from: edge), try await search.page(.newestFirst, from: edge))
      let around = try await search.around(edge)
      #expect(after.count == (isEarly ? 10 : 0) && before.count == (isEarly ? 0 : 10) && around.count == 10)
    }
  }

  @Test func `A moment is shown with what surrounds it`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<1000))])
    try await engine.withHub { hub in
      let moment = EngineTimestamp(logNanoseconds: LogEngine.begin + 500_000_000)
      let around = try await LogSearch(hub, [origin("a")], limit: 3, time: .seconds(60)).around(moment)
      let found = try texts(around)
      #expect(found == numbered(497..<503))
    }
  }

  @Test func `A download is all of a range, in order, as text or as JSON lines`() async throws {
    let engine = LogEngine([
      "a": .init(lines: LogEngine.lines(0..<30_000)), "mute": .init(refusal: "none"),
      "b": .init(lines: [.init(nanoseconds: LogEngine.begin + 1_500_000, text: Array("b \u{1B}[1m\"q\"".utf8))]),
    ])
    try await engine.withHub { hub in
      var whole = ByteBuffer()
      let (lines, unreadable) = try await LogDownload(
        hub, [origin("a"), origin("b"), origin("mute")], LogSelection(), form: .text(hasTimes: false, hasSources: true)
      ).stream { whole.writeImmutableBuffer($0) }
      #expect(lines == 30_001)
      #expect(unreadable == [origin("mute")])
      let text = String(buffer: whole)
      #expect(text.hasPrefix("a | line 0\na | line 1\nb | b \u{1B}[1m\"q\"\na | line 2\n"))
      #expect(text.hasSuffix("a | line 29999\n"))
      var last = ByteBuffer()
      _ = try await LogDownload(hub, [origin("a")], LogSelection(tail: 2), form: .text(hasTimes: true, hasSources: false)).stream
      {
        last.writeImmutableBuffer($0)
      }
      #expect(String(buffer: last) == "2026-11-21T05:59:16.998000000Z line 29998\n2026-11-21T05:59:16.999000000Z line 29999\n")
      var json = ByteBuffer()
      _ = try await LogDownload(hub, [origin("b")], LogSelection(), form: .jsonLines).stream { json.writeImmutableBuffer($0) }
      #expect(String(buffer: json).hasSuffix(#""text":"b \u001b[1m\"q\""}"# + "\n"))
    }
  }
}

/// One engine answers, and another one is away.
@Suite(.timeLimit(.minutes(1))) struct EngineAwayTests {
  private static let away = LogOrigin(LogSource(id: "b", name: "b"), service: "web", server: "away")

  private func withHub(_ body: @escaping @Sendable (LogHub) async throws -> Void) async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<10))])
    try await StubEngine.with(script: { engine.answer($0) }) { stub in
      let here = EngineClient(stub.endpoint)
      let gone = EngineClient(try EngineEndpoint(parsing: "/nonexistent/engine.sock"))
      let hub = LogHub { $0 == "away" ? gone : here }
      await #expect(throws: Never.self) { try await body(hub) }
      await hub.shutdown()
    }
  }

  @Test func `A search tells which containers it could not read, and gives what the others have`() async throws {
    try await withHub { hub in
      let result = try await LogSearch(hub, [origin("a"), Self.away], time: .seconds(60)).page(.newestFirst, from: nil)
      #expect(result.count == 10 && result.unreadable == [Self.away] && result.reason == .end)
      let around = try await LogSearch(hub, [origin("a"), Self.away], time: .seconds(60)).around(
        EngineTimestamp(logNanoseconds: LogEngine.begin))
      #expect(around.count == 10 && around.unreadable == [Self.away])
    }
  }

  @Test func `Where nothing can be read a search and a download say why, at once`() async throws {
    try await withHub { hub in
      let begun = ContinuousClock.now
      await #expect(throws: EngineError.self) { try await LogSearch(hub, [Self.away]).page(.newestFirst, from: nil) }
      var download = LogDownload(hub, [Self.away], LogSelection(), form: .jsonLines)
      await #expect(throws: EngineError.self) { try await download.leaveOutUnreadable() }
      #expect(begun.duration(to: .now) < .seconds(20))
    }
  }

  @Test func `A download leaves out what cannot be read, and says so before the first line`() async throws {
    try await withHub { hub in
      var download = LogDownload(hub, [origin("a"), Self.away], LogSelection(), form: .jsonLines)
      let unreadable = try await download.leaveOutUnreadable()
      let (lines, others) = try await download.stream { _ in }
      #expect(unreadable == [Self.away] && lines == 10 && others.isEmpty)
    }
  }
}

@Suite struct LogFilterTests {
  private func matches(_ filter: LogFilter, _ lines: [(String, LogFrame.Stream)]) throws -> [Bool] {
    var builder = LogBatchBuilder(origin("a"), at: .unknown, now: { .zero })
    let time = Array("2026-11-21T05:59:16.998000000Z".utf8)
    for (text, stream) in lines {
      let bytes = Array(text.utf8)
      builder.take(bytes.span, time: time.span, nanoseconds: LogEngine.begin, stream: stream, isPartial: false)
    }
    let batch = builder.take()[0]
    var matcher = LogMatcher(filter, .continuous)
    var verdicts = LogVerdicts()
    return try batch.records.map { try matcher.matches(batch, $0, &verdicts) }
  }

  @Test func `Text, exclusion, level, stream, service and fields all hold together`() throws {
    var filter = LogFilter()
    filter.includes = [try LogPattern(text: "FAIL")]
    filter.excludes = [try LogPattern(text: "test")]
    filter.levels = [.error]
    #expect(
      try matches(filter, [("ERROR it failed", .stdout), ("ERROR test failed", .stdout), ("INFO failed", .stdout)]) == [
        true, false, false,
      ])
    filter = LogFilter()
    filter.streams = [.stderr]
    #expect(try matches(filter, [("a", .stdout), ("a", .stderr)]) == [false, true])
    filter = LogFilter()
    filter.services = ["other"]
    #expect(try matches(filter, [("a", .stdout)]) == [false])
    filter = LogFilter()
    filter.fields = [LogFieldTest("status>499"), LogFieldTest("path:/A\"b")].compactMap { $0 }
    #expect(
      try matches(
        filter, [(#"{"status":500,"path":"/a\"b"}"#, .stdout), (#"{"status":499,"path":"/a\"b"}"#, .stdout), ("x", .stdout)])
        == [true, false, false])
    #expect(LogFieldTest("a>b") == nil && LogFieldTest(":x") == nil)
    #expect(LogFieldTest("a!:b") == LogFieldTest(field: "a", .unequal, "b"))
  }

  @Test func `Lines that go on share the verdict on their group's first line`() throws {
    var filter = LogFilter()
    filter.includes = [try LogPattern(text: "Error")]
    #expect(
      try matches(
        filter, [("Error: x", .stdout), ("  at a", .stdout), ("ok", .stdout), ("  at Error", .stdout), ("  b", .stderr)])
        == [true, true, false, false, false])
  }
}
