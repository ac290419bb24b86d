import DockerEngine
import SlipwayTesting
import Synchronization
import Testing

/// Limits short enough for tests that wait for them; the sizes are the real ones.
private var quick: EngineLimits {
  var limits = EngineLimits()
  limits.read = .milliseconds(400)
  return limits
}

/// A stub that answers pings, and everything else with these steps.
private func withStub<Value: Sendable>(
  _ steps: @escaping @Sendable (StubRequest) -> [StubStep], limits: EngineLimits = EngineLimits(),
  _ body: @escaping @concurrent @Sendable (StubEngine, EngineClient) async throws -> Value
) async throws -> Value {
  try await StubEngine.with(script: { $0.target == "/_ping" ? [.pong()] : steps($0) }) { stub in
    try await withEngine(stub.endpoint, limits: limits) { client in try await body(stub, client) }
  }
}

private func failure<Value>(_ body: () async throws -> Value) async -> EngineError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? EngineError
  }
}

/// Whether a state is reached within 20 s.
private func eventually(_ state: () -> Bool) async -> Bool {
  let end = ContinuousClock.now.advanced(by: .seconds(20))
  while !state() {
    if ContinuousClock.now > end { return false }
    await Task.yield()
  }
  return true
}

@Suite(.timeLimit(.minutes(1))) struct StubEngineTests {
  @Test func `The version is asked once and used by all calls, over one connection`() async throws {
    try await withStub({ _ in [.answer(200, "[]")] }) { stub, client in
      for _ in 0..<3 { _ = try await client.listContainers(all: true) }
      #expect(stub.requests.map(\.target) == ["/_ping"] + Array(repeating: "/v1.41/containers/json?all=1", count: 3))
      #expect(stub.connectionCount == 1)
    }
  }

  @Test(arguments: [("1.51", "1.51"), ("1.47", "1.47"), ("1.99", "1.51")])
  func `The version spoken is the smaller of both sides' newest`(served: String, spoken: String) async throws {
    try await StubEngine.with(script: { $0.target == "/_ping" ? [.pong(apiVersion: served)] : [.answer(200, "[]")] }) { stub in
      try await withEngine(stub.endpoint) { client in
        _ = try await client.listNetworks()
        #expect(stub.requests.last?.target == "/v\(spoken)/networks")
      }
    }
  }

  @Test func `An engine that is too old is refused with what is needed`() async throws {
    try await StubEngine.with(script: { _ in [.pong(apiVersion: "1.40")] }) { stub in
      try await withEngine(stub.endpoint) { client in
        let error = await failure { try await client.listContainers() }
        #expect(error == .apiTooOld(endpoint: stub.endpoint.description, served: "1.40", needed: "1.41"))
      }
    }
  }

  @Test func `A server that is no engine is told apart`() async throws {
    try await StubEngine.with(script: { _ in [.answer(200, "hello")] }) { stub in
      try await withEngine(stub.endpoint) { client in
        guard case .malformedAnswer = await failure({ try await client.listContainers() }) else {
          Issue.record("expected malformedAnswer")
          return
        }
      }
    }
  }

  @Test func `Statuses become their own errors, with the engine's words`() async throws {
    let statuses = [404: "no such container", 409: "name in use", 500: "it broke", 503: "this node is not a swarm manager"]
    for (status, message) in statuses {
      try await withStub({ _ in [.answer(status, "{\"message\":\"\(message)\"}")] }) { _, client in
        let error = await failure { try await client.inspectContainer("a") }
        #expect(error?.engineMessage == message)
        switch (status, error) {
        case (404, .notFound), (409, .conflict): break
        case (let status, .api(_, let answered, _)): #expect(status == answered)
        default: Issue.record("\(status) gave \(String(describing: error))")
        }
      }
    }
  }

  @Test func `A refusal that is not JSON is shown without control characters`() async throws {
    try await withStub({ _ in [.answer(500, "<b>\u{1b}[31moops</b>", contentType: "text/html")] }) { _, client in
      let error = await failure { try await client.inspectContainer("a") }
      #expect(error?.engineMessage == "<b> [31moops</b>")
    }
  }

  @Test func `A slow answer is timed out and its connection closed`() async throws {
    try await withStub({ _ in [.hang] }, limits: quick) { stub, client in
      guard case .timedOut(let call, let limit) = await failure({ try await client.inspectContainer("a") }) else {
        Issue.record("expected timedOut")
        return
      }
      #expect(call.path == "/containers/a/json")
      #expect(limit == .milliseconds(400))
      #expect(await eventually { stub.connectionCount == 0 })
    }
  }

  @Test func `An answer that drips is timed out as a whole`() async throws {
    let drip: [StubStep] =
      [.text("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")]
      + (0..<100).flatMap { _ -> [StubStep] in
        [.pause(.milliseconds(50)), .text(" ")]
      }
    try await withStub({ _ in drip }, limits: quick) { _, client in
      guard case .timedOut = await failure({ try await client.inspectContainer("a") }) else {
        Issue.record("expected timedOut")
        return
      }
    }
  }

  @Test func `A read whose connection ends before its answer is tried three times, a write once`() async throws {
    try await withStub({ _ in [.close] }) { stub, client in
      guard case .connectionLost = await failure({ try await client.inspectContainer("a") }) else {
        Issue.record("expected connectionLost")
        return
      }
      #expect(stub.requests.count == 1 + 3)
      guard case .connectionLost = await failure({ try await client.startContainer("a") }) else {
        Issue.record("expected connectionLost")
        return
      }
      #expect(stub.requests.count == 1 + 3 + 1)
    }
  }

  @Test func `A read is well after a lost connection`() async throws {
    try await withStub({ $0.number == 2 ? [.close] : [.answer(200, "[]")] }) { stub, client in
      _ = try await client.listNetworks()
      #expect(stub.requests.count == 3)
    }
  }

  @Test func `An answer that ends early is malformed and not asked for again`() async throws {
    try await withStub({ _ in [.text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{"), .close] }) { stub, client in
      guard case .malformedAnswer = await failure({ try await client.listContainers() }) else {
        Issue.record("expected malformedAnswer")
        return
      }
      #expect(stub.requests.count == 2)
    }
  }

  @Test func `Cancelling a call closes its connection`() async throws {
    try await withStub({ _ in [.hang] }) { stub, client in
      let error = await withTaskGroup(of: EngineError?.self) { group in
        group.addTask { await failure { try await client.inspectContainer("a") } }
        _ = await eventually { stub.requests.count == 2 }
        group.cancelAll()
        return await group.next() ?? nil
      }
      guard case .cancelled = error else {
        Issue.record("expected cancelled, got \(String(describing: error))")
        return
      }
      #expect(await eventually { stub.connectionCount == 0 })
    }
  }

  @Test func `No more than 32 calls are on the wire at once and the others wait`() async throws {
    try await withStub({ _ in [.pause(.milliseconds(20)), .answer(200, "[]")] }) { stub, client in
      let most = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<100 {
          group.addTask {
            _ = try await client.listContainers()
            return stub.connectionCount
          }
        }
        return try await group.reduce(0) { max($0, $1) }
      }
      #expect(most <= 33)
      #expect(stub.requests.count == 101)
    }
  }

  @Test func `A hijack that the engine does not switch to is unsupported`() async throws {
    try await withStub({ _ in [.text("HTTP/1.1 200 OK\r\n\r\n")] }) { _, client in
      guard case .unsupported = await failure({ try await client.startExec("e", hasTTY: true) }) else {
        Issue.record("expected unsupported")
        return
      }
    }
  }

  @Test func `Bytes that come with the switch are not lost`() async throws {
    let steps: [StubStep] = [
      .text("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly"), .pause(.milliseconds(20)),
      .text(" late"),
      .close,
    ]
    try await withStub({ _ in steps }) { _, client in
      let connection = try await client.startExec("e", hasTTY: true)
      var text = ""
      for try await frame in connection.output { text += String(decoding: frame.bytes, as: UTF8.self) }
      #expect(text == "early late")
    }
  }

  @Test func `A failure in a pull's progress is thrown after what came before it`() async throws {
    let body =
      "{\"status\":\"Pulling\",\"id\":\"a\",\"progressDetail\":{\"current\":1,\"total\":2}}\r\n{\"error\":\"manifest unknown\"}\r\n"
    try await withStub({ _ in [.answer(200, body)] }) { stub, client in
      var seen: [ProgressEvent] = []
      do {
        for try await event in try await client.pullImage("r.io/a:1") { seen.append(event) }
        Issue.record("expected an error")
      } catch EngineError.failedInStream(let call, let message) {
        #expect(message == "manifest unknown")
        #expect(call.description.hasPrefix("POST /images/create (r.io/a:1) at unix://"))
      }
      #expect(seen.map(\.detail.totalBytes) == [2])
      #expect(stub.requests.last?.target == "/v1.41/images/create?fromImage=r.io%2Fa&tag=1")
    }
  }

  @Test func `A build sends its context and options, and gives what the engine prints`() async throws {
    let body =
      "{\"stream\":\"Step 1/1 : FROM a\\n\"}\r\n{\"aux\":{\"ID\":\"sha256:1\"}}\r\n{\"errorDetail\":{\"message\":\"no\"},\"error\":\"no\"}\r\n"
    try await withStub({ _ in [.answer(200, body)] }) { stub, client in
      var options = ImageBuildOptions()
      options.tags = ["a:1", "b"]
      options.dockerfile = "x/Dockerfile"
      options.skipsCache = true
      options.pullsBases = true
      options.arguments = ["A": "1 2", "B": ""]
      options.labels = ["l": "v"]
      options.target = "t"
      options.network = "host"
      options.cacheSources = ["c:1"]
      options.extraHosts = ["h:1.2.3.4", "i:::1"]
      options.shmSizeBytes = 64
      options.memoryBytes = 128
      var limit = UlimitSpec()
      limit.name = "nofile"
      limit.soft = 1
      limit.hard = 2
      options.ulimits = [limit]
      let context = AsyncStream<[UInt8]> { continuation in
        for _ in 0..<100 { continuation.yield([UInt8](repeating: 7, count: 10_000)) }
        continuation.finish()
      }
      var lines: [String] = []
      var id = ""
      do {
        let auth = RegistryAuth(username: "u", password: "p", serverAddress: "r.io")
        for try await event in try await client.buildImage(options, context: context, auths: ["r.io": auth]) {
          lines.append(event.text)
          id = event.auxiliary?.imageID ?? id
        }
        Issue.record("expected an error")
      } catch EngineError.failedInStream(_, let message) {
        #expect(message == "no")
      }
      #expect(lines == ["Step 1/1 : FROM a\n", ""] && id == "sha256:1")
      let request = try #require(stub.requests.last)
      #expect(request.body.count >= 1_000_000)
      #expect(
        request.target
          == "/v1.41/build?version=1&t=a%3A1&t=b&dockerfile=x%2FDockerfile&nocache=1&pull=1&rm=1&forcerm=1"
          + "&buildargs=%7B%22A%22%3A%221%202%22%2C%22B%22%3A%22%22%7D&labels=%7B%22l%22%3A%22v%22%7D&target=t&networkmode=host"
          + "&cachefrom=%5B%22c%3A1%22%5D&extrahosts=h%3A1.2.3.4&extrahosts=i%3A%3A%3A1&shmsize=64"
          + "&ulimits=%5B%7B%22Hard%22%3A2%2C%22Name%22%3A%22nofile%22%2C%22Soft%22%3A1%7D%5D&memory=128")
    }
  }

  @Test func `A build that is refused at once is told with the engine's words`() async throws {
    try await withStub({ _ in [.answer(400, #"{"message":"dockerfile parse error"}"#), .close] }) { _, client in
      let context = AsyncStream<[UInt8]> { continuation in
        continuation.yield([1])
        continuation.finish()
      }
      let error = await failure { try await client.buildImage(ImageBuildOptions(), context: context) }
      #expect(error?.engineMessage == "dockerfile parse error")
    }
  }

  @Test func `A log that is not followed is given up when the engine says nothing more; a followed one may be silent`()
    async throws
  {
    var limits = EngineLimits()
    limits.logSilence = .milliseconds(200)
    let steps: [StubStep] = [.text("HTTP/1.1 200 OK\r\n\r\n"), .bytes([1, 0, 0, 0, 0, 0, 0, 1, 65]), .hang]
    try await withStub({ _ in steps }, limits: limits) { _, client in
      var frames = try await client.logs(of: "a", framing: .multiplexed).makeAsyncIterator()
      #expect(try await frames.next()?.bytes == [65])
      guard case .timedOut = await failure({ try await frames.next() }) else {
        Issue.record("expected timedOut")
        return
      }
      var followed = LogOptions()
      followed.follows = true
      let lines = try await client.logs(of: "a", followed, framing: .multiplexed)
      let reading = Task {
        var frames = lines.makeAsyncIterator()
        while try await frames.next() != nil {}
      }
      try await Task.sleep(for: .seconds(1))
      reading.cancel()
      guard case .cancelled = await failure({ try await reading.value }) else {
        Issue.record("expected cancelled")
        return
      }
    }
  }

  @Test func `A slow reader slows the engine down instead of filling memory`() async throws {
    let line = Array(String(repeating: "x", count: 65_536).utf8)
    let frame = [1, 0, 0, 0, 0, 1, 0, 0] + line
    // What the client took from the engine; the memory of the process is also that of other tests.
    let taken = Atomic(0)
    let flood = StubStep.written { write in
      while true {
        try await write(frame)
        taken.add(frame.count, ordering: .relaxed)
      }
    }
    try await withStub({ _ in [.text("HTTP/1.1 200 OK\r\n\r\n"), flood] }) { _, client in
      var frames = try await client.logs(of: "a", framing: .multiplexed).makeAsyncIterator()
      _ = try await frames.next()
      try await Task.sleep(for: .milliseconds(300))
      // Without back-pressure these 300 ms would bring hundreds of megabytes.
      #expect(taken.load(ordering: .relaxed) < 32 << 20)
      #expect(try await frames.next()?.bytes.count == 65_536)
    }
  }
}

/// What a hostile engine may send (S-SSH-4): each is a typed error, soon, and costs little memory.
@Suite(.serialized, .timeLimit(.minutes(1))) struct HostileAnswerTests {
  static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

  static let answers: [(name: String, steps: [StubStep])] = [
    ("endless JSON", [.text("HTTP/1.1 200 OK\r\n\r\n{\"a\":["), .endless(Array(String(repeating: "1,", count: 30_000).utf8))]),
    ("depth 100,000", [.answer(200, String(repeating: "[", count: 100_000))]),
    ("an endless header", [.text("HTTP/1.1 200 OK\r\nX: "), .endless([UInt8](repeating: 97, count: 60_000))]),
    ("endless headers", [.text("HTTP/1.1 200 OK\r\n"), .endless(Array("X-A: b\r\n".utf8))]),
    ("a chunk of 2^64-1", [.text(chunked + "FFFFFFFFFFFFFFFF\r\n"), .endless([UInt8](repeating: 32, count: 60_000))]),
    ("a chunk size that overflows", [.text(chunked + "1FFFFFFFFFFFFFFFFFFFF\r\n"), .hang]),
    ("a length of 1 TB", [.text("HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n"), .hang]),
    (
      "two answers to one call",
      [.text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
    ),
    ("garbage", [.text("SSH-2.0-OpenSSH_9.2\r\n"), .hang]),
    ("HTTP/2", [.text("HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\n{}"), .hang]),
    ("half a JSON", [.answer(200, "{\"Id\":")]),
    ("a list in place of an object", [.answer(200, "[]")]),
    ("another type", [.answer(200, "{\"Id\":7}")]),
    ("length and chunks", [.text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), .hang]),
    ("switching unasked", [.text("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n{}"), .hang]),
  ]

  @Test(arguments: answers.map(\.name))
  func `AB-G4: a hostile answer is a typed error and costs little memory`(name: String) async throws {
    let steps = try #require(Self.answers.first { $0.name == name }).steps
    // Other tests of this process need memory too, so one quiet try of three counts.
    var growths: [Int] = []
    repeat {
      growths.append(try await attack(name, with: steps))
    } while growths.count < 3 && growths.allSatisfy { $0 >= 16 << 20 }
    #expect(growths.contains { $0 < 16 << 20 }, "grew by \(growths)")
  }

  /// Lets the engine send this in answer to one call; how many bytes the process grew by.
  private func attack(_ name: String, with steps: [StubStep]) async throws -> Int {
    try await withStub({ _ in steps }) { stub, client in
      let before = try residentBytes()
      let start = ContinuousClock.now
      let error = await failure { try await client.inspectContainer("a") }
      switch error {
      case .malformedAnswer, .tooLarge: break
      default: Issue.record("\(name) gave \(String(describing: error))")
      }
      #expect(start.duration(to: .now) < .seconds(5))
      let growth = try residentBytes() - before
      // A whole answer of the wrong content is no reason to drop the connection.
      if !["half a JSON", "a list in place of an object", "another type"].contains(name) {
        #expect(await eventually { stub.connectionCount == 0 })
      }
      return growth
    }
  }

  @Test func `AB-G4: a log frame of 4 GiB is a typed error`() async throws {
    let steps: [StubStep] = [
      .text("HTTP/1.1 200 OK\r\n\r\n"), .bytes([1, 0, 0, 0, 255, 255, 255, 255]), .endless([0, 1, 2, 3]),
    ]
    try await withStub({ _ in steps }) { _, client in
      let error = await failure {
        for try await _ in try await client.logs(of: "a", framing: .multiplexed) {}
      }
      guard case .tooLarge(_, limitBytes: 1 << 20) = error else {
        Issue.record("expected tooLarge, got \(String(describing: error))")
        return
      }
    }
  }

  @Test func `AB-G4: an endless event message is a typed error`() async throws {
    let steps: [StubStep] = [.text("HTTP/1.1 200 OK\r\n\r\n{\"a\":\""), .endless([UInt8](repeating: 97, count: 60_000))]
    try await withStub({ _ in steps }) { _, client in
      guard case .tooLarge = await failure({ for try await _ in try await client.events() {} }) else {
        Issue.record("expected tooLarge")
        return
      }
    }
  }

  @Test func `A hostile engine does not disturb another one's client`() async throws {
    try await withStub({ _ in [.text("HTTP/1.1 200 OK\r\n\r\n["), .endless([UInt8](repeating: 32, count: 60_000))] }) {
      _, hostile in
      try await withStub({ _ in [.answer(200, "[]")] }) { _, good in
        async let attacked = failure { try await hostile.inspectContainer("a") }
        for _ in 0..<20 { _ = try await good.listContainers() }
        #expect(await attacked != nil)
      }
    }
  }
}
