import DockerEngine
import NIOCore
import SlipwayTesting
import Testing

@testable import LogStreaming

/// R-LOG-1: live lines through the hub, from an engine on a real socket.
@Suite(.timeLimit(.minutes(2)))
struct LogHubTests {
  private func texts(_ lines: [ReadLine]) -> [String] { lines.map(\.text) }
  private func numbered(_ range: Range<Int>) -> [String] { range.map { "line \($0)" } }

  @Test func `Lines that the engine leaves out at the end of a followed stream are told before the end`() async throws {
    let engine = LogEngine(["a": LogEngine.Container(lines: LogEngine.lines(0..<10), cuts: [60, 60])])
    try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest([origin("a")], LogSelection(), creditBytes: 1 << 30)) { subscription in
        #expect(try await subscription.lines(10).count == 10)
        engine.change("a") {
          $0.lines += LogEngine.lines(10..<200)
          ($0.status, $0.exitCode) = ("exited", 3)
        }
        let lines = try await subscription.lines(190).map(\.text)
        #expect(isSame(lines, (10..<200).map { "line \($0)" }))
        guard case .ended(_, code: 3)? = try await subscription.next() else {
          return #expect(Bool(false), "its end is told")
        }
      }
    }
  }

  @Test func `Who follows what has written nothing is told so at once, and then its lines`() async throws {
    let engine = LogEngine(["a": .init(), "b": .init()])
    try await engine.withHub { hub in
      for tail in [nil, 0, 10] as [Int?] {
        try await hub.withSubscription(LogRequest([origin("a"), origin("b")], LogSelection(tail: tail))) { subscription in
          guard case .lines(let none)? = try await subscription.next() else {
            Issue.record("nothing was told")
            return
          }
          #expect(none.count == 0 && none.json.readableBytes == 0)
          #expect(throws: Never.self) { try LogBookmark(none.cursor) }
        }
      }
      try await hub.withSubscription(LogRequest([origin("a"), origin("b")], LogSelection(tail: 10))) { subscription in
        _ = try await subscription.next()
        engine.write(LogEngine.lines(0..<5), to: "b")
        #expect(try await texts(subscription.lines(5)) == numbered(0..<5))
      }
    }
  }

  @Test func `The last lines come first, then what is written, each once`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<50))])
    let lines = try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest([origin("a")], LogSelection(tail: 10))) { subscription in
        var lines = try await subscription.lines(10)
        engine.write(LogEngine.lines(50..<60), to: "a")
        lines += try await subscription.lines(10)
        return lines
      }
    }
    #expect(texts(lines) == numbered(40..<60))
    #expect(
      lines[0]
        == ReadLine(
          time: "2026-11-21T05:58:47.040000000Z", source: "a", stream: "stdout", level: "none", text: "line 40", service: "web"))
    #expect(engine["a"].follows == 1)
    // The reader's own look at the end of the log; none for the client.
    #expect(engine["a"].reads == 1)
  }

  @Test(arguments: [nil, 5000, 300] as [Int?])
  func `History and live lines meet without gap or double while the container writes`(tail: Int?) async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<20_000))], linesPerChunk: 200)
    let total = 60_000
    let lines = try await engine.withHub { hub in
      try await withThrowingTaskGroup(of: [ReadLine].self) { group in
        group.addTask {
          for start in stride(from: 20_000, to: total, by: 100) {
            engine.write(LogEngine.lines(start..<start + 100), to: "a")
            await Task.yield()
          }
          return []
        }
        group.addTask {
          try await hub.withSubscription(LogRequest([origin("a")], LogSelection(tail: tail), creditBytes: 1 << 30)) {
            subscription in
            var lines: [ReadLine] = []
            while lines.last?.text != "line \(total - 1)" { lines += try await subscription.lines(1) }
            return lines
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
    }
    let first = Int(lines[0].text.dropFirst(5)) ?? -1
    #expect(tail == nil ? first == 0 : first >= 20_000 - (tail ?? 0))
    #expect(isSame(texts(lines), numbered(first..<total)))
  }

  @Test func `Lines of the same time at the seam come once, none is lost`() async throws {
    // All of a burst have one time: only their number tells them apart.
    let burst = (0..<3000).map { LogEngine.Line(nanoseconds: LogEngine.begin, text: Array("line \($0)".utf8)) }
    let more = (3000..<3100).map { LogEngine.Line(nanoseconds: LogEngine.begin, text: Array("line \($0)".utf8)) }
    let engine = LogEngine(["a": .init(lines: burst)])
    let lines = try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest([origin("a")], LogSelection())) { subscription in
        var lines = try await subscription.lines(3000)
        engine.write(more, to: "a")
        lines += try await subscription.lines(100)
        return lines
      }
    }
    #expect(isSame(texts(lines), numbered(0..<3100)))
  }

  @Test func `Twenty containers are merged by time, history exactly`() async throws {
    let names = (0..<20).map { "c\($0)" }
    var containers: [String: LogEngine.Container] = [:]
    for (index, name) in names.enumerated() {
      containers[name] = .init(
        lines: (0..<500).map {
          LogEngine.Line(nanoseconds: LogEngine.begin + Int64($0 * 20 + index) * 100_000, text: Array("\($0)".utf8))
        })
    }
    let engine = LogEngine(containers)
    let (history, live) = try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest(names.map(origin), LogSelection(), creditBytes: 1 << 30)) { subscription in
        let history = try await subscription.lines(10_000)
        for name in names {
          engine.write([.init(nanoseconds: LogEngine.begin + 2_000_000_000, text: Array("live".utf8))], to: name)
        }
        return (history, try await subscription.lines(20))
      }
    }
    #expect(history.count == 10_000)
    #expect(history.map(\.time) == history.map(\.time).sorted())
    #expect(Set(live.map(\.source)) == Set(names))
    for name in names { #expect(engine[name].follows == 1) }
  }

  // C1: a client that keeps up loses nothing, however long the history of others takes.
  @Test func `Lines that come while another container is still read for the first time are not lost`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<5)), "b": .init(lines: LogEngine.lines(0..<3000), heldFrom: 2)])
    let (seen, gaps) = try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest([origin("a"), origin("b")], LogSelection(), creditBytes: 1 << 30)) {
        subscription in
        async let all = Self.numbers(subscription, until: 40_005 + 23_000)
        try await eventually { engine["b"].reads == 2 }
        // The ring of b goes on beyond what the held read will give.
        engine.write(LogEngine.lines(3000..<23_000), to: "b")
        try await eventually { hub.lineCount >= 20_000 }
        engine.change("b") { $0.heldFrom = 3 }
        // Now a waits, live, for the second read of b.
        try await eventually { engine["b"].reads == 3 }
        engine.write(LogEngine.lines(5..<40_005), to: "a")
        try await eventually { hub.lineCount >= 60_000 }
        engine.change("b") { $0.heldFrom = .max }
        return try await all
      }
    }
    #expect(gaps == 0)
    #expect(isSame(seen["a"] ?? [], Array(0..<40_005)))
    #expect(isSame(seen["b"] ?? [], Array(0..<23_000)))
  }

  /// The numbers of the lines of each container, and how many lines were told as lost.
  private static func numbers(
    _ subscription: LogSubscription, until total: Int
  ) async throws -> (seen: [String: [Int]], gaps: Int) {
    var seen: [String: [Int]] = [:]
    var (count, gaps) = (0, 0)
    while count + gaps < total, let delivery = try await subscription.next() {
      switch delivery {
      case .gap(let lines, _): gaps += lines
      case .lines(let some):
        for line in try some.decoded { seen[line.source, default: []].append(Int(line.text.dropFirst(5)) ?? -1) }
        count += some.count
      default: break
      }
    }
    return (seen, gaps)
  }

  @Test func `Two hundred clients cost the engine one stream, and each gets every line`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<100))])
    let ready = Counter()
    let results = try await engine.withHub { hub in
      try await withThrowingTaskGroup(of: [String].self) { group in
        for _ in 0..<200 {
          group.addTask {
            try await hub.withSubscription(LogRequest([origin("a")], LogSelection(tail: 100))) { subscription in
              let first = try await subscription.lines(100)
              ready.add()
              return try await (first + subscription.lines(100)).map(\.text)
            }
          }
        }
        try await eventually { ready.value == 200 }
        engine.write(LogEngine.lines(100..<200), to: "a")
        return try await group.reduce(into: [[String]]()) { $0.append($1) }
      }
    }
    #expect(results.count == 200)
    #expect(results.allSatisfy { $0 == numbered(0..<200) })
    #expect(engine["a"].follows == 1)
    #expect(engine["a"].reads == 1)
  }

  @Test func `The reader ends after its last client has left, not before`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<5))])
    let time = ManualClock()
    try await engine.withHub(clock: time.clock) { hub in
      let first = try await hub.subscribe(LogRequest([origin("a")]))
      let second = try await hub.subscribe(LogRequest([origin("a")]))
      _ = try await first.lines(5)
      try await eventually { engine["a"].openFollows == 1 }
      await first.close()
      for _ in 0..<20 { time.advance(by: .milliseconds(500)) }
      #expect(hub.readerCount == 1)
      await second.close()
      try await eventually {
        time.advance(by: .milliseconds(500))
        return hub.readerCount == 0
      }
      // The engine finds out when it writes.
      try await eventually {
        engine.write(LogEngine.lines(5..<6), to: "a")
        return engine["a"].openFollows == 0
      }
    }
  }

  @Test func `A container that is restarted is followed on; its end is told after its lines`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<10), cuts: [5, 3])])
    try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest([origin("a")], LogSelection(tail: 2))) { subscription in
        var lines = try await subscription.lines(2)
        engine.write(LogEngine.lines(10..<30), to: "a")
        lines += try await subscription.lines(20)
        #expect(texts(lines) == numbered(8..<30))
        engine.stop("a", code: 3)
        guard case .ended(let source, code: 3)? = try await subscription.next() else {
          Issue.record("the end was not told")
          return
        }
        #expect(source == origin("a"))
        // Started again, by a person.
        engine.change("a") {
          $0.status = "running"
          $0.starts += 1
        }
        engine.write(LogEngine.lines(30..<40), to: "a")
        await hub.containerChanged("a", on: nil, runs: true)
        #expect(try await texts(subscription.lines(10)) == numbered(30..<40))
      }
    }
  }

  @Test func `What a container writes between its first start and its end is told, though nobody saw it run`() async throws {
    let engine = LogEngine(["a": .init(status: "created", starts: 0)])
    try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest([origin("a")], LogSelection(), creditBytes: 1 << 30)) { subscription in
        guard case .lines(let none)? = try await subscription.next(), none.count == 0,
          case .ended(_, code: 0)? = try await subscription.next()
        else {
          Issue.record("a container that does not run was waited for")
          return
        }
        engine.change("a") { ($0.status, $0.starts, $0.lines) = ("exited", 1, LogEngine.lines(0..<3000)) }
        await hub.containerChanged("a", on: nil, runs: false)
        #expect(try await texts(subscription.lines(3000)) == numbered(0..<3000))
        guard case .ended? = try await subscription.next() else {
          Issue.record("the end was not told")
          return
        }
        // The same run is told of again: nothing comes of it. The next one is told, and is the first thing to come.
        await hub.containerChanged("a", on: nil, runs: false)
        await hub.containersChanged()
        try await eventually { engine["a"].looks >= 6 }
        engine.change("a") {
          $0.starts += 1
          $0.lines += LogEngine.lines(3000..<3010)
        }
        await hub.containersChanged()
        #expect(try await texts(subscription.lines(10)) == numbered(3000..<3010))
      }
    }
  }

  @Test func `A container that starts again before its end could be told is followed on`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<100), status: "exited")])
    try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest([origin("a")], LogSelection(), creditBytes: 1)) { subscription in
        // One line is more than the credit: the others wait, and with them the end.
        var lines = try await subscription.lines(1).map(\.text)
        try await eventually { engine["a"].looks >= 2 }
        engine.change("a") {
          $0.starts += 1
          $0.lines += LogEngine.lines(100..<110)
        }
        await hub.containerChanged("a", on: nil, runs: true)
        try await eventually { engine["a"].looks >= 3 }
        await subscription.grant(bytes: 1 << 30)
        // One end, or one for each time: that depends on when the reader saw it.
        var hasEnded = false
        while lines.count < 110 || !hasEnded, let delivery = try await subscription.next() {
          switch delivery {
          case .lines(let some):
            lines += try some.decoded.map(\.text)
            hasEnded = false
          case .ended: hasEnded = true
          default: Issue.record("unexpected: \(delivery)")
          }
        }
        #expect(lines == numbered(0..<110))
      }
    }
  }

  @Test func `When the link to an engine is lost, lines go on without loss or double once it is back`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<10), cuts: [3, 7, 1], breaks: true)], linesPerChunk: 2)
    try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest([origin("a")], LogSelection())) { subscription in
        var lines: [String] = []
        var notices: [Bool] = []
        var written = 10
        while lines.count < 60 || notices.count < 6, let delivery = try await subscription.next() {
          switch delivery {
          case .lines(let some): lines += try some.decoded.map(\.text)
          case .link(server: nil, .lost): notices.append(false)
          case .link(server: nil, .isBack): notices.append(true)
          default: Issue.record("unexpected: \(delivery)")
          }
          if lines.count == written, written < 60 {
            engine.write(LogEngine.lines(written..<written + 1), to: "a")
            written += 1
          }
        }
        #expect(lines == numbered(0..<60))
        #expect(notices == [false, true, false, true, false, true])
      }
    }
    #expect(engine["a"].follows == 4)
  }

  @Test func `A container whose logs cannot be read says so and disturbs no other`() async throws {
    let engine = LogEngine(["mute": .init(refusal: "driver none"), "a": .init(lines: LogEngine.lines(0..<3))])
    try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest([origin("mute"), origin("a")])) { subscription in
        var reasons: [String] = []
        var lines = 0
        while reasons.isEmpty || lines < 3, let delivery = try await subscription.next() {
          if case .unreadable(_, let reason) = delivery { reasons.append(reason) }
          if case .lines(let some) = delivery { lines += some.count }
        }
        #expect(reasons == ["driver none"])
        #expect(lines == 3)
      }
    }
  }

  @Test func `Containers can be added and left while the subscription runs`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<3)), "b": .init(lines: LogEngine.lines(10..<13))])
    try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest([origin("a")])) { subscription in
        #expect(try await texts(subscription.lines(3)) == numbered(0..<3))
        try await subscription.setSources([origin("a"), origin("b")], joining: LogSelection())
        #expect(try await texts(subscription.lines(3)) == numbered(10..<13))
        try await subscription.setSources([origin("b")])
        engine.write(LogEngine.lines(20..<21), to: "a")
        engine.write(LogEngine.lines(21..<22), to: "b")
        #expect(try await texts(subscription.lines(1)) == ["line 21"])
      }
    }
  }

  @Test func `A container that takes another's name is told as its successor`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<1)), "b": .init(lines: LogEngine.lines(1..<2))])
    try await engine.withHub { hub in
      let old = LogOrigin(LogSource(id: "a", name: "web-1"))
      let new = LogOrigin(LogSource(id: "b", name: "web-1"))
      try await hub.withSubscription(LogRequest([old])) { subscription in
        _ = try await subscription.lines(1)
        try await subscription.setSources([new], joining: LogSelection())
        guard case .replaced(old, by: new)? = try await subscription.next() else {
          Issue.record("the successor was not told")
          return
        }
        #expect(try await texts(subscription.lines(1)) == ["line 1"])
      }
    }
  }

  @Test func `The filter can be changed without opening anything again`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<10))])
    var filter = LogFilter()
    filter.includes = [try LogPattern(expression: "line [37]$")]
    try await engine.withHub { [filter] hub in
      try await hub.withSubscription(LogRequest([origin("a")], LogSelection(), filter: filter)) { subscription in
        let filtered = try await subscription.lines(2)
        #expect(texts(filtered) == ["line 3", "line 7"])
        await subscription.setFilter(nil)
        engine.write(LogEngine.lines(10..<12), to: "a")
        let all = try await subscription.lines(2)
        #expect(texts(all) == ["line 10", "line 11"])
      }
    }
    #expect(engine["a"].follows == 1)
  }

  @Test func `A huge line comes in parts, and what is not UTF-8 as replacement characters`() async throws {
    let huge = String(repeating: "ü", count: 30_000)
    let engine = LogEngine([
      "a": .init(lines: [
        .init(nanoseconds: LogEngine.begin, text: Array(huge.utf8)),
        .init(nanoseconds: LogEngine.begin + 1, text: [0x41, 0xFF, 0x42, 0xE2, 0x82, 0x00, 0x1B, 0x22, 0x7F], stream: .stderr),
      ])
    ])
    let lines = try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest([origin("a")], LogSelection())) { try await $0.lines(5) }
    }
    #expect(lines.map(\.partial) == [true, true, true, nil, nil])
    #expect(lines.dropLast().map(\.text).joined() == huge)
    #expect(lines.allSatisfy { $0.text.utf8.count <= LogBatchBuilder.partLimitBytes })
    #expect(lines.last?.text == "A\u{FFFD}B\u{FFFD}\0\u{1B}\"\u{7F}")
    #expect(lines.last?.stream == "stderr")
  }

  @Test func `Credit bounds what is delivered`() async throws {
    let engine = LogEngine(["a": .init(lines: LogEngine.lines(0..<200))])
    try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest([origin("a")], LogSelection(), creditBytes: 1000)) { subscription in
        guard case .lines(let first)? = try await subscription.next() else { return }
        #expect(first.json.readableBytes <= 1000)
        let second = Task { try await subscription.next() }
        await subscription.grant(bytes: 500)
        guard case .lines(let more)? = try await second.value else { return }
        #expect(more.json.readableBytes <= 500 + 1000 - first.json.readableBytes)
        let next = try more.decoded.first?.text
        #expect(next == "line \(first.count)")
      }
    }
  }
}
