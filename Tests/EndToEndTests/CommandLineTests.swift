import Foundation
import Testing

/// What a user types and reads: forms of arguments, messages, exit codes.
@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(3)))
struct CommandLineTests {
  private static let never = """
    services:
      web:
        image: slipway/base:1
        command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
        healthcheck: {test: ["CMD", "false"], interval: 1s, retries: 600}
    """

  /// Runs `body` with an empty folder, which is removed afterwards.
  private func withFolder(_ body: (BuiltSlipway) async throws -> Void) async throws {
    let slipway = try BuiltSlipway()
    do {
      try await body(slipway)
      try FileManager.default.removeItem(at: slipway.folder)
    } catch {
      // WHY try?: the first failure is the one to show.
      try? FileManager.default.removeItem(at: slipway.folder)
      throw error
    }
  }

  @Test func `Help comes also where the command passes its arguments on`() async throws {
    try await withFolder { slipway in
      for option in ["-h", "--help"] {
        let help = try await slipway.run("exec", option)
        #expect(help.code == 0 && help.output.contains("USAGE: slipway exec"))
      }
    }
  }

  @Test func `A command that is none is called so, with the one that was meant`() async throws {
    try await withFolder { slipway in
      let result = try await slipway.run("lgos")
      #expect(result.code == 1 && result.errors.contains("unknown command: \"lgos\""))
      #expect(result.errors.contains("did you mean logs?"))
    }
  }

  @Test func `A command of Docker Compose that is none here says why`() async throws {
    try await withFolder { slipway in
      for command in ["publish", "bridge", "alpha"] {
        let result = try await slipway.run(command, "x")
        #expect(result.code == 1 && result.errors.contains("\(command) is not part of Slipway: "), "\(result.errors)")
      }
    }
  }

  @Test func `No option of Docker Compose is unknown, old and hidden ones included`() async throws {
    try await BuiltSlipway.withStack { slipway in
      for (arguments, output) in [
        ("-v", nil), ("--workdir . config -q", nil), ("exec -it web echo hi", "hi\n"), ("exec -t=false -i=false db cat", ""),
        ("exec --tty --interactive=false web echo hi", "hi\n"),
        ("run --rm -T -i --labels a=b --volumes /tmp:/y db echo hi", "hi\n"),
        ("build --compress --force-rm --no-rm --parallel --pull=false web", nil),
        ("pull --parallel --no-parallel --policy missing -q", nil),
        ("rm -fa", nil), ("rm --all=true --stop=false --force=true", nil), ("down --volume --dry-run", nil),
        ("ps --all=true --quiet=false --no-trunc=false", nil),
        ("up -d=true --no-recreate=false --quiet-pull=true --dry-run", nil),
        ("export --dry-run web -o nothing", ""), ("commit --dry-run web nothing:1", ""), ("export --dry-run web", ""),
        ("create --dry-run --quiet-pull --build", nil), ("watch --help", nil), ("convert -q", ""),
      ] {
        let result = try await slipway.shell("COMPOSE_PROJECT_NAME=$P \"$SLIPWAY\" \(arguments)")
        #expect(result.code == 0, "\(arguments): \(result)")
        if let output { #expect(result.output == output, "\(arguments): \(result)") }
      }
      #expect(!FileManager.default.fileExists(atPath: slipway.folder.appendingPathComponent("nothing").path))
      for command in ["run web", "exec web true", "attach web", "wait web"] {
        for words in ["--dry-run \(command)", command.replacing(" web", with: " --dry-run web")] {
          let result = try await slipway.shell("\"$SLIPWAY\" -p $P \(words)")
          #expect(result.code == 1 && result.errors.contains("--dry-run cannot tell"), "\(words): \(result)")
        }
      }
    }
  }

  @Test func `Numbers and words that an option does not take are refused`() async throws {
    try await withFolder { slipway in
      try slipway.write("services: {web: {image: slipway/base:1}}")
      for (arguments, text) in [
        ("ps --progress foo", "--progress foo"), ("ps --ansi foo", "--ansi foo"), ("ps --format nosuch", "--format nosuch"),
        ("revisions --limit 0", "--limit 0"), ("revisions --limit -1", "--limit -1"), ("rollback -1", "-1 is not"),
        ("up -d --wait-timeout -1", "--wait-timeout -1"), ("up -d --scale web=1000000", "more than 1000"),
        ("up -d --scale web=9223372036854775807", "more than 1000"), ("plan --plan deadbeef", "the plan is not deadbeef"),
      ] {
        let result = try await slipway.shell("\"$SLIPWAY\" \(arguments)")
        #expect(result.code == 1 && result.errors.contains(text), "\(arguments): \(result)")
      }
    }
  }

  @Test func `Output that cannot be written is a failure; a reader that has gone is not told`() async throws {
    try await withFolder { slipway in
      try slipway.write("services: {web: {image: slipway/base:1}}")
      for command in ["plan", "ps", "revisions --json", "config", "version"] {
        let full = try await slipway.shell("\"$SLIPWAY\" \(command) >/dev/full")
        #expect(full.code == 1 && full.errors.contains("No space left on device"), "\(command): \(full)")
        let closed = try await slipway.shell("\"$SLIPWAY\" \(command) >&-")
        #expect(closed.code == 1 && closed.errors.contains("cannot be written"), "\(command): \(closed)")
        let gone = try await slipway.shell("(sleep 0.3; \"$SLIPWAY\" \(command); echo $? >code) | true; cat code")
        #expect(gone.output == "141\n" && !gone.errors.contains("cannot be written"), "\(command): \(gone)")
      }
    }
  }

  @Test func `With --json lists are arrays, and a failure is one object a line`() async throws {
    try await withFolder { slipway in
      try slipway.write("services: {web: {image: slipway/base:1, scale: many}, db: {imaeg: x}}")
      let failed = try await slipway.run("--json", "config")
      let lines = failed.errors.split(separator: "\n")
      #expect(failed.code == 1 && lines.count >= 2)
      for line in lines {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(object?["event"] as? String == "error" && object?["error"] is String && object?["line"] is Int)
      }
      try slipway.write("services: {web: {image: slipway/base:1}}")
      let services = try await slipway.run("config", "--services", "--json")
      #expect(try JSONSerialization.jsonObject(with: Data(services.output.utf8)) as? [String] == ["web"])
      let model = try await slipway.run("config", "--json")
      #expect(model.output == (try await slipway.run("config", "--format", "json").output))
      #expect(try await slipway.run("ps", "-q", "--json").output == "[]\n")
      let unknown = try await slipway.run("ps", "nosuch", "--json")
      #expect(unknown.code == 1)
      #expect(unknown.errors.hasPrefix("{\"event\":\"error\",\"error\":\"no such service: nosuch\""))
    }
  }

  @Test func `A data directory that cannot be one is not taken for an empty store`() async throws {
    try await withFolder { slipway in
      let open = try await slipway.shell("mkdir -m 755 open; SLIPWAY_DATA=$PWD/open \"$SLIPWAY\" -p \"$P\" revisions")
      #expect(open.code == 1 && open.errors.contains("chmod 700"))
      let device = try await slipway.shell("SLIPWAY_DATA=/dev/null \"$SLIPWAY\" -p \"$P\" revisions")
      #expect(device.code == 1 && device.errors.contains("/dev/null is not a folder"))
      let absent = try await slipway.run("-p", slipway.project, "revisions")
      #expect(absent.code == 0 && absent.errors.contains("\(slipway.data.path) does not exist yet"))
    }
  }

  @Test func `A stack without services is refused`() async throws {
    try await withFolder { slipway in
      try slipway.write("services: {}")
      for command in ["up -d", "deploy", "plan"] {
        let result = try await slipway.shell("\"$SLIPWAY\" \(command)")
        #expect(result.code == 1 && result.errors.contains("no service selected"))
      }
    }
  }

  @Test func `A stack is deployed from standard input, and comes back without it`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.never.replacing("\"false\"", with: "\"true\""))
    let deployed = try await slipway.shell(
      "mkdir in; cat compose.yaml | (cd in && \"$SLIPWAY\" -p \"$P\" -f - deploy) && rm compose.yaml && \"$SLIPWAY\" -p \"$P\" revisions 1"
    )
    #expect(deployed.code == 0, "\(deployed)")
    #expect(deployed.output.contains("  -  compose  "))
    let inside = slipway.folder.resolvingSymlinksInPath().appendingPathComponent("in").path
    #expect(deployed.output.contains("directory  \(inside)"))
    let restored = try await slipway.shell("\"$SLIPWAY\" -p \"$P\" down -t 0 && \"$SLIPWAY\" -p \"$P\" rollback 1")
    #expect(restored.code == 0, "\(restored)")
    #expect(try await slipway.run("ps", "-q", "-p", slipway.project).output.count == 65)
    try await slipway.remove()
  }

  @Test(arguments: [("TERM", 143), ("HUP", 129), ("INT", 130)])
  func `A signal takes a deploy back cleanly, and the exit code names it`(signal: String, code: Int) async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.never)
    // A program that a shell begins in the background ignores INT unless it is told otherwise.
    let result = try await slipway.shell(
      """
      "$SLIPWAY" -p "$P" deploy 2>progress & deploy=$!
      until [ -n "$("$SLIPWAY" ps -q -p "$P")" ]; do sleep 0.1; done
      kill -\(signal) $deploy; wait $deploy; echo $?
      "$SLIPWAY" ps -a -q -p "$P"
      cat progress >&2
      """)
    #expect(result.output == "\(code)\n", "\(result)")
    #expect(result.errors.contains("was cancelled") && !result.errors.contains("Error:"))
    try await slipway.remove()
  }

  @Test func `What containers write moves no cursor in the reason of a failure`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      #"services: {web: {image: "slipway/base:1", command: [/bin/sh, -c, "printf 'boom \\033[2J\\033]0;t\\007\\n'; exit 3"]}}"#)
    let failed = try await slipway.run("deploy", "-p", slipway.project)
    #expect(failed.code == 1 && failed.errors.contains(#"boom \x1B[2J\x1B]0;t\x07"#), "\(failed)")
    #expect(!failed.errors.contains("\u{1B}"))
    try await slipway.remove()
  }

  @Test func `A lock whose owner lives is kept, and one that is none is called so`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.never)
    let result = try await slipway.shell(
      """
      "$SLIPWAY" -p "$P" deploy 2>/dev/null & deploy=$!
      until [ -n "$("$SLIPWAY" ps -q -p "$P")" ]; do sleep 0.1; done
      id=$("$SLIPWAY" -p "$P" deploy 2>&1 | sed -n 's/.*--lock-id \\([0-9a-f]*\\).*/\\1/p')
      "$SLIPWAY" unlock --lock-id "$id"; echo $?
      kill -TERM $deploy; wait $deploy
      "$SLIPWAY" unlock --lock-id nosuch; echo $?
      """)
    #expect(result.output == "1\n1\n", "\(result)")
    #expect(result.errors.contains("still works on") && result.errors.contains("there is no lock \"nosuch\""))
    #expect(!result.errors.contains("slipway unlock"))
    try await slipway.remove()
  }

  @Test func `Two networks that want the same addresses are told with the way out`() async throws {
    let slipway = try BuiltSlipway()
    let pool = "{ipam: {config: [{subnet: 10.241.7.0/24}]}}"
    try slipway.write("services: {web: {image: slipway/base:1, networks: [a, b]}}\nnetworks: {a: \(pool), b: \(pool)}")
    let failed = try await slipway.run("deploy", "-p", slipway.project)
    #expect(failed.code == 1 && failed.errors.contains("Pool overlaps") && failed.errors.contains("fix: choose another subnet"))
    try await slipway.remove()
  }
}
