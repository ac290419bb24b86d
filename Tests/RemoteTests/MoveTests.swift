import DockerEngine
import Foundation
import SlipwayTesting
import Testing

/// The built `slipway` moves stacks between servers, with what is in their volumes.
@Suite(
  .needsRemotes, .enabled("set SLIPWAY_TEST_BINARY") { ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"] != nil },
  .serialized, .timeLimit(.minutes(5)))
struct MoveTests {
  private struct Stack {
    let slipway: RemoteSlipway
    let name: String
    let file: String
    let (alpha, beta): (RemoteHost, RemoteHost)

    func callAsFunction(_ arguments: String...) async throws -> FinishedProgram { try await run(arguments) }

    func run(_ arguments: [String], adding variables: [String: String] = [:]) async throws -> FinishedProgram {
      try await slipway.run(
        ["-f", file, "-p", name] + arguments, adding: ["SLIPWAY_SETTLE": "0"].merging(variables) { $1 })
    }

    /// The checksum of all that the service has written, with owners and modes.
    func data(on server: String) async throws -> String {
      let told = try await self(
        "--server", server, "exec", "-T", "db", "sh", "-c",
        "cd /data && { find . ! -name beat | sort | xargs ls -lnd; find . -type f ! -name beat | sort | xargs md5sum; } | grep -v total | awk '{$6=$7=$8=\"\"; print}' | md5sum; cat /cache/word"
      )
      #expect(told.code == 0, "\(told.errors)")
      return told.output
    }

    func volumes(on host: RemoteHost) async throws -> [String] {
      try await EngineFixture.with(engine: host.engine) { engine in
        try await engine.client.listVolumes().map(\.name).filter { $0.hasPrefix(name) }.sorted()
      }
    }

    /// Names and states of its containers, those of the copy among them.
    func containers(on host: RemoteHost) async throws -> [String: String] {
      try await EngineFixture.with(engine: host.engine) { engine in
        let own = try await engine.client.listContainers(all: true).filter {
          $0.labels["com.docker.compose.project"] == name || $0.name.hasPrefix("slipway-move-")
        }
        return Dictionary(own.map { ($0.name, $0.state.rawValue) }, uniquingKeysWith: { first, _ in first })
      }
    }

    func networks(on host: RemoteHost) async throws -> [String] {
      try await EngineFixture.with(engine: host.engine) { engine in
        try await engine.client.listNetworks().map(\.name).filter { $0.hasPrefix(name) }
      }
    }
  }

  private static let check = #"["CMD", "test", "-e", "/data/done"]"#

  /// A service that writes into a named and an anonymous volume what can be summed up, with owners, modes, links and large files.
  private static let compose = """
    services:
      db:
        image: slipway/base:1
        command:
          - /bin/sh
          - -c
          - |
            if [ ! -e /data/done ]; then
              mkdir -p /data/deep/er && head -c 3000000 /dev/urandom > /data/deep/er/large
              echo "$$RANDOM" > /data/small && ln -s deep/er/large /data/link && ln /data/small /data/hard
              chmod 600 /data/small && chown 70:71 /data/deep && chmod 2750 /data/deep && chmod 1777 /data && chown 7:8 /data
              echo word$$RANDOM > /cache/word && hostname > /data/owner && touch /data/done
            fi
            trap 'exit 0' TERM
            while :; do date > /data/beat; sleep 1 & wait $$!; done
        volumes: [data:/data, /cache]
        healthcheck: {test: \(check), interval: 1s, retries: 3}
        stop_grace_period: 5s
    volumes: {data: {}}
    """

  /// So much that a copy can be disturbed, and time to write it first.
  private static let large = compose.replacingOccurrences(of: "3000000", with: "200000000")
    .replacingOccurrences(of: "retries: 3", with: "retries: 90")

  private func with(
    _ compose: String = compose, _ body: (Stack) async throws -> Void
  ) async throws {
    try await RemoteHost.borrowing(2) { hosts in
      let slipway = try RemoteSlipway()
      let name = "move\(UInt32.random(in: 0...UInt32.max))"
      let stack = Stack(
        slipway: slipway, name: name, file: try slipway.file("compose.yaml", compose), alpha: hosts[0], beta: hosts[1])
      try await slipway.add(stack.alpha, as: "alpha")
      try await slipway.add(stack.beta, as: "beta")
      do {
        try await body(stack)
      } catch {
        await clean(stack)
        throw error
      }
      await clean(stack)
    }
  }

  private func clean(_ stack: Stack) async {
    for server in ["alpha", "beta"] {
      // WHY try?: what is left over fails no test.
      _ = try? await stack("--server", server, "down", "-v", "-t", "0", "--take-over")
    }
    try? stack.slipway.remove()
  }

  @Test func `A stack moves there and back with all its data, and leaves its volumes`() async throws {
    try await with { stack in
      #expect(try await stack("--server", "alpha", "up", "-d", "--wait").code == 0)
      let before = try await stack.data(on: "alpha")

      let dry = try await stack("move", "--to", "beta", "--dry-run")
      #expect(dry.code == 0, "\(dry.errors)")
      #expect(dry.output.contains("revision 1 moves from alpha to beta; downtime: db"))
      #expect(try await stack.containers(on: stack.beta).isEmpty)

      let there = try await stack("move", "--to", "beta")
      #expect(there.code == 0, "\(there.errors)")
      #expect(try await stack.data(on: "beta") == before)
      #expect(try await stack.containers(on: stack.alpha).isEmpty)
      #expect(try await stack.networks(on: stack.alpha).isEmpty)
      #expect(try await stack.containers(on: stack.beta) == ["\(stack.name)-db-1": "running"])
      #expect(try await stack.volumes(on: stack.alpha) == ["\(stack.name)_data"])
      let revisions = try await stack("--server", "beta", "revisions")
      #expect(revisions.output.contains("moved from alpha"), "\(revisions.output)")

      let refused = try await stack("move", "--to", "alpha")
      #expect(refused.code == 1)
      #expect(refused.errors.contains("volume \(stack.name)_data is on alpha already"), "\(refused.errors)")
      #expect(try await stack.containers(on: stack.beta) == ["\(stack.name)-db-1": "running"])

      #expect(try await stack("--server", "alpha", "down", "-v").code == 0)
      #expect(try await stack.volumes(on: stack.alpha).isEmpty)
      let back = try await stack("move", "--to", "alpha")
      #expect(back.code == 0, "\(back.errors)")
      #expect(try await stack.data(on: "alpha") == before)
      #expect(try await stack.volumes(on: stack.beta) == ["\(stack.name)_data"])
    }
  }

  @Test func `A stack that is not healthy on the target runs again on the source, and nothing is left there`() async throws {
    // Healthy only in the container that has made the data.
    let compose = Self.compose.replacingOccurrences(
      of: Self.check, with: "[\"CMD-SHELL\", \"grep -qx $$(hostname) /data/owner\"]")
    try await with(compose) { stack in
      #expect(try await stack("--server", "alpha", "up", "-d", "--wait").code == 0)
      let before = try await stack.data(on: "alpha")
      let failed = try await stack("move", "--to", "beta")
      #expect(failed.code == 1)
      #expect(failed.errors.contains("unhealthy"), "\(failed.errors)")
      #expect(failed.errors.contains("runs on alpha again, with its data as it was"), "\(failed.errors)")
      #expect(try await stack.containers(on: stack.beta).isEmpty)
      #expect(try await stack.networks(on: stack.beta).isEmpty)
      #expect(try await stack.volumes(on: stack.beta).isEmpty)
      #expect(try await stack.containers(on: stack.alpha) == ["\(stack.name)-db-1": "running"])
      #expect(try await stack.data(on: "alpha") == before)
    }
  }

  @Test(arguments: ["alpha", "beta"])
  func `A link that ends in the copy of a volume costs time and nothing else`(server: String) async throws {
    let compose = Self.large
    try await with(compose) { stack in
      #expect(try await stack("--server", "alpha", "up", "-d", "--wait").code == 0)
      let before = try await stack.data(on: "alpha")
      let binary = try #require(ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"])
      let told = stack.slipway.folder.appendingPathComponent("told")
      let script = "\(binary) -f \(stack.file) -p \(stack.name) --progress json move --to beta 2>\(told.path)"
      let environment = ["HOME": stack.slipway.home.path, "SLIPWAY_DATA": stack.slipway.data.path, "DOCKER_HOST": ""]
      async let moved = FinishedProgram.running("bash", ["-c", script], adding: environment)
      // Lines that say so, with their bytes.
      func copying() -> [Substring] {
        // WHY try?: it is not there before the program writes.
        ((try? String(contentsOf: told, encoding: .utf8)) ?? "").split(separator: "\n").filter {
          $0.contains(#""copying""#) && $0.contains("\(stack.name)_data")
        }
      }
      let host = server == "alpha" ? stack.alpha : stack.beta
      try await until("the copy has begun") { copying().contains { !$0.contains(#""currentBytes":0,"#) } }
      try await host.reset()
      let program = try await moved
      let text = try String(contentsOf: told, encoding: .utf8)
      #expect(program.code == 0, "\(text)")
      #expect(copying().count { $0.contains(#""currentBytes":0,"#) } == 2, "\(text)")
      #expect(try await stack.data(on: "beta") == before)
      #expect(try await stack.containers(on: stack.alpha).isEmpty)
    }
  }

  @Test func `A move that is killed in the copy is undone by the next commands`() async throws {
    let compose = Self.large
    try await with(compose) { stack in
      #expect(try await stack("--server", "alpha", "up", "-d", "--wait").code == 0)
      let before = try await stack.data(on: "alpha")
      let binary = try #require(ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"])
      // The shell kills the move as soon as it says that it copies.
      let script = """
        \(binary) -f \(stack.file) -p \(stack.name) --progress plain move --to beta 2>\(stack.slipway.folder.path)/told &
        for i in $(seq 600); do grep -q 'Volume.*Copying' \(stack.slipway.folder.path)/told && break; sleep 0.05; done
        sleep 0.1; kill -9 $!
        """
      _ = try await FinishedProgram.running(
        "bash", ["-c", script],
        adding: ["HOME": stack.slipway.home.path, "SLIPWAY_DATA": stack.slipway.data.path, "DOCKER_HOST": ""])
      let back = try await stack("--server", "alpha", "start")
      #expect(back.code == 0 && back.errors.contains("interrupted"), "\(back.errors)")
      #expect(try await stack.containers(on: stack.alpha) == ["\(stack.name)-db-1": "running"])
      #expect(try await stack.data(on: "alpha") == before)
      #expect(try await stack("--server", "beta", "down").code == 0)
      #expect(try await stack.containers(on: stack.beta).isEmpty)
      #expect(try await stack.volumes(on: stack.beta).isEmpty)
      let moved = try await stack("--server", "alpha", "move", "--to", "beta")
      #expect(moved.code == 0, "\(moved.errors)")
      #expect(try await stack.data(on: "beta") == before)
    }
  }

  private func until(_ what: String, _ isSo: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !isSo() {
      try #require(ContinuousClock.now < end, "\(what): not within a minute")
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
