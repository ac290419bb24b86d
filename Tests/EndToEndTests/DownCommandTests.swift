import Foundation
import SlipwayTesting
import Testing

/// `down` takes what is the stack's own, and nothing else.
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
  private static let engine = "curl -s --unix-socket ${DOCKER_HOST#unix://}"

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
    #expect(try await slipway.shell("\(Self.engine) http://e/volumes/${P}_data").output.contains("no such volume"))
    try await slipway.remove()
  }

  @Test func `A network that something else uses is said to stay`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.compose)
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    let guest = try await slipway.shell(
      """
      \(Self.engine) -H 'Content-Type: application/json' -d '{"Image":"slipway/base:1","Cmd":["sleep","600"],"HostConfig":{"NetworkMode":"'$P'_default"}}' \
        "http://e/containers/create?name=$P-guest" && \(Self.engine) -X POST http://e/containers/$P-guest/start
      """)
    #expect(guest.code == 0)
    let down = try await slipway.run("down", "-v", "-p", slipway.project)
    #expect(down.code == 0 && down.errors.contains("_default  Stays"), "\(down.errors)")
    #expect(!down.errors.contains("_default  Removed"), "\(down.errors)")
    _ = try await slipway.shell("\(Self.engine) -X DELETE http://e/containers/$P-guest?force=1")
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

  @Test func `The exit code comes through without logs`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      services:
        web:
          image: slipway/base:1
          command: ["/bin/sh", "-c", "sleep 1; exit 3"]
          logging: {driver: none}
      """)
    let up = try await slipway.run("up", "--exit-code-from", "web", "-p", slipway.project)
    #expect(up.code == 3 && up.errors.contains("cannot be read"), "\(up.errors)")
    try await slipway.remove()
  }
}
