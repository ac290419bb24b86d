import DockerEngine
import Synchronization
import Testing

@testable import LogStreaming

@Suite struct LogMergerTests {
  private func line(_ time: Int, _ source: String) -> LogEvent {
    let digits = String(time)
    let text = String(repeating: "0", count: 6 - digits.count) + digits
    return .line(LogLine(time: text, source: source, stream: .stdout, text: "\(source) \(time)"))
  }

  private func times(_ merger: LogMerger) async throws -> [String] {
    var times: [String] = []
    while let event = try await merger.nextOne() {
      if case .line(let line) = event { times.append(line.time) }
    }
    return times
  }

  @Test func `History of any length comes out in the order of time`() async throws {
    let merger = LogMerger(window: nil)
    let queues = (0..<5).map { _ in merger.addQueue() }
    merger.seal()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, queue) in queues.enumerated() {
        group.addTask {
          // Far more than a queue holds: the producer has to wait for the consumer.
          for time in stride(from: index, to: 20_000, by: 5) { await merger.push([self.line(time, "s\(index)")], to: queue) }
          merger.end(queue)
        }
      }
      let seen = try await times(merger)
      #expect(seen.count == 20_000)
      #expect(seen == seen.sorted())
      try await group.waitForAll()
    }
  }

  @Test func `A silent container holds the others back no longer than the window`() async throws {
    let merger = LogMerger(window: .milliseconds(20))
    let talking = merger.addQueue()
    _ = merger.addQueue()
    merger.seal()
    await merger.push([line(1, "a")], to: talking)
    guard case .line(let first)? = try await merger.nextOne() else {
      Issue.record("no line came")
      return
    }
    #expect(first.source == "a")
  }

  @Test(.timeLimit(.minutes(1))) func `A flood beside a silent container waits for the window once, not for each line`()
    async throws
  {
    let merger = LogMerger(window: .milliseconds(400))
    let talking = merger.addQueue()
    _ = merger.addQueue()
    merger.seal()
    await merger.push((1...400).map { line($0, "a") }, to: talking)
    for number in 1...400 { #expect(try await merger.nextOne() == line(number, "a")) }
  }

  @Test func `What is known is given out at once, up to what may still come before it`() async throws {
    let merger = LogMerger(window: nil)
    let (a, b) = (merger.addQueue(), merger.addQueue())
    merger.seal()
    await merger.push([1, 2, 4, 5].map { line($0, "a") }, to: a)
    await merger.push([line(3, "b")], to: b)
    // After the third, the second container may still have an earlier one than the fourth.
    #expect(try await merger.next() == [line(1, "a"), line(2, "a"), line(3, "b")])
    merger.end(b)
    #expect(try await merger.next(atMost: 1) == [line(4, "a")])
    merger.end(a)
    #expect(try await merger.next() == [line(5, "a")])
    #expect(try await merger.next() == nil)
  }

  @Test func `Lines that arrive within the window are put in order`() async throws {
    let merger = LogMerger(window: .milliseconds(50))
    let (a, b) = (merger.addQueue(), merger.addQueue())
    merger.seal()
    await merger.push([line(2, "a")], to: a)
    await merger.push([line(1, "b")], to: b)
    merger.end(a)
    merger.end(b)
    #expect(try await times(merger) == ["000001", "000002"])
  }

  @Test func `A producer that waits is let go when nobody reads any more`() async throws {
    let merger = LogMerger(window: nil)
    let queue = merger.addQueue()
    let producer = Task {
      for time in 0..<10_000 where await !merger.push([self.line(time, "a")], to: queue) { return true }
      return false
    }
    _ = try await merger.nextOne()
    merger.abandon()
    #expect(await producer.value)
  }

  @Test func `A consumer that waits ends when its task is cancelled`() async throws {
    let merger = LogMerger(window: nil)
    _ = merger.addQueue()
    let consumer = Task { try await merger.nextOne() }
    consumer.cancel()
    await #expect(throws: CancellationError.self) { _ = try await consumer.value }
  }

  private func part(_ time: Int, _ text: String, isPartial: Bool = false) -> LogEvent {
    .line(LogLine(time: "00000\(time)", source: "s", stream: .stdout, text: text, isPartial: isPartial))
  }

  @Test(arguments: [nil, .milliseconds(1)] as [Duration?])
  func `Nothing comes between the parts of a line`(window: Duration?) async throws {
    let merger = LogMerger(window: window)
    let (a, b) = (merger.addQueue(), merger.addQueue())
    merger.seal()
    await merger.push([part(2, "other")], to: a)
    await merger.push([part(1, "first half, ", isPartial: true)], to: b)
    merger.end(a)
    #expect(try await merger.nextOne() == part(1, "first half, ", isPartial: true))
    let consumer = Task { try await merger.nextOne() }
    await merger.push([part(1, "second half")], to: b)
    merger.end(b)
    #expect(try await consumer.value == part(1, "second half"))
    #expect(try await merger.nextOne() == part(2, "other"))
    #expect(try await merger.nextOne() == nil)
  }

  @Test func `A line whose next part does not come holds the others back no longer than a moment`() async throws {
    let merger = LogMerger(window: .milliseconds(1))
    let (a, b) = (merger.addQueue(), merger.addQueue())
    await merger.push([part(2, "other")], to: a)
    await merger.push([part(1, "first half, ", isPartial: true)], to: b)
    _ = try await merger.nextOne()
    #expect(try await merger.nextOne() == part(2, "other"))
  }

  @Test func `A producer waits when its lines are long, however few they are`() async throws {
    let merger = LogMerger(window: nil)
    let queue = merger.addQueue()
    let text = String(repeating: "x", count: 32 << 10)
    let pushed = Mutex(0)
    let producer = Task {
      for time in 0..<400 {
        guard
          await merger.push([.line(LogLine(time: String(100_000 + time), source: "a", stream: .stdout, text: text))], to: queue)
        else { return }
        pushed.withLock { $0 += 1 }
      }
      merger.end(queue)
    }
    merger.seal()
    var taken = 0
    while try await merger.nextOne() != nil {
      taken += 1
      let ahead = pushed.withLock { $0 } - taken
      #expect(ahead <= LogMerger.queueLimitBytes / text.utf8.count)
    }
    #expect(taken == 400)
    await producer.value
  }

  @Test func `A producer that gives up ends the merge with its error, after what waits`() async throws {
    struct Broken: Error {}
    let merger = LogMerger(window: .milliseconds(50))
    let queue = merger.addQueue()
    _ = merger.addQueue()
    await merger.push([line(1, "a")], to: queue)
    merger.fail(Broken())
    #expect(try await merger.nextOne() == line(1, "a"))
    await #expect(throws: Broken.self) { _ = try await merger.nextOne() }
  }
}

extension LogMerger {
  fileprivate func nextOne() async throws -> LogEvent? { try await next(atMost: 1)?.first }
}
