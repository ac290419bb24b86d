import DockerEngine
import SlipwayTesting
import Testing

/// A real engine over TCP with mutual TLS: what needs more of a connection than question and answer.
@Suite(.needsTLSEngine, .serialized, .timeLimit(.minutes(3)))
struct TLSEngineTests {
  private func with(_ body: (EngineFixture) async throws -> Void) async throws {
    let connector = try TLSEngineConnector(try EngineFixture.tlsAddress(), try EngineFixture.tlsMaterial())
    try await EngineFixture.with(over: connector, body)
  }

  /// What an error says where the engine could not be reached.
  private func refusal(of address: TCPAddress, _ material: TLSMaterial) async throws -> String {
    let client = EngineClient(connector: try TLSEngineConnector(address, material))
    do {
      _ = try await client.ping()
      await client.shutdown()
      return "no error"
    } catch {
      await client.shutdown()
      return "\(error)"
    }
  }

  @Test func `Short calls share connections`() async throws {
    try await with { engine in
      #expect(try await engine.client.identity().apiVersion >= .oldest)
      let id = try await engine.createContainer("made")
      try await withThrowingTaskGroup(of: String.self) { tasks in
        for _ in 0..<100 { tasks.addTask { try await engine.client.inspectContainer(id).id } }
        for try await found in tasks { #expect(found == id) }
      }
    }
  }

  @Test func `An exec reads its input until it is closed, and answers after that`() async throws {
    try await with { engine in
      let container = try await engine.runContainer("host")
      var spec = ExecSpec()
      spec.attachesStdin = true
      spec.attachesStdout = true
      spec.command = ["/bin/sh", "-c", "wc -c"]
      let exec = try await engine.client.createExec(in: container, spec)
      let connection = try await engine.client.startExec(exec, hasTTY: false)
      let chunk = [UInt8](repeating: 65, count: 100_000)
      for _ in 0..<200 { try await connection.write(chunk) }
      try await connection.closeWrite()
      var text = ""
      for try await frame in connection.output { text += String(decoding: frame.bytes, as: UTF8.self) }
      #expect(text == "20000000\n")
    }
  }

  @Test func `An exec with a TTY is interactive`() async throws {
    try await with { engine in
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
    try await with { engine in
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

  @Test func `Followed logs come as they are written`() async throws {
    try await with { engine in
      let id = try await engine.runContainer("spam", command: ["/bin/sh", "-c", "while true; do echo line; sleep 0.05; done"])
      var options = LogOptions()
      options.follows = true
      var frames = 0
      for try await _ in try await engine.client.logs(of: id, options) {
        frames += 1
        if frames == 10 { break }
      }
      #expect(frames == 10)
    }
  }

  @Test func `Two hundred megabytes go up and come down with flat memory`() async throws {
    try await with { engine in
      let id = try await engine.runContainer("store")
      let before = try residentMegabytes()
      try await engine.client.putArchive(ZeroArchive(name: "big.bin", megabytes: 200), to: "/tmp", in: id)
      #expect(try await engine.client.statPath("/tmp/big.bin", in: id).sizeBytes == 200 << 20)
      let (_, archive) = try await engine.client.getArchive("/tmp/big.bin", from: id)
      var bytes = 0
      for try await chunk in archive { bytes += chunk.count }
      #expect(bytes > 200 << 20)
      let growth = try residentMegabytes() - before
      #expect(growth < 24, "grew by \(growth) MiB")
    }
  }

  @Test func `The engine refuses who shows no certificate, and says what is wanted`() async throws {
    var material = try EngineFixture.tlsMaterial()
    material.client = nil
    let text = try await refusal(of: try EngineFixture.tlsAddress(), material)
    #expect(text.contains("it demands a client certificate, and none was given"), "\(text)")
  }

  @Test func `Without TLS the engine's answer is told`() async throws {
    let client = EngineClient(connector: PlainTCPConnector(try EngineFixture.tlsAddress()))
    await #expect { try await client.ping() } throws: { error in "\(error)".contains("HTTP request to an HTTPS server") }
    await client.shutdown()
  }
}
