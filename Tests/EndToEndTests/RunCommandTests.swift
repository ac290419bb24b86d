import Foundation
import Testing

@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(5)))
struct RunCommandTests {
  /// A stack of `db`, `web` that waits for it, and `tool` in a profile; nothing is deployed.
  private func withFiles(_ body: (BuiltSlipway) async throws -> Void) async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      services:
        db:
          image: slipway/base:1
          command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
          healthcheck: {test: ["CMD", "true"], interval: 1s}
        web:
          image: slipway/base:1
          command: ["echo", "the service's own"]
          environment: {A: one, B: two}
          ports: ["80"]
          volumes: ["data:/data", "./src:/src"]
          depends_on: {db: {condition: service_healthy}}
          restart: always
        tool: {image: "slipway/base:1", command: ["echo", "a tool"], profiles: [tools]}
        pair: {image: "slipway/base:1", network_mode: "service:db"}
      volumes: {data: {}}
      """)
    try FileManager.default.createDirectory(at: slipway.folder.appendingPathComponent("src"), withIntermediateDirectories: true)
    try Data("from here".utf8).write(to: slipway.folder.appendingPathComponent("src/file"))
    do {
      try await body(slipway)
      try await slipway.remove()
    } catch {
      // WHY try?: the first failure is the one to show.
      try? await slipway.remove()
      throw error
    }
  }

  /// Names of the project's containers, without its own.
  private func containers(_ slipway: BuiltSlipway) async throws -> [String] {
    let names = try await slipway.run("ps", "-a", "--format", "{{.Name}}", "-p", slipway.project).output
    return names.split(separator: "\n").map { String($0.dropFirst(slipway.project.count + 1)) }
  }

  @Test func `Dependencies come up first, networks and volumes are made, the exit code is the command's`() async throws {
    try await withFiles { slipway in
      let result = try await slipway.run(
        "-p", slipway.project, "run", "--rm", "-e", "A=x", "web", "sh", "-c",
        "echo $A $B; cat /src/file; echo bad >&2; touch /data/mark; exit 3")
      #expect(result.code == 3 && result.output == "x two\nfrom here", "\(result.errors)")
      #expect(result.errors.contains("bad\n") && result.errors.contains("db-1"), "\(result.errors)")
      #expect(try await containers(slipway) == ["db-1"])
      let again = try await slipway.run("-p", slipway.project, "run", "--rm", "-q", "web", "ls", "/data")
      #expect(again.code == 0 && again.output == "mark\n" && again.errors == "", "\(again.errors)")
      let revisions = try await slipway.run("revisions", "--json", "-p", slipway.project).output
      #expect(revisions.ranges(of: "\"outcome\"").count == 1, "a run of what is up is no deploy: \(revisions)")
    }
  }

  @Test func `A container is made as Docker Compose makes it, and is no replica`() async throws {
    try await withFiles { slipway in
      let p = slipway.project
      let run = try await slipway.run(
        "-p", p, "run", "-d", "--name", "\(p)-named", "-p", "127.0.0.1:0:80", "-l", "mine=1", "-v", "/tmp:/data", "-w", "/tmp",
        "-u", "1000", "--cap-add", "NET_ADMIN", "web", "sleep", "600")
      #expect(run.code == 0 && run.output.count == 65, "\(run.errors)")
      let json = try await slipway.shell("$ENGINE http://e/containers/$P-named/json").output
      let seen = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
      let config = try #require(seen["Config"] as? [String: Any])
      let host = try #require(seen["HostConfig"] as? [String: Any])
      let labels = try #require(config["Labels"] as? [String: String])
      #expect(labels["com.docker.compose.oneoff"] == "True" && labels["com.docker.compose.slug"]?.count == 64)
      #expect(labels["com.docker.compose.service"] == "web" && labels["com.docker.compose.container-number"] == nil)
      #expect(labels["com.docker.compose.depends_on"] == "db:service_healthy:false" && labels["mine"] == "1")
      #expect(labels["com.docker.compose.config-hash"]?.count == 64 && labels["slipway.op"] == nil)
      #expect(config["OpenStdin"] as? Bool == true && config["StdinOnce"] as? Bool == true && config["Tty"] as? Bool == false)
      #expect(config["User"] as? String == "1000" && config["WorkingDir"] as? String == "/tmp")
      #expect((host["RestartPolicy"] as? [String: Any])?["Name"] as? String != "always")
      #expect((host["Binds"] as? [String])?.contains("/tmp:/data:rw") == true)
      #expect((host["PortBindings"] as? [String: Any])?.keys.sorted() == ["80/tcp"])
      let networks = try #require((seen["NetworkSettings"] as? [String: Any])?["Networks"] as? [String: Any])
      let aliases = (networks["\(p)_default"] as? [String: Any])?["Aliases"] as? [String] ?? []
      #expect(aliases.contains("\(p)-named") && !aliases.contains("web"))
      // It is shown with -a only, and no replica to any other command.
      #expect(try await slipway.run("ps", "-q", "-p", p).output.split(separator: "\n").count == 1)
      #expect(try await slipway.run("exec", "-p", p, "web", "true").errors.contains("is not running"))
      let taken = try await slipway.run("-p", p, "run", "--name", "\(p)-named", "--no-deps", "web", "true")
      #expect(taken.code == 1 && taken.errors.contains("--name"), "\(taken.errors)")
    }
  }

  @Test func `What is built is built first where it is missing, and with --build always, what it depends on too`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      services:
        base: {build: {context: ., dockerfile_inline: "FROM slipway/base:1\\nCOPY mark /mark\\n"}, command: [sleep, "600"], init: true}
        web: {build: {context: ., dockerfile_inline: "FROM slipway/base:1\\nCOPY mark /mark\\n"}, depends_on: [base]}
      """)
    func mark(_ text: String) throws {
      try Data(text.utf8).write(to: slipway.folder.appendingPathComponent("mark"))
    }
    let p = slipway.project
    try mark("one")
    let first = try await slipway.run("-p", p, "run", "--rm", "web", "cat", "/mark")
    #expect(first.code == 0 && first.output == "one" && first.errors.contains("Image \(p)-web  Built"), "\(first)")
    try mark("two")
    #expect(try await slipway.run("-p", p, "run", "--rm", "web", "cat", "/mark").output == "one")
    let quiet = try await slipway.run("-p", p, "run", "--rm", "--build", "--quiet-build", "web", "cat", "/mark")
    #expect(quiet.output == "two" && quiet.errors.contains("Built") && !quiet.errors.contains("Step 1"), "\(quiet)")
    #expect(try await slipway.run("-p", p, "exec", "-T", "base", "cat", "/mark").output == "two")
    try mark("three")
    let alone = try await slipway.run("-p", p, "run", "--rm", "--build", "--no-deps", "-q", "web", "cat", "/mark")
    #expect(alone.code == 0 && alone.output == "three" && alone.errors == "", "\(alone)")
    #expect(try await slipway.run("-p", p, "exec", "-T", "base", "cat", "/mark").output == "two")
    try slipway.write("services: {web: {build: {context: ., dockerfile_inline: \"FROM slipway/base:1\\nRUN exit 4\\n\"}}}")
    let failed = try await slipway.run("-p", p, "run", "--rm", "--build", "web", "true")
    #expect(failed.code == 1 && failed.errors.contains("could not build image \(p)-web"), "\(failed)")
    _ = try await slipway.shell("for i in base web; do $ENGINE -X DELETE http://engine/images/$P-$i?force=1; done")
    try await slipway.remove()
  }

  @Test func `A terminal is refused where there is none, and given in the background`() async throws {
    try await withFiles { slipway in
      let none = try await slipway.run("-p", slipway.project, "run", "--rm", "-it", "tool")
      #expect(none.code == 1 && none.errors.contains("-t needs a terminal"), "\(none.errors)")
      let detached = try await slipway.shell(
        "$SLIPWAY -p $P run -d -t --name $P-tty tool sleep 600 && $ENGINE http://e/containers/$P-tty/json | grep -o '\"Tty\":[a-z]*'"
      )
      #expect(detached.output.hasSuffix("\"Tty\":true\n"), "\(detached)")
    }
  }

  @Test func `A service's profile is activated, its names and ports are given when asked for`() async throws {
    try await withFiles { slipway in
      let p = slipway.project
      #expect(try await slipway.run("-p", p, "run", "--rm", "tool").output == "a tool\n")
      let result = try await slipway.run(
        "-p", p, "run", "-d", "--no-deps", "--use-aliases", "--service-ports", "web", "sleep", "600")
      #expect(result.code == 0, "\(result.errors)")
      #expect(try await slipway.run("-p", p, "run", "--rm", "tool", "nslookup", "web").code == 0)
      let list = try await slipway.run("-p", p, "ps", "-a", "--format", "{{.Ports}}").output
      #expect(list.contains("->80/tcp"), "\(list)")
      #expect(!(try await containers(slipway)).contains("db-1"))
      let unknown = try await slipway.run("-p", p, "run", "cache")
      #expect(unknown.code == 1 && unknown.errors.contains("no such service"), "\(unknown.errors)")
      let bad = try await slipway.run("-p", p, "run", "-p", "x", "-v", "data::b", "tool")
      #expect(bad.code == 1 && bad.errors.contains("--publish[0]") && bad.errors.contains("--volume[0]"), "\(bad.errors)")
    }
  }

  @Test func `Standard input goes in whole, and its end ends the command's`() async throws {
    try await withFiles { slipway in
      let result = try await slipway.shell(
        """
        head -c 3000000 /dev/urandom >random
        $SLIPWAY -p $P run --rm -T tool cat <random 2>errors | cmp - random && echo same
        printf 'X=1\\nY=${X}2\\n' >vars
        Z=here $SLIPWAY -p $P run --rm --env-from-file vars -e Z --entrypoint 'sh -c' tool 'echo $X $Y $Z' 2>>errors
        """)
      #expect(result.code == 0 && result.output == "same\n1 12 here\n", "\(result.errors)")
    }
  }

  @Test func `Signals go to the command, and with --rm nothing is left`() async throws {
    try await withFiles { slipway in
      let result = try await slipway.shell(
        """
        $SLIPWAY -p $P run --rm tool sh -c 'trap "echo got it; exit 7" TERM; echo ready; while :; do sleep 0.1; done' >seen 2>&1 & pid=$!
        until grep -qs ready seen; do sleep 0.1; done
        kill -TERM $pid
        wait $pid; echo "code $?"
        grep -c 'got it' seen
        $SLIPWAY ps -a -q -p $P
        """)
      #expect(result.output == "code 7\n1\n", "\(result.output) \(result.errors)")
    }
  }

  @Test func `A command that cannot be started is told, and leaves nothing with --rm`() async throws {
    try await withFiles { slipway in
      let result = try await slipway.run("-p", slipway.project, "run", "--rm", "tool", "nonsense")
      #expect(result.code == 1 && result.errors.contains("nonsense"), "\(result.errors)")
      #expect(try await containers(slipway).isEmpty)
    }
  }

  @Test func `When the engine's stream is cut --rm still leaves nothing`() async throws {
    try await withFiles { slipway in
      let result = try await slipway.shell(
        """
        $SLIPWAY -p $P run --rm tool sleep 600 >seen 2>&1 & pid=$!
        until [ -n "$($SLIPWAY ps -a -q -p $P --status running)" ]; do sleep 0.1; done
        kill -KILL $pid; wait $pid
        $ENGINE -X POST "http://e/containers/$($SLIPWAY ps -a -q -p $P)/kill"
        until [ -z "$($SLIPWAY ps -a -q -p $P)" ]; do sleep 0.1; done
        echo gone
        """)
      #expect(result.output == "gone\n", "\(result.output) \(result.errors)")
    }
  }

  @Test func `On a terminal the command gets one of its size, and the terminal is as before afterwards`() async throws {
    try await withFiles { slipway in
      let result = try await slipway.shell(
        """
        cat >session <<'END'
        stty rows 31 cols 97
        before=$(stty -g)
        $SLIPWAY -p $P run --rm tool sh -c 'tty; until stty size 2>/dev/null | grep "31 97"; do sleep 0.1; done; exit 4'
        echo "code $?"
        [ "$(stty -g)" = "$before" ] && echo restored
        END
        script -qec 'sh session' /dev/null </dev/null
        """)
      #expect(result.output.contains("/dev/pts/") && result.output.contains("31 97"), "\(result.output)")
      #expect(result.output.contains("code 4") && result.output.contains("restored"), "\(result.output)")
    }
  }

  @Test func `A dependency that does not get healthy keeps the command from being run`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      services:
        db:
          image: slipway/base:1
          command: ["sleep", "600"]
          healthcheck: {test: ["CMD", "false"], interval: 1s, retries: 1}
        web: {image: "slipway/base:1", depends_on: {db: {condition: service_healthy}}}
      """)
    let result = try await slipway.run("-p", slipway.project, "run", "--rm", "web", "echo", "hi")
    #expect(result.code == 1 && result.output == "" && result.errors.contains("unhealthy"), "\(result.errors)")
    #expect(try await slipway.run("-p", slipway.project, "run", "--rm", "--no-deps", "web", "echo", "hi").output == "hi\n")
    try await slipway.remove()
  }
}
