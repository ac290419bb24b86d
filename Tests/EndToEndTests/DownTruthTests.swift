import Foundation
import SlipwayTesting
import Testing

/// What is said of a stack that was taken down, and what a `down` leaves.
@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized)
struct DownTruthTests {
  private static let sleeper = #"image: slipway/base:1, command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]"#
  private static let engine = "curl -s --unix-socket ${DOCKER_HOST#unix://}"

  @Test func `A stack that is down has no revision that runs, and is told how to come back`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write("services: {web: {\(Self.sleeper)}, db: {\(Self.sleeper)}}")
    #expect(try await slipway.run("deploy", "-p", slipway.project).code == 0)
    #expect(try await slipway.run("down", "web", "-p", slipway.project).code == 0)
    #expect(try await slipway.run("revisions", "-p", slipway.project).output.contains("\n*"))
    #expect(try await slipway.run("down", "-p", slipway.project).code == 0)
    let revisions = try await slipway.run("revisions", "-p", slipway.project).output
    #expect(revisions.contains("\ndown") && !revisions.contains("*"), "\(revisions)")
    let json = try await slipway.run("revisions", "--json", "-p", slipway.project).output
    #expect(json.contains(#""current": false"#) && json.contains(#""down": true"#), "\(json)")
    let rollback = try await slipway.run("rollback", "-p", slipway.project)
    #expect(rollback.code == 1 && rollback.errors.contains("is down") && rollback.errors.contains("slipway rollback 1"))
    #expect(try await slipway.run("rollback", "1", "-p", slipway.project).code == 0)
    #expect(try await slipway.run("revisions", "-p", slipway.project).output.contains("\n*"))
    #expect(try await slipway.run("down", "-p", slipway.project).code == 0)
    try await slipway.remove()
  }

  @Test func `What another profile runs stays, with its network and its data`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      services:
        web: {\(Self.sleeper), volumes: ["data:/d"]}
        tool: {\(Self.sleeper), profiles: [x], volumes: ["data:/d"]}
      volumes: {data: {}}
      """)
    #expect(try await slipway.run("--profile", "x", "up", "-d", "-p", slipway.project).code == 0)
    let down = try await slipway.run("down", "-v", "--remove-orphans", "-p", slipway.project)
    #expect(down.code == 0 && down.errors.contains("network \(slipway.project)_default stays"), "\(down.errors)")
    #expect(down.errors.contains("volume \(slipway.project)_data stays"), "\(down.errors)")
    #expect(try await slipway.run("--profile", "x", "ps", "-p", slipway.project).output.contains("tool-1"))
    // Naming it activates its profile.
    #expect(try await slipway.run("down", "-v", "tool", "-p", slipway.project).code == 0)
    #expect(try await slipway.run("--profile", "x", "down", "-v", "-p", slipway.project).code == 0)
    #expect(try await slipway.shell("\(Self.engine) http://e/volumes/${P}_data").output.contains("no such volume"))
    try await slipway.remove()
  }

  @Test func `A volume that something else uses is said to stay`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write("services: {web: {\(Self.sleeper), volumes: [\"data:/d\"]}}\nvolumes: {data: {}}")
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    let guest = try await slipway.shell(
      """
      \(Self.engine) -H 'Content-Type: application/json' \
        -d '{"Image":"slipway/base:1","Cmd":["true"],"HostConfig":{"Binds":["'$P'_data:/d"]}}' \
        "http://e/containers/create?name=$P-guest"
      """)
    #expect(guest.code == 0)
    let down = try await slipway.run("down", "-v", "-p", slipway.project)
    #expect(down.code == 0 && down.errors.contains("_data is still in use and stays"), "\(down.errors)")
    #expect(!down.errors.contains("_data  Removed"), "\(down.errors)")
    _ = try await slipway.shell("\(Self.engine) -X DELETE http://e/containers/$P-guest?force=1")
    #expect(try await slipway.run("down", "-v", "-p", slipway.project).code == 0)
    try await slipway.remove()
  }

  @Test func `Without files an external volume of the last revision stays, whatever its labels`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      services: {web: {\(Self.sleeper), volumes: ["bank:/d", "data:/e"]}}
      volumes: {bank: {external: true, name: \(slipway.project)-bank}, data: {}}
      """)
    let made = try await slipway.shell(
      """
      \(Self.engine) -H 'Content-Type: application/json' \
        -d '{"Name":"'$P'-bank","Labels":{"com.docker.compose.project":"'$P'","com.docker.compose.volume":"bank"}}' \
        http://e/volumes/create
      """)
    #expect(made.code == 0)
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    try FileManager.default.removeItem(at: slipway.folder.appendingPathComponent("compose.yaml"))
    #expect(try await slipway.run("down", "-v", "-p", slipway.project).code == 0)
    let left = try await slipway.shell("\(Self.engine) http://e/volumes").output
    #expect(left.contains("\(slipway.project)-bank") && !left.contains("\(slipway.project)_data"))
    _ = try await slipway.shell("\(Self.engine) -X DELETE http://e/volumes/$P-bank")
    try await slipway.remove()
  }

  @Test func `A long line comes out as one`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      services:
        web: {image: slipway/base:1, command: ["/bin/sh", "-c", "head -c 500000 /dev/zero | tr '\\\\0' x; echo; echo end"]}
      """)
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    let counts = try await slipway.shell(
      "sleep 2; $SLIPWAY logs -p $P --no-log-prefix | wc -lc; $SLIPWAY logs -p $P --no-log-prefix -f | wc -lc")
    let words = counts.output.split(whereSeparator: \.isWhitespace).map(String.init)
    #expect(words.prefix(2) == ["2", "500005"], "\(counts.output) \(counts.errors)")
    #expect(try await slipway.run("down", "-p", slipway.project).code == 0)
    try await slipway.remove()
  }

  @Test(arguments: ["logs -f", "events"])
  func `An engine that goes away is called so, with a way on`(command: String) async throws {
    let slipway = try BuiltSlipway()
    let project = slipway.project
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    let ended = try await StubEngine.with { request in
      if request.target.hasSuffix("/_ping") { return [.pong()] }
      if request.target.contains("/containers/json") {
        let labels = #"{"com.docker.compose.project":"\#(project)","com.docker.compose.service":"web"}"#
        return [.answer(200, #"[{"Id":"a","Names":["/\#(project)-web-1"],"State":"running","Labels":\#(labels)}]"#)]
      }
      if request.target.contains("/containers/a/json") {
        return [.answer(200, #"{"Id":"a","State":{"Status":"running"},"Config":{}}"#)]
      }
      return [.text(head), .pause(.milliseconds(300)), .close]
    } _: { stub in
      try await slipway.shell("$SLIPWAY -H \(stub.address) \(command) -p $P")
    }
    #expect(ended.code == 1 && ended.errors.contains("went away") && ended.errors.contains("slipway doctor"), "\(ended.errors)")
  }
}
