import Foundation
import Testing

/// What ran before is brought back also when its containers are gone: by its snapshot.
@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized)
struct RestoredRevisionTests {
  /// Is never healthy, and ends when there is a file `gone`: the deploy fails not before the test wants it.
  private static let broken = """
    services:
      web:
        image: slipway/base:1
        command: [sh, -c, "until [ -e /told/gone ]; do sleep 0.1; done; exit 1"]
        init: true
        volumes: ["./told:/told:ro"]
        healthcheck: { test: [CMD, "false"], interval: 1s, start_period: 10m }
    """

  @Test func `A failed deploy whose old container was removed by hand deploys the old revision again`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write("services:\n  web:\n    image: slipway/hello:1.0\n")
    #expect(try await slipway.run("deploy", "-p", slipway.project).code == 0)
    try slipway.write(Self.broken)
    let result = try await slipway.shell(
      """
      mkdir told
      old=$($SLIPWAY ps -q -p $P)
      $SLIPWAY deploy -p $P & deploy=$!
      until $ENGINE http://engine/containers/$old/json | grep -q -e -replaced-; do kill -0 $deploy || break; done
      $ENGINE -X DELETE "http://engine/containers/$old?force=1"
      touch told/gone
      wait $deploy
      """, seconds: 120)
    #expect(result.code == 1)
    #expect(result.errors.contains("revision 1 was deployed again, as revision 3"), "\(result.errors)")
    let now = try await slipway.run("ps", "-p", slipway.project).output
    #expect(now.contains("slipway/hello:1.0") && now.contains("Up"), "\(now)")
    try await slipway.remove()
  }
}
