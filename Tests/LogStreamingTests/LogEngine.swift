import DockerEngine
import FoundationEssentials
import NIOCore
import SlipwayTesting
import Synchronization

@testable import LogStreaming

/// An engine on a real socket whose containers write what a test wants, while it wants.
final class LogEngine: Sendable {
  struct Line: Sendable {
    var nanoseconds: Int64
    var text: [UInt8]
    var stream: LogFrame.Stream = .stdout

    var time: String { EngineTimestamp(logNanoseconds: nanoseconds).description }
  }

  struct Container: Sendable {
    var lines: [Line] = []
    var status = "running"
    var exitCode = 0
    /// How often it was started.
    var starts = 1
    /// Streams that end before the container does, after so many lines; as when it is restarted.
    var cuts: [Int] = []
    /// Those ends are the loss of the connection.
    var breaks = false
    var refusal: String?
    var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    var nextWatcher = 0
    var follows = 0
    var openFollows = 0
    var reads = 0
    /// How often its state was asked for.
    var looks = 0
    /// Reads that are not followed wait from this one on, with what was there when they began; the first is 1.
    var heldFrom = Int.max

    /// One that was never started has the zero time (Engine API, ContainerInspect).
    var startedAt: String {
      let time =
        starts == 0 ? "0001-01-01T00:00:00Z" : EngineTimestamp(logNanoseconds: LogEngine.begin + Int64(starts)).description
      return "\"StartedAt\":\"\(time)\""
    }
  }

  /// The first nanosecond of the logs.
  static let begin: Int64 = 1_795_240_727_000_000_000

  let containers: Mutex<[String: Container]>
  private let linesPerChunk: Int

  init(_ containers: [String: Container] = [:], linesPerChunk: Int = 64) {
    self.containers = Mutex(containers)
    self.linesPerChunk = linesPerChunk
  }

  /// Numbered lines, `step` nanoseconds apart.
  static func lines(_ numbers: Range<Int>, step: Int64 = 1_000_000, prefix: String = "line ") -> [Line] {
    numbers.map { Line(nanoseconds: begin + Int64($0) * step, text: Array("\(prefix)\($0)".utf8)) }
  }

  func write(_ lines: [Line], to id: String) { change(id) { $0.lines += lines } }

  /// The container ends.
  func stop(_ id: String, code: Int = 0) {
    change(id) {
      $0.status = "exited"
      $0.exitCode = code
    }
  }

  func change(_ id: String, _ body: (inout Container) -> Void) {
    let watchers = containers.withLock { containers in
      body(&containers[id, default: Container()])
      return containers[id].map { Array($0.watchers.values) } ?? []
    }
    for watcher in watchers { watcher.yield() }
  }

  subscript(id: String) -> Container { containers.withLock { $0[id] ?? Container() } }

  /// Runs `body` with a hub that reads from this engine.
  func withHub<Value: Sendable>(
    clock: LogClock = .continuous, _ body: @escaping @Sendable (LogHub) async throws -> Value
  ) async throws -> Value {
    try await StubEngine.with(script: { self.answer($0) }) { stub in
      let client = EngineClient(stub.endpoint)
      let hub = LogHub(clock: clock) { _ in client }
      do {
        let value = try await body(hub)
        await hub.shutdown()
        return value
      } catch {
        await hub.shutdown()
        throw error
      }
    }
  }

  // MARK: Answers

  func answer(_ request: StubRequest) -> [StubStep] {
    if request.target.hasSuffix("/_ping") { return [.pong(apiVersion: "1.43")] }
    let parts = request.target.split(separator: "?", maxSplits: 1)
    let path = parts[0].split(separator: "/")
    guard let place = path.firstIndex(of: "containers"), place + 2 < path.count else { return [.answer(404, "{}")] }
    let id = String(path[place + 1])
    guard let container = containers.withLock({ $0[id] }) else { return [.answer(404, #"{"message":"no such container"}"#)] }
    switch path[place + 2] {
    case "json":
      containers.withLock { $0[id]?.looks += 1 }
      return [
        .answer(
          200,
          #"{"Id":"\#(id)","State":{"Status":"\#(container.status)","ExitCode":\#(container.exitCode),"# + container.startedAt
            + "}}")
      ]
    case "wait": return [.hang]
    default: break
    }
    if let refusal = container.refusal { return [.answer(501, #"{"message":"\#(refusal)"}"#)] }
    var query: [String: String] = [:]
    for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1)
      query[String(halves[0])] = halves.count > 1 ? String(halves[1]) : ""
    }
    let follows = query["follow"] == "1" || query["follow"] == "true"
    let (since, until, tail) = (
      query["since"].flatMap(Self.nanoseconds), query["until"].flatMap(Self.nanoseconds), query["tail"].flatMap(Int.init)
    )
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    return [
      .text(head),
      .written { write in
        if try await self.send(id, since, until, tail, follows: follows, write) { try await write(Array("0\r\n\r\n".utf8)) }
      },
    ] + (follows ? [.close] : [])
  }

  private static func nanoseconds(_ text: String) -> Int64? {
    let parts = text.split(separator: ".")
    guard let seconds = Int64(parts[0]) else { return nil }
    return seconds * 1_000_000_000 + (parts.count > 1 ? Int64(parts[1]) ?? 0 : 0)
  }

  /// False when the stream is to break.
  private func send(
    _ id: String, _ since: Int64?, _ until: Int64?, _ tail: Int?, follows: Bool, _ write: @Sendable ([UInt8]) async throws -> Void
  ) async throws -> Bool {
    let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let (start, end, watcher, cut, breaks, read) = containers.withLock { containers -> (Int, Int, Int, Int?, Bool, Int) in
      let count = containers[id]?.lines.count ?? 0
      let number = containers[id]?.nextWatcher ?? 0
      containers[id]?.nextWatcher += 1
      containers[id]?.watchers[number] = continuation
      var cut: Int?
      if follows {
        containers[id]?.follows += 1
        containers[id]?.openFollows += 1
        if containers[id]?.cuts.isEmpty == false { cut = containers[id]?.cuts.removeFirst() }
      } else {
        containers[id]?.reads += 1
      }
      return (
        tail.map { max(0, count - $0) } ?? 0, count, number, cut, containers[id]?.breaks ?? false, containers[id]?.reads ?? 0
      )
    }
    defer {
      containers.withLock { containers in
        containers[id]?.watchers[watcher] = nil
        if follows { containers[id]?.openFollows -= 1 }
      }
    }
    var next = start
    var sent = 0
    var events = changes.makeAsyncIterator()
    while !follows, read >= containers.withLock({ $0[id]?.heldFrom ?? .max }) {
      if await events.next() == nil { return false }
    }
    while true {
      let (lines, isRunning) = containers.withLock { containers in
        let container = containers[id]
        let last = follows ? container?.lines.count ?? 0 : end
        return (Array(container?.lines[min(next, last)..<last] ?? []), container?.status == "running")
      }
      next += lines.count
      var rest = lines.filter { since ?? .min <= $0.nanoseconds && $0.nanoseconds <= until ?? .max }[...]
      while !rest.isEmpty {
        let size = min(rest.count, linesPerChunk, cut.map { max(1, $0 - sent) } ?? .max)
        let bytes = rest.prefix(size).flatMap(Self.frames)
        rest = rest.dropFirst(size)
        sent += size
        try await write(Array((String(bytes.count, radix: 16) + "\r\n").utf8) + bytes + Array("\r\n".utf8))
        if let cut, sent >= cut { return !breaks }
      }
      if !follows || lines.isEmpty && !isRunning { return true }
      if lines.isEmpty, await events.next() == nil { return false }
    }
  }

  /// As the engine sends a line: records of 16 KiB, each behind its time.
  private static func frames(_ line: Line) -> [UInt8] {
    let text = line.text + [UInt8(ascii: "\n")]
    return stride(from: 0, to: text.count, by: 16 << 10).flatMap { start -> [UInt8] in
      let body = Array("\(line.time) ".utf8) + text[start..<min(text.count, start + 16 << 10)]
      let count = UInt32(body.count)
      return [line.stream == .stderr ? 2 : 1, 0, 0, 0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + body
    }
  }
}

/// A line as a client reads it.
struct ReadLine: Decodable, Hashable, Sendable {
  var time: String
  var source: String
  var stream: String
  var level: String
  var text: String
  var partial: Bool?
  var continued: Bool?
  var service: String?
}

extension LogLines {
  var decoded: [ReadLine] {
    get throws {
      try JSONDecoder().decode([ReadLine].self, from: Data(Array("[".utf8) + Array(json.readableBytesView) + Array("]".utf8)))
    }
  }
}

extension LogSubscription {
  /// Lines until there are `count`, or the end.
  func lines(_ count: Int) async throws -> [ReadLine] {
    var lines: [ReadLine] = []
    while lines.count < count, let delivery = try await next() {
      if case .lines(let some) = delivery {
        lines += try some.decoded
        grant(bytes: some.json.readableBytes)
      }
    }
    return lines
  }
}

func origin(_ id: String) -> LogOrigin { LogOrigin(LogSource(id: id, name: id), service: "web") }

/// A clock that stands until it is moved.
final class ManualClock: Sendable {
  private struct State {
    var now: Duration = .zero
    var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, Never>)] = [:]
    var nextID = 0
  }

  private let state = Mutex(State())

  var clock: LogClock { LogClock(now: { self.state.withLock { $0.now } }, sleep: { await self.sleep(until: $0) }) }

  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now += duration
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
  }

  private func sleep(until: Duration) async {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDue = state.withLock { state in
          guard !Task.isCancelled, until > state.now else { return true }
          state.sleepers[id] = (until, continuation)
          return false
        }
        if isDue { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.sleepers.removeValue(forKey: id)?.continuation }?.resume()
    }
  }
}

/// Waits for a state; a test's time limit ends it.
func eventually(_ isTrue: @Sendable () async -> Bool) async throws {
  while await !isTrue() {
    try await Task.sleep(for: .milliseconds(1))
  }
}

/// Counts from many tasks.
final class Counter: Sendable {
  private let number = Mutex(0)

  var value: Int { number.withLock { $0 } }
  func add() { number.withLock { $0 += 1 } }
}

/// Compares long lists; the place of the first difference is printed, where the library would look for the shortest edit.
func isSame<Element: Equatable>(_ found: [Element], _ expected: [Element]) -> Bool {
  if found == expected { return true }
  let place = zip(found, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(found.count, expected.count)
  print(
    "\(found.count) instead of \(expected.count), from \(place):", found.dropFirst(max(0, place - 1)).prefix(4), "instead of",
    expected.dropFirst(max(0, place - 1)).prefix(4))
  return false
}
