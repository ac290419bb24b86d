import DockerEngine
import NIOCore
import SlipwayTesting
import Testing

@testable import LogStreaming

/// R-LOG-1, AB-J4: clients that read slowly or not at all.
@Suite(.timeLimit(.minutes(2)))
struct SlowClientTests {
  private static let text = String(repeating: "x", count: 90)

  private func lines(_ numbers: Range<Int>) -> [LogEngine.Line] {
    LogEngine.lines(numbers, step: 100_000, prefix: "\(Self.text) ")
  }

  private func number(_ line: ReadLine) -> Int { Int(line.text.split(separator: " ").last ?? "") ?? -1 }

  @Test func `A client that reads nothing loses the oldest lines, counted exactly, and hinders no other`() async throws {
    let total = 60_000
    let engine = LogEngine(["a": .init(lines: lines(0..<10))], linesPerChunk: 200)
    try await engine.withHub { hub in
      let slow = try await hub.subscribe(LogRequest([origin("a")], LogSelection(tail: 10), creditBytes: 1 << 30))
      #expect(try await slow.lines(10).count == 10)
      let before = hub.ringBytes
      try await hub.withSubscription(LogRequest([origin("a")], LogSelection(tail: 10), creditBytes: 1 << 30)) { fast in
        var seen = try await fast.lines(10).map(number)
        for start in stride(from: 10, to: total, by: 500) {
          engine.write(lines(start..<min(total, start + 500)), to: "a")
          while seen.last != min(total, start + 500) - 1 { seen += try await fast.lines(1).map(number) }
        }
        #expect(isSame(seen, Array(0..<total)))
      }
      #expect(hub.ringBytes - before <= LogRing.limitBytes)
      var seen = Array(0..<10)
      var lost = 0
      while seen.last != total - 1, let delivery = try await slow.next() {
        switch delivery {
        case .gap(let lines, _):
          #expect(lost == 0)
          lost = lines
        case .lines(let some):
          let numbers = try some.decoded.map(number)
          if let first = numbers.first, let last = seen.last, first != last + 1 { #expect(first - last - 1 == lost) }
          seen += numbers
        default: Issue.record("unexpected: \(delivery)")
        }
      }
      // Each line was seen or counted; what it saw at the end is at least the ring's thousand lines.
      #expect(lost > 0)
      #expect(seen.count + lost == total)
      #expect(hub.droppedLineCount == lost)
      #expect(hub.gapCount == 1)
      #expect((total - 10...total).contains(hub.lineCount))
      #expect(seen.count >= 1000)
      await slow.close()
    }
  }

  @Test func `A slow client that is alone loses nothing as long as it reads`() async throws {
    let total = 40_000
    let engine = LogEngine(["a": .init(lines: lines(0..<1))], linesPerChunk: 200)
    let seen = try await engine.withHub { hub in
      try await hub.withSubscription(LogRequest([origin("a")], LogSelection(), creditBytes: 0)) { subscription in
        var seen: [Int] = []
        await subscription.grant(bytes: 1000)
        seen += try await subscription.lines(1).map(number)
        // Much more than the ring holds, all at once: the engine has to wait.
        engine.write(lines(1..<total), to: "a")
        while seen.last != total - 1, let delivery = try await subscription.next() {
          guard case .lines(let some) = delivery else {
            Issue.record("lost: \(delivery)")
            break
          }
          seen += try some.decoded.map(number)
          await subscription.grant(bytes: some.json.readableBytes)
        }
        return seen
      }
    }
    #expect(isSame(seen, Array(0..<total)))
  }

  @Test func `A client that takes nothing for half a minute is ended, and its reader with it`() async throws {
    let engine = LogEngine(["a": .init(lines: lines(0..<10))])
    let time = ManualClock()
    let told = Counter()
    try await engine.withHub(clock: time.clock) { hub in
      let subscription = try await hub.subscribe(LogRequest([origin("a")], LogSelection(tail: 5))) { told.add() }
      #expect(try await subscription.lines(5).count == 5)
      engine.write(lines(10..<20), to: "a")
      var moved: Duration = .zero
      while told.value == 0 {
        time.advance(by: .milliseconds(500))
        moved += .milliseconds(500)
        for _ in 0..<50 { await Task.yield() }
      }
      #expect(moved >= LogSubscription.stallLimit)
      await #expect(throws: LogStreamError.tooSlow(limit: .seconds(30))) { _ = try await subscription.next() }
      try await eventually {
        time.advance(by: .milliseconds(500))
        return hub.readerCount == 0
      }
      await subscription.close()
    }
  }

  @Test func `A client that waits for lines is not slow`() async throws {
    let engine = LogEngine(["a": .init(lines: lines(0..<5))])
    let time = ManualClock()
    try await engine.withHub(clock: time.clock) { hub in
      try await hub.withSubscription(LogRequest([origin("a")], LogSelection(tail: 5))) { subscription in
        _ = try await subscription.lines(5)
        async let more = subscription.lines(1)
        for _ in 0..<200 {
          time.advance(by: .milliseconds(500))
          await Task.yield()
        }
        engine.write(lines(5..<6), to: "a")
        let count = try await more.count
        #expect(count == 1)
      }
    }
  }

  @Test func `All rings together stay within their limit, those that nobody reads go first`() {
    let memory = RingMemory(limitBytes: 1 << 20)
    let reader = ContainerReader(origin("a"), clock: .continuous, memory: memory)
    #expect(memory.ringLimit == LogRing.limitBytes)
    memory.change(by: 2 << 20)
    #expect(memory.ringLimit == RingMemory.leastBytes)
    memory.change(by: -(2 << 20))
    reader.settle(LogRing(at: .start))
    #expect(memory.usedBytes == 0)
  }

  @Test func `A ring keeps a thousand lines or a mebibyte, more only for who has still to read them`() {
    var ring = LogRing(at: .start)
    for start in stride(from: 0, to: 5000, by: 100) {
      ring.append(batch(lines(start..<start + 100), after: ring.mark))
      ring.trim(limitBytes: LogRing.limitBytes, needed: .max)
    }
    #expect((1000...1100).contains(ring.lineCount))
    #expect(ring.firstLine == 5000 - ring.lineCount)
    for start in stride(from: 5000, to: 6000, by: 100) {
      ring.append(batch(lines(start..<start + 100), after: ring.mark))
      ring.trim(limitBytes: LogRing.limitBytes, needed: ring.firstSequence)
    }
    #expect((2000...2100).contains(ring.lineCount))
    let long = (0..<200).map {
      LogEngine.Line(nanoseconds: LogEngine.begin + 10_000_000_000 + Int64($0), text: Array(repeating: 0x78, count: 16 << 10))
    }
    for line in long {
      ring.append(batch([line], after: ring.mark))
      ring.trim(limitBytes: LogRing.limitBytes, needed: 0)
    }
    #expect(ring.costBytes <= LogRing.limitBytes)
    #expect(ring.lineCount < 100)
  }

  private func batch(_ lines: [LogEngine.Line], after mark: LogMark) -> LogBatch {
    var builder = LogBatchBuilder(origin("a"), at: .unknown, now: { .zero })
    for line in lines {
      let time = Array(line.time.utf8)
      builder.take(line.text.span, time: time.span, nanoseconds: line.nanoseconds, stream: line.stream, isPartial: false)
    }
    return builder.take()[0]
  }
}
