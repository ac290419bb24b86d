import Foundation
import SlipwayTesting
import Testing

/// `down` takes what is the stack's own and nothing else, and what is said of a stack that is down.
@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized)
struct DownCommandTests {
  private static let compose = """
    services:
      web:
        image: slipway/base:1
        command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
        volumes: ["data:/d"]
    volumes: {data: {}}
    """
  private static let sleeper = #"image: slipway/base:1, command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]"#

  @Test func `A file that cannot be read is an error, not a reason to go by labels`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.compose)
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    try slipway.write(Self.compose + "\nbroken: [\n")
    let refused = try await slipway.run("down", "-v", "-p", slipway.project)
    #expect(refused.code == 1 && refused.errors.contains("compose.yaml:"), "\(refused.errors)")
    #expect(try await slipway.run("ps", "-q", "-p", slipway.project).output.count > 12)
    try FileManager.default.removeItem(at: slipway.folder.appendingPathComponent("compose.yaml"))
    let byLabel = try await slipway.run("down", "-v", "-p", slipway.project)
    #expect(byLabel.code == 0, "\(byLabel.errors)")
    #expect(try await slipway.shell("$ENGINE http://e/volumes/${P}_data").output.contains("no such volume"))
    try await slipway.remove()
  }

  @Test func `A network that something else uses is said to stay`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.compose)
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    let guest = try await slipway.shell(
      """
      $ENGINE -H 'Content-Type: application/json' -d '{"Image":"slipway/base:1","Cmd":["sleep","600"],"HostConfig":{"NetworkMode":"'$P'_default"}}' \
        "http://e/containers/create?name=$P-guest" && $ENGINE -X POST http://e/containers/$P-guest/start
      """)
    #expect(guest.code == 0)
    let down = try await slipway.run("down", "-v", "-p", slipway.project)
    #expect(down.code == 0 && down.errors.contains("_default  Stays"), "\(down.errors)")
    #expect(!down.errors.contains("_default  Removed"), "\(down.errors)")
    _ = try await slipway.shell("$ENGINE -X DELETE http://e/containers/$P-guest?force=1")
    try await slipway.remove()
  }

  @Test func `A deploy that ended while down looked is taken down too`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.compose)
    #expect(try await slipway.run("deploy", "-p", slipway.project).code == 0)
    let down = try await FaultProxy.withTestEngine { proxy in
      proxy.hold("/volumes") {
        let other = try? await slipway.shell("$SLIPWAY deploy -p $P --scale web=2")
        if other?.code != 0 { Issue.record("\(other?.errors ?? "")") }
      }
      return try await slipway.run("-H", proxy.address, "down", "-p", slipway.project)
    }
    #expect(down.code == 0, "\(down.errors)")
    #expect(try await slipway.run("ps", "-aq", "-p", slipway.project).output.isEmpty)
    try await slipway.remove()
  }

  @Test func `A down that was killed is told as half done`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.compose.replacingOccurrences(of: "trap exit TERM; sleep 600 & wait", with: "trap '' TERM; sleep 600"))
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    let next = try await slipway.shell("$SLIPWAY down -p $P -t 20 & sleep 1; kill -9 $!; wait; $SLIPWAY down -v -t 0 -p $P")
    #expect(next.code == 0 && next.errors.contains("cut off in the middle"), "\(next.errors)")
    try await slipway.remove()
  }

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
    #expect(try await slipway.shell("$ENGINE http://e/volumes/${P}_data").output.contains("no such volume"))
    try await slipway.remove()
  }

  @Test func `A volume that something else uses is said to stay`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write("services: {web: {\(Self.sleeper), volumes: [\"data:/d\"]}}\nvolumes: {data: {}}")
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    let guest = try await slipway.shell(
      """
      $ENGINE -H 'Content-Type: application/json' \
        -d '{"Image":"slipway/base:1","Cmd":["true"],"HostConfig":{"Binds":["'$P'_data:/d"]}}' \
        "http://e/containers/create?name=$P-guest"
      """)
    #expect(guest.code == 0)
    let down = try await slipway.run("down", "-v", "-p", slipway.project)
    #expect(down.code == 0 && down.errors.contains("_data is still in use and stays"), "\(down.errors)")
    #expect(!down.errors.contains("_data  Removed"), "\(down.errors)")
    _ = try await slipway.shell("$ENGINE -X DELETE http://e/containers/$P-guest?force=1")
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
      $ENGINE -H 'Content-Type: application/json' \
        -d '{"Name":"'$P'-bank","Labels":{"com.docker.compose.project":"'$P'","com.docker.compose.volume":"bank"}}' \
        http://e/volumes/create
      """)
    #expect(made.code == 0)
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    try FileManager.default.removeItem(at: slipway.folder.appendingPathComponent("compose.yaml"))
    #expect(try await slipway.run("down", "-v", "-p", slipway.project).code == 0)
    let left = try await slipway.shell("$ENGINE http://e/volumes").output
    #expect(left.contains("\(slipway.project)-bank") && !left.contains("\(slipway.project)_data"))
    _ = try await slipway.shell("$ENGINE -X DELETE http://e/volumes/$P-bank")
    try await slipway.remove()
  }
}
