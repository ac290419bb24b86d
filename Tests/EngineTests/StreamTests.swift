import DockerEngine
import SlipwayTesting
import Testing

@Suite(.needsEngine, .timeLimit(.minutes(2)))
struct StreamTests {
  @Test func `Logs come with their stream, by tail and whole`() async throws {
    try await EngineFixture.with { engine in
      let id = try await engine.runContainer(
        "speaks", command: ["/bin/sh", "-c", "echo one; echo two >&2; echo three"])
      _ = try await engine.client.waitContainer(id, limit: .seconds(20))
      var texts: [LogFrame.Stream: String] = [:]
      for try await frame in try await engine.client.logs(of: id) {
        texts[frame.stream, default: ""] += String(decoding: frame.bytes, as: UTF8.self)
      }
      #expect(texts == [.stdout: "one\nthree\n", .stderr: "two\n"])
      var options = LogOptions()
      options.tail = 2
      options.hasTimestamps = true
      var last = ""
      for try await frame in try await engine.client.logs(of: id, options) {
        last += String(decoding: frame.bytes, as: UTF8.self)
      }
      let lines = last.split(separator: "\n")
      #expect(lines.count == 2)
      for line in lines { #expect(EngineTimestamp(line.prefix { $0 != " " }) != nil) }
    }
  }

  @Test func `A TTY's logs are raw`() async throws {
    try await EngineFixture.with { engine in
      let id = try await engine.runContainer("tty", command: ["/bin/sh", "-c", "echo one; echo two >&2"]) { spec in
        spec.config.hasTTY = true
      }
      _ = try await engine.client.waitContainer(id, limit: .seconds(20))
      var text = ""
      for try await frame in try await engine.client.logs(of: id) { text += String(decoding: frame.bytes, as: UTF8.self) }
      #expect(text == "one\r\ntwo\r\n")
    }
  }

  @Test func `Following logs ends when the task is cancelled`() async throws {
    try await EngineFixture.with { engine in
      let id = try await engine.runContainer(
        "spam", image: "slipway/base:1", command: ["/bin/sh", "-c", "while true; do echo line; sleep 0.05; done"])
      var options = LogOptions()
      options.follows = true
      let stream = try await engine.client.logs(of: id, options)
      let result = await withTaskGroup(of: (frames: Int, error: EngineError?).self) { group in
        let started = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        group.addTask {
          var frames = 0
          do {
            for try await _ in stream {
              frames += 1
              if frames == 3 { started.continuation.yield() }
            }
            return (frames, nil)
          } catch {
            return (frames, error as? EngineError)
          }
        }
        for await _ in started.stream { break }
        group.cancelAll()
        return await group.next()
      }
      #expect(result?.frames ?? 0 >= 3)
      guard case .cancelled = result?.error else {
        Issue.record("expected cancelled, got \(String(describing: result?.error))")
        return
      }
    }
  }

  @Test func `Events tell of a container's birth, by filter`() async throws {
    try await EngineFixture.with { engine in
      let filters = EngineFilters([
        "type": ["container"], "label": ["\(EngineFixture.label)=\(engine.id)"], "event": ["create", "start"],
      ])
      let events = try await engine.client.events(filters: filters)
      let id = try await engine.runContainer("noticed")
      var actions: [String] = []
      for try await event in events {
        #expect(event.actor.id == id)
        #expect(event.timeNanoseconds > 0)
        actions.append(event.action)
        if actions.count == 2 { break }
      }
      #expect(actions == ["create", "start"])
    }
  }

  @Test func `Statistics come once and as a stream`() async throws {
    try await EngineFixture.with { engine in
      let id = try await engine.runContainer(
        "works", command: ["/bin/sh", "-c", "while true; do :; done"])
      let once = try await engine.client.statsOnce(of: id)
      #expect(once.cpu.usage.totalNanoseconds > 0)
      var samples: [ContainerStats] = []
      for try await sample in try await engine.client.stats(of: id) {
        samples.append(sample)
        if samples.count == 2 { break }
      }
      let percent = try #require(samples.last?.cpuPercent)
      #expect(percent > 10 && percent < 400)
      #expect(samples.last?.memory.usageBytes ?? 0 > 0)
      try await engine.client.killContainer(id)
    }
  }

  @Test func `An exec's output, error output and exit code arrive`() async throws {
    try await EngineFixture.with { engine in
      let container = try await engine.runContainer("host")
      var spec = ExecSpec()
      spec.attachesStdout = true
      spec.attachesStderr = true
      spec.command = ["/bin/sh", "-c", "echo out; echo err >&2; exit 5"]
      let exec = try await engine.client.createExec(in: container, spec)
      let connection = try await engine.client.startExec(exec, hasTTY: false)
      var texts: [LogFrame.Stream: String] = [:]
      for try await frame in connection.output {
        texts[frame.stream, default: ""] += String(decoding: frame.bytes, as: UTF8.self)
      }
      #expect(texts == [.stdout: "out\n", .stderr: "err\n"])
      let ended = try await engine.client.inspectExec(exec)
      #expect(!ended.isRunning)
      #expect(ended.exitCode == 5)
    }
  }

  @Test func `An exec reads its input until it is closed`() async throws {
    try await EngineFixture.with { engine in
      let container = try await engine.runContainer("host")
      var spec = ExecSpec()
      spec.attachesStdin = true
      spec.attachesStdout = true
      spec.command = ["/bin/sh", "-c", "wc -c"]
      let exec = try await engine.client.createExec(in: container, spec)
      let connection = try await engine.client.startExec(exec, hasTTY: false)
      let chunk = [UInt8](repeating: 65, count: 100_000)
      for _ in 0..<20 { try await connection.write(chunk) }
      try await connection.closeWrite()
      var text = ""
      for try await frame in connection.output { text += String(decoding: frame.bytes, as: UTF8.self) }
      #expect(text == "2000000\n")
    }
  }

  @Test func `An exec with a TTY is interactive and takes a size`() async throws {
    try await EngineFixture.with { engine in
      let container = try await engine.runContainer("host")
      var spec = ExecSpec()
      spec.attachesStdin = true
      spec.attachesStdout = true
      spec.attachesStderr = true
      spec.hasTTY = true
      spec.command = ["/bin/sh"]
      let exec = try await engine.client.createExec(in: container, spec)
      let connection = try await engine.client.startExec(exec, hasTTY: true)
      try await engine.client.resizeExec(exec, rows: 33, columns: 111)
      try await connection.write(Array("stty size; exit 4\n".utf8))
      var text = ""
      for try await frame in connection.output { text += String(decoding: frame.bytes, as: UTF8.self) }
      #expect(text.contains("33 111"))
      #expect(try await engine.client.inspectExec(exec).exitCode == 4)
    }
  }

  @Test func `An attached container's input and output are joined`() async throws {
    try await EngineFixture.with { engine in
      let id = try await engine.createContainer("attached", command: ["/bin/sh", "-c", "read line; echo got $line"]) { spec in
        spec.config.opensStdin = true
        spec.config.closesStdinOnce = true
        spec.config.attachesStdin = true
        spec.config.attachesStdout = true
      }
      var options = AttachOptions()
      options.attachesStdin = true
      let connection = try await engine.client.attach(to: id, options)
      try await engine.client.startContainer(id)
      try await connection.write(Array("hello\n".utf8))
      var text = ""
      for try await frame in connection.output { text += String(decoding: frame.bytes, as: UTF8.self) }
      #expect(text == "got hello\n")
    }
  }
}
