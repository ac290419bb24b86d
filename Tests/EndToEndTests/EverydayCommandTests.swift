import Foundation
import Testing

@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(5)))
struct EverydayCommandTests {
  private func withStack(_ yaml: String, _ body: (BuiltSlipway) async throws -> Void) async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(yaml)
    do {
      try await body(slipway)
      try await slipway.remove()
    } catch {
      // WHY try?: the first failure is the one to show.
      try? await slipway.remove()
      throw error
    }
  }

  private static let sleeper = "[\"/bin/sh\", \"-c\", \"trap 'exit 5' TERM; sleep 600 & wait\"]"

  @Test func `Port shows one binding or all`() async throws {
    try await withStack(
      "services: {web: {image: \"slipway/base:1\", command: \(Self.sleeper), ports: [\"127.0.0.1::80\", \"127.0.0.1::53/udp\"]}}"
    ) { slipway in
      let p = slipway.project
      _ = try await slipway.run("up", "-d", "-p", p)
      let one = try await slipway.run("port", "-p", p, "web", "80").output.dropLast()
      #expect(one.hasPrefix("127.0.0.1:") && Int(one.dropFirst(10)) != nil, "\(one)")
      let all = try await slipway.run("port", "-p", p, "web").output.split(separator: "\n")
      #expect(all.count == 2 && all[0].hasPrefix("53/udp -> 127.0.0.1:") && all[1] == "80/tcp -> \(one)")
      #expect(try await slipway.run("port", "-p", p, "--protocol", "udp", "web", "53").code == 0)
      let none = try await slipway.run("port", "-p", p, "web", "81")
      #expect(none.code == 1 && none.errors.contains("no port 81/tcp for container \(p)-web-1"), "\(none.errors)")
      #expect(try await slipway.run("port", "-p", p, "--index", "4", "web", "80").errors.contains("#4"))
    }
  }

  @Test func `Wait gives the code of what ended, and takes the stack down when asked to`() async throws {
    try await withStack(
      """
      services:
        a: {image: "slipway/base:1", command: \(Self.sleeper)}
        b: {image: "slipway/base:1", command: \(Self.sleeper)}
      """
    ) { slipway in
      let result = try await slipway.shell(
        """
        $SLIPWAY up -d -p $P 2>errors
        $SLIPWAY wait -p $P b >waited 2>>errors & pid=$!
        sleep 1; $SLIPWAY stop -p $P b 2>>errors
        wait $pid; echo "code $?"; sed 's/"[^"]*"/ID/' waited
        $SLIPWAY wait -p $P b >/dev/null; echo "code $?"
        $SLIPWAY wait -p $P nosuch 2>>errors; echo "code $?"
        $SLIPWAY start -p $P 2>>errors
        $SLIPWAY wait --down-project -p $P a b >/dev/null 2>>errors & pid=$!
        sleep 1; $SLIPWAY kill -p $P a 2>>errors
        wait $pid; echo "code $?"
        $SLIPWAY ps -a -q -p $P
        """)
      #expect(
        result.output == "code 5\ncontainer ID exited with status code 5\ncode 5\ncode 1\ncode 137\n",
        "\(result.output) \(result.errors)")
    }
  }

  @Test func `Attach shows what comes, passes input and signals on, and gives the exit code`() async throws {
    try await withStack(
      """
      services:
        reader: {image: "slipway/base:1", stdin_open: true, command: ["sh", "-c", "read x; echo got $$x; exit 6"]}
        trap: {image: "slipway/base:1", command: ["sh", "-c", "trap 'echo bye; exit 8' INT; while :; do echo on; sleep 0.2; done"]}
      """
    ) { slipway in
      let result = try await slipway.shell(
        """
        $SLIPWAY up -d -p $P 2>errors
        echo hello | $SLIPWAY attach -p $P reader; echo "code $?"
        $SLIPWAY attach -p $P --no-stdin trap >seen & pid=$!
        until grep -qs on seen; do sleep 0.1; done
        kill -INT $pid; wait $pid; echo "code $?"; grep -c bye seen
        $SLIPWAY start -p $P trap 2>>errors
        $SLIPWAY attach -p $P --no-stdin --sig-proxy=false trap >seen & pid=$!
        until grep -qs on seen; do sleep 0.1; done
        kill -INT $pid; wait $pid; echo "code $?"
        $SLIPWAY ps -p $P --services --status running
        """)
      #expect(result.output == "got hello\ncode 6\ncode 8\n1\ncode 130\ntrap\n", "\(result.output) \(result.errors)")
      let nothing = try await slipway.run("attach", "-p", slipway.project, "reader")
      #expect(nothing.code == 1 && nothing.errors.contains("is not running"), "\(nothing.errors)")
    }
  }

  @Test func `Stats shows each container's use, once or again and again`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let p = slipway.project
      let once = try await slipway.run("stats", "-p", p, "--no-stream").output.split(separator: "\n")
      #expect(once.count == 4 && once[0].hasPrefix("CONTAINER ID   NAME") && once[0].hasSuffix("PIDS"), "\(once)")
      #expect(once[1].contains("iB / "), "\(once)")
      let json = try await slipway.run("stats", "-p", p, "--no-stream", "--format", "json", "db").output
      let row = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: String])
      #expect(row["Name"] == "\(p)-db-1" && row["CPUPerc"]?.hasSuffix("%") == true && row["ID"]?.count == 12)
      _ = try await slipway.run("stop", "-p", p, "-t", "1", "web")
      #expect(try await slipway.run("stats", "-p", p, "--no-stream", "--format", "{{.Name}}").output == "\(p)-db-1\n")
      let processes = try await slipway.run("stats", "-p", p, "--no-stream", "-a", "--format", "{{.PIDs}}").output
      #expect(processes.split(separator: "\n").filter { $0 == "0" }.count == 2, "\(processes)")
      let live = try await slipway.shell(
        """
        $SLIPWAY stats -p $P --format '{{.Name}}' >seen & pid=$!
        until [ "$(wc -l <seen)" -ge 3 ]; do sleep 0.1; done
        kill -INT $pid; wait $pid; echo "code $?"
        """)
      #expect(live.output == "code 130\n", "\(live.errors)")
      #expect(try await slipway.run("stats", "-p", p, "--no-stream", "nosuch").errors.contains("no such service"))
    }
  }

  @Test func `Create makes containers and starts none, scale changes their number`() async throws {
    try await withStack(
      """
      services:
        a: {image: "slipway/base:1", command: \(Self.sleeper)}
        b: {image: "slipway/base:1", command: \(Self.sleeper), depends_on: [a]}
      """
    ) { slipway in
      let p = slipway.project
      #expect(try await slipway.run("create", "-p", p, "--scale", "a=2").code == 0)
      #expect(try await slipway.run("ps", "-p", p, "-a", "--format", "{{.State}}").output == "created\ncreated\ncreated\n")
      #expect(try await slipway.run("scale", "-p", p, "b=2").code == 0)
      let names = try await slipway.run("ps", "-p", p, "--format", "{{.Service}}").output
      #expect(names == "a\nb\nb\n", "\(names)")
      #expect(try await slipway.run("scale", "-p", p, "--no-deps", "b=0").code == 0)
      #expect(try await slipway.run("ps", "-p", p, "--services").output == "a\n")
      #expect(try await slipway.run("scale", "-p", p, "b").errors.contains("SERVICE=NUMBER"))
      #expect(try await slipway.run("scale", "-p", p, "x=1").code == 1)
    }
  }

  @Test func `Volumes are those of the stack, or those that services mount`() async throws {
    try await withStack(
      """
      services:
        a: {image: "slipway/base:1", command: \(Self.sleeper), volumes: ["one:/x"]}
        b: {image: "slipway/base:1", command: \(Self.sleeper), volumes: ["two:/x"]}
      volumes: {one: {}, two: {}}
      """
    ) { slipway in
      let p = slipway.project
      _ = try await slipway.run("up", "-d", "-p", p)
      #expect(
        try await slipway.run("volumes", "-p", p).output == "DRIVER    VOLUME NAME\nlocal     \(p)_one\nlocal     \(p)_two\n")
      #expect(try await slipway.run("volumes", "-q", "-p", p, "b").output == "\(p)_two\n")
      let json = try await slipway.run("volumes", "-p", p, "--format", "json", "a").output
      #expect(json.hasPrefix("{\"Availability\":\"N/A\",\"Driver\":\"local\""), "\(json)")
      #expect(try await slipway.run("volumes", "-p", p, "nosuch").code == 1)
    }
  }

  @Test func `Export writes the file system, commit makes an image of it`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let p = slipway.project
      let result = try await slipway.shell(
        """
        $SLIPWAY exec -p $P db sh -c 'echo kept >/mark'
        $SLIPWAY export -p $P -o out.tar db 2>>errors && tar xOf out.tar mark
        $SLIPWAY export -p $P db 2>>errors | tar xO mark
        $SLIPWAY -p $P commit -m why -c 'ENV X=y' -p=false db $P/image:2 2>>errors
        $ENGINE "http://e/images/$P/image:2/json" | grep -o '"X=y"'
        $ENGINE -X DELETE "http://e/images/$P/image:2" >/dev/null
        """)
      #expect(result.output == "kept\nkept\n\"X=y\"\n", "\(result.output) \(result.errors)")
      #expect(try await slipway.run("-p", p, "commit", "db", "BAD NAME").errors.contains("not the name of an image"))
      #expect(try await slipway.run("export", "-p", p, "-o", "/nosuch/x", "db").code == 1)
    }
  }

  @Test func `Ps has Docker Compose's columns, filters and formats`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let p = slipway.project
      let table = try await slipway.run("ps", "-p", p).output.split(separator: "\n")
      #expect(table[0].split(separator: " ") == ["NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS"])
      #expect(table.count == 4 && table[1].contains("\"/bin/sh -c 'trap ex…\""), "\(table)")
      _ = try await slipway.run("stop", "-p", p, "-t", "1", "web")
      #expect(try await slipway.run("ps", "-p", p, "--services").output == "db\n")
      #expect(try await slipway.run("ps", "-p", p, "--status", "exited", "--services").output == "web\n")
      #expect(try await slipway.run("ps", "-p", p, "--filter", "status=running", "-q").output.count == 65)
      #expect(try await slipway.run("ps", "-p", p, "--filter", "name=x").code == 1)
      let json = try await slipway.run("ps", "-p", p, "-a", "--format", "json").output.split(separator: "\n")
      let row = try #require(try JSONSerialization.jsonObject(with: Data(json[0].utf8)) as? [String: Any])
      #expect(json.count == 3 && row["Service"] as? String == "db" && row["Health"] as? String == "healthy")
      #expect(try await slipway.run("ps", "-p", p, "-a", "--json").output.hasPrefix("[\n"))
      try slipway.write("services: {db: {image: \"slipway/base:1\"}}\n")
      #expect(try await slipway.run("ps", "-p", p, "-a", "--orphans=false", "--services").output == "db\n")
      #expect(try await slipway.run("--parallel", "2", "--dry-run", "ps", "-p", p).code == 0)
    }
  }
}
