import DockerEngine
import Testing

@Suite struct EndpointTests {
  @Test(arguments: [
    ("unix:///run/x.sock", "/run/x.sock"), ("unix://", "/var/run/docker.sock"), ("/run/y.sock", "/run/y.sock"),
  ])
  func `A unix address gives its path`(text: String, path: String) throws {
    #expect(try EngineEndpoint(parsing: text).socketPath == path)
  }

  @Test(arguments: ["tcp://1.2.3.4:2375", "ssh://host", "unix://relative", "npipe:////./pipe/x", "", "x", "unix:///a\0b"])
  func `An address of another kind is refused with what can be used`(text: String) {
    #expect { try EngineEndpoint(parsing: text) } throws: { error in
      if case EngineError.badEndpoint = error { true } else { false }
    }
  }

  @Test func `A path longer than a socket address is refused`() {
    #expect(throws: EngineError.self) { try EngineEndpoint(parsing: "/" + String(repeating: "a", count: 107)) }
    #expect(throws: Never.self) { try EngineEndpoint(parsing: "/" + String(repeating: "a", count: 106)) }
  }

  @Test func `The option wins over the environment and the environment over the default`() throws {
    let environment = ["DOCKER_HOST": "unix:///env.sock"]
    #expect(try EngineEndpoint.chosen(host: "unix:///opt.sock", environment: environment).socketPath == "/opt.sock")
    #expect(try EngineEndpoint.chosen(host: nil, environment: environment).socketPath == "/env.sock")
    #expect(try EngineEndpoint.chosen(host: nil, environment: ["DOCKER_HOST": ""]) == .standard)
  }

  @Test func `A socket that is not there is unreachable, with a remedy`() async throws {
    let client = EngineClient(try EngineEndpoint(parsing: "/tmp/slipway-nothing-here.sock"))
    await #expect { try await client.listContainers() } throws: { error in
      guard case EngineError.unreachable(let endpoint, let reason, let hint) = error else { return false }
      return endpoint == "unix:///tmp/slipway-nothing-here.sock" && reason.contains("No such file") && hint.contains("-H")
    }
    await client.shutdown()
    await #expect { try await client.listContainers() } throws: { error in
      if case EngineError.shutDown = error { true } else { false }
    }
  }
}
