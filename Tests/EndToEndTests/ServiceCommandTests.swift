import Foundation
import Testing

@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(3)))
struct ServiceCommandTests {
  @Test func `Stop goes from the dependents down, start from the dependencies up, without the files`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let compose = slipway.folder.appendingPathComponent("compose.yaml")
      let aside = slipway.folder.appendingPathComponent("aside.yaml")
      try FileManager.default.moveItem(at: compose, to: aside)
      let stop = try await slipway.run("stop", "-p", slipway.project, "-t", "5")
      #expect(stop.code == 0, "\(stop.errors)")
      let stopped = slipway.changes(stop.errors)
      #expect(stopped.count == 3 && stopped.last == "db-1 stopped")
      #expect(try await slipway.run("stop", "-p", slipway.project).errors == "")
      let start = try await slipway.run("start", "-p", slipway.project)
      let started = slipway.changes(start.errors)
      #expect(start.code == 0 && started.count == 3 && started.first == "db-1 started", "\(start.errors)")
      try FileManager.default.moveItem(at: aside, to: compose)
    }
  }

  @Test func `Restart takes the dependents along that asked for it, unless it must not`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let all = try await slipway.run("restart", "-p", slipway.project, "-t", "1", "db")
      #expect(slipway.changes(all.errors).sorted() == ["db-1 restarted", "web-1 restarted", "web-2 restarted"])
      let one = try await slipway.run("restart", "-p", slipway.project, "-t", "1", "--no-deps", "db")
      #expect(slipway.changes(one.errors) == ["db-1 restarted"])
    }
  }

  @Test func `Pause, unpause, kill and rm change only what is in the state for it`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let p = slipway.project
      #expect(slipway.changes(try await slipway.run("pause", "-p", p, "db").errors) == ["db-1 paused"])
      #expect(try await slipway.run("pause", "-p", p, "db").errors == "")
      let start = try await slipway.run("start", "-p", p, "db")
      #expect(start.code == 1 && start.errors.contains("slipway unpause"), "\(start.errors)")
      #expect(slipway.changes(try await slipway.run("unpause", "-p", p).errors) == ["db-1 unpaused"])
      #expect(slipway.changes(try await slipway.run("kill", "-p", p, "db").errors) == ["db-1 killed"])
      let bad = try await slipway.run("kill", "-s", "NOPE", "-p", p, "web")
      #expect(bad.code == 1 && bad.errors.contains("name a signal"), "\(bad.errors)")
      let unasked = try await slipway.run("rm", "-p", p)
      #expect(unasked.code == 1 && unasked.errors.contains("fix: add -f"), "\(unasked.errors)")
      #expect(try await slipway.shell("echo n | $SLIPWAY rm -p $P").code == 0)
      let ids = try await slipway.run("ps", "-a", "-q", "-p", p).output.split(separator: "\n").count
      #expect(ids == 3)
      #expect(slipway.changes(try await slipway.shell("echo y | $SLIPWAY rm -p $P").errors) == ["db-1 removed"])
      let rest = try await slipway.run("rm", "-p", p, "-f", "-s", "-v", "--json", "web")
      #expect(rest.code == 0 && rest.output.components(separatedBy: "\"removed\"").count == 3, "\(rest.output)\(rest.errors)")
      #expect(try await slipway.run("ps", "-a", "-q", "-p", p).output == "")
      let none = try await slipway.run("start", "-p", p)
      #expect(none.code == 1 && none.errors.contains("slipway up"), "\(none.errors)")
    }
  }

  @Test func `What the files do not have is left alone, and said so`() async throws {
    try await BuiltSlipway.withStack { slipway in
      try slipway.write("services:\n  other:\n    image: slipway/base:1\n")
      let stop = try await slipway.run("stop", "-p", slipway.project)
      #expect(stop.code == 0 && stop.errors.contains("left alone"), "\(stop.errors)")
      let kill = try await slipway.run("kill", "-p", slipway.project, "--remove-orphans")
      #expect(slipway.changes(kill.errors).count == 3, "\(kill.errors)")
    }
  }

  @Test func `A service that is not there is named, with those that are`() async throws {
    try await BuiltSlipway.withStack { slipway in
      for command in ["start", "stop", "restart", "kill", "pause", "unpause", "rm"] {
        let result = try await slipway.run(command, "-p", slipway.project, "cache")
        #expect(result.code == 1 && result.errors.contains("name one of: db, web"), "\(command): \(result.errors)")
      }
    }
  }

  @Test func `While a deploy runs a stop is refused with who holds the stack`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write("services:\n  web:\n    image: slipway/hello:broken\n")
    let result = try await slipway.shell(
      """
      $SLIPWAY deploy -p $P >deploy 2>&1 &
      until [ -n "$($SLIPWAY ps -q -p $P)" ]; do :; done
      $SLIPWAY stop -p $P
      echo "code $?"
      wait
      """)
    #expect(result.output.contains("code 1"), "\(result.output)")
    #expect(result.errors.contains("is locked by \"deploy\""), "\(result.errors)")
    try await slipway.remove()
  }

  @Test func `A dry run shows the steps and changes nothing`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let p = slipway.project
      let steps = try await slipway.run("--dry-run", "-p", p, "stop").output
      #expect(steps == "1. stop container \(p)-web-1\n2. stop container \(p)-web-2\n3. stop container \(p)-db-1\n")
      #expect(try await slipway.run("ps", "-q", "-p", p).output.split(separator: "\n").count == 3)
    }
  }
}
