import Foundation
import SlipwayTesting
import Testing

/// The built `slipway` with stacks on several servers at once.
@Suite(
  .needsRemotes, .enabled("set SLIPWAY_TEST_BINARY") { ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"] != nil },
  .serialized, .timeLimit(.minutes(5)))
struct ManyServersTests {
  private struct Stack {
    let slipway: RemoteSlipway
    let name: String
    let file: String
    let hosts: [RemoteHost]

    func callAsFunction(_ arguments: String...) async throws -> FinishedProgram {
      try await slipway.run(["-f", file, "-p", name] + arguments, adding: ["SLIPWAY_SETTLE": "0"])
    }

    /// Runs a script with `$S` for the program, its file and its project, for at most a minute.
    func shell(_ script: String) async throws -> FinishedProgram {
      let binary = ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"] ?? ""
      return try await FinishedProgram.running(
        "bash",
        ["-c", "cd \(slipway.folder.path); P=\(name); S='\(binary) -f \(file) -p \(name)'; SLIPWAY=\(binary)\n" + script],
        adding: [
          "HOME": slipway.home.path, "SLIPWAY_DATA": slipway.data.path, "DOCKER_HOST": "", "SLIPWAY_SETTLE": "0",
        ])
    }
  }

  private static let compose = """
    x-slipway: {servers: [alpha, beta, gamma]}
    services:
      web:
        image: slipway/base:1
        container_name: CONTAINER
        command: ["/bin/sh", "-c", "echo hello from $$(hostname); trap 'exit 0' TERM; while :; do sleep 1 & wait $$!; done"]
    """

  /// Three servers, and a stack that its file wants on all of them.
  private func with(_ body: (Stack) async throws -> Void) async throws {
    try await RemoteHost.borrowing(3) { hosts in
      let slipway = try RemoteSlipway()
      let name = "many\(UInt32.random(in: 0...UInt32.max))"
      let file = try slipway.file("compose.yaml", Self.compose.replacingOccurrences(of: "CONTAINER", with: name))
      let stack = Stack(slipway: slipway, name: name, file: file, hosts: hosts)
      for (host, server) in zip(hosts, ["alpha", "beta", "gamma"]) { try await slipway.add(host, as: server) }
      do {
        try await body(stack)
      } catch {
        // WHY try?: the first failure is the one to show.
        _ = try? await stack("down", "-t", "0")
        throw error
      }
      #expect(try await stack("down", "-t", "0").code == 0)
      try slipway.remove()
    }
  }

  @Test func `A stack is rolled out to the servers of its file in order, and shown of all of them together`() async throws {
    try await with { stack in
      let up = try await stack("up", "-d")
      #expect(up.code == 0, "\(up.errors)")
      let notes = up.errors.split(separator: "\n").filter { $0.hasPrefix("server ") }
      #expect(notes == ["server alpha (1 of 3)", "server beta (2 of 3)", "server gamma (3 of 3)"])
      let shown = try await stack("ps")
      for server in ["alpha", "beta", "gamma"] { #expect(shown.output.contains(server), "\(shown.output)") }
      let logs = try await stack("logs")
      for server in ["alpha", "beta", "gamma"] {
        #expect(
          logs.output.split(separator: "\n").contains { $0.hasPrefix(server) && $0.contains("hello from") }, "\(logs.output)")
      }
      #expect(logs.output.split(separator: "\n").count == 3)
      let exec = try await stack("exec", "-T", "web", "true")
      #expect(exec.code == 1 && exec.errors.contains("--server"), "\(exec.errors)")
      #expect(try await stack("--server", "beta", "exec", "-T", "web", "echo", "here").output == "here\n")
      let down = try await stack("down", "-t", "0")
      let order = down.errors.split(separator: "\n").filter { $0.hasPrefix("server ") }
      #expect(order == ["server gamma (1 of 3)", "server beta (2 of 3)", "server alpha (3 of 3)"])
    }
  }

  @Test func `A rollout ends at the first failure, and says what was done and what was not touched`() async throws {
    try await with { stack in
      // Its name is taken on the second server.
      let other = try stack.slipway.file(
        "other.yaml", "services: {holder: {image: 'slipway/base:1', container_name: '\(stack.name)', command: [sleep, '600']}}")
      let taken = try await stack.slipway.run(["-f", other, "-p", "\(stack.name)x", "--server", "beta", "up", "-d"])
      #expect(taken.code == 0, "\(taken.errors)")
      let up = try await stack("up", "-d")
      #expect(up.code == 1)
      #expect(
        up.errors.contains("the rollout stops at beta; done before: alpha; not touched: gamma"), "\(up.errors)")
      for (server, count) in [("alpha", 1), ("beta", 0), ("gamma", 0)] {
        let ids = try await stack("--server", server, "ps", "-aq").output.split(separator: "\n")
        #expect(ids.count == count, "\(server)")
      }
      let down = try await stack.slipway.run(["-f", other, "-p", "\(stack.name)x", "--server", "beta", "down", "-t", "0"])
      #expect(down.code == 0, "\(down.errors)")
    }
  }

  @Test func `A dead server is named, and holds up none of the others`() async throws {
    try await with { stack in
      #expect(try await stack("--server", "alpha", "up", "-d").code == 0)
      let host = stack.hosts[0]
      // Nobody listens at the last address of the loopback network's second half.
      let dead = try await stack.slipway.run([
        "server", "add", "dead", "ssh://deploy@127.255.255.254:9", "--identity", host.keys.ed25519, "--fingerprint",
        host.fingerprints.ed25519, "--no-test",
      ])
      // Its key cannot be looked at, so that it is not stored; an address that is dead later is made by hand.
      #expect(dead.code == 1)
      let seen = try await stack.shell(
        """
        python3 - "$SLIPWAY_DATA/slipway.db" <<'END'
        from sys import argv; from sqlite3 import connect
        db = connect(argv[1])
        db.execute("UPDATE server SET host = '127.255.255.254', port = 9 WHERE name = 'gamma'")
        db.commit()
        END
        SECONDS=0
        $S ls --all-servers >listed 2>told; echo "ls $?"
        grep "$P" listed | grep -o alpha; grep -o 'gamma' told | head -1
        $SLIPWAY ps -p $P --all-servers >listed 2>told; echo "ps $?"
        grep "$P" listed | grep -o alpha; grep -o 'gamma' told | head -1
        $SLIPWAY logs -p $P --all-servers 2>told | grep -c 'hello from'; grep -o 'gamma' told | head -1
        [ $SECONDS -lt 20 ] && echo soon
        python3 - "$SLIPWAY_DATA/slipway.db" <<'END'
        from sys import argv; from sqlite3 import connect
        db = connect(argv[1])
        db.execute("UPDATE server SET host = (SELECT host FROM server WHERE name = 'alpha'), port = 22 WHERE name = 'gamma'")
        db.execute("DELETE FROM server WHERE name = 'gamma'")
        db.commit()
        END
        """)
      #expect(seen.output == "ls 1\nalpha\ngamma\nps 1\nalpha\ngamma\n1\ngamma\nsoon\n", "\(seen.output) \(seen.errors)")
      try await stack.slipway.add(stack.hosts[2], as: "gamma")
    }
  }

  @Test func `What changes on servers is told as their engines tell it`() async throws {
    try await with { stack in
      let seen = try await stack.shell(
        """
        $SLIPWAY server watch --json alpha beta >seen 2>told & watch=$!
        until [ "$(grep -c '"link":"up"' seen)" = 2 ]; do sleep 0.1; done
        $S --server beta up -d 2>/dev/null; $S --server beta stop -t 0 2>/dev/null; $S --server beta down -t 0 2>/dev/null
        until grep -q "$P.*removed" seen; do sleep 0.1; done
        kill -INT $watch; wait $watch
        grep "$P" seen | grep -o '"server":"[a-z]*"' | sort -u; grep "$P" seen | grep -o '"status":"[a-z]*"'
        """)
      let expected = ["created", "running", "exited", "removed"].map { "\"status\":\"\($0)\"\n" }.joined()
      #expect(seen.output == "\"server\":\"beta\"\n" + expected, "\(seen)")
    }
  }

  @Test func `On a terminal exec gets one on a server too, of the terminal's size`() async throws {
    try await with { stack in
      #expect(try await stack("--server", "alpha", "up", "-d").code == 0)
      let seen = try await stack.shell(
        """
        stty_size='stty cols 101 rows 31'
        script -qec "$stty_size; $S --server alpha exec web sh -c 'tty; until stty size 2>/dev/null | grep .; do :; done; exit 4'; echo code \\$?" /dev/null </dev/null
        """)
      #expect(seen.output.contains("/dev/pts/") && seen.output.contains("code 4"), "\(seen)")
      #expect(seen.output.contains("31 101"), "\(seen)")
    }
  }
}
