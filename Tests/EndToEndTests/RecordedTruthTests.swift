import Foundation
import SlipwayTesting
import Testing

/// What a revision says is what runs with it.
@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized)
struct RecordedTruthTests {
  /// Two services that only differ by the variable V.
  private static let pair = """
    x-sleeper: &sleeper
      image: slipway/base:1
      command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
      environment: {V: "${V}"}
    services:
      web: *sleeper
      db: *sleeper
    """

  private func value(_ name: String, _ service: String, _ slipway: BuiltSlipway) async throws -> String {
    try await slipway.shell("$SLIPWAY exec -p $P -T \(service) sh -c 'echo $\(name)'").output
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test func `A deploy of one service records the others as they run`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.pair)
    let deploys = try await slipway.shell(
      "V=1 $SLIPWAY deploy -p $P && V=2 $SLIPWAY deploy -p $P web && V=3 $SLIPWAY deploy -p $P web && $SLIPWAY rollback -p $P")
    #expect(deploys.code == 0, "\(deploys.errors)")
    #expect(try await value("V", "web", slipway) == "2")
    #expect(try await value("V", "db", slipway) == "1")
    let difference = try await slipway.run("diff", "1", "2", "-p", slipway.project).output
    #expect(difference.contains("web") && !difference.contains("db"), "\(difference)")
    try await slipway.remove()
  }

  @Test func `A rollback after a failure that was left goes back to the last good revision`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.pair)
    #expect(try await slipway.shell("V=A $SLIPWAY deploy -p $P && V=B $SLIPWAY deploy -p $P").code == 0)
    try slipway.write(Self.pair.replacingOccurrences(of: "sleep 600 & wait", with: "exit 3"))
    #expect(try await slipway.shell("V=C $SLIPWAY deploy --no-rollback -p $P").code == 1)
    let back = try await slipway.run("rollback", "-p", slipway.project)
    #expect(back.code == 0, "\(back.errors)")
    #expect(try await value("V", "web", slipway) == "B")
    try await slipway.remove()
  }

  @Test func `What did not run before a failed deploy is not said to run again`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.pair)
    #expect(try await slipway.shell("V=A $SLIPWAY deploy -p $P && $SLIPWAY rm -sf -p $P db").code == 0)
    try slipway.write(Self.pair.replacingOccurrences(of: "sleep 600 & wait", with: "exit 3"))
    let failed = try await slipway.shell("V=B $SLIPWAY deploy -p $P web")
    #expect(failed.code == 1)
    #expect(failed.errors.contains("db did not run before"), "\(failed.errors)")
    try await slipway.remove()
  }

  @Test func `A changed config content is deployed, and only told by up`() async throws {
    func compose(_ text: String) -> String {
      """
      services:
        web:
          image: slipway/base:1
          command: [sleep, "600"]
          init: true
          configs: [app]
      configs:
        app: {content: "\(text)"}
      """
    }
    let slipway = try BuiltSlipway()
    try slipway.write(compose("one"))
    #expect(try await slipway.run("deploy", "-p", slipway.project).code == 0)
    #expect(try await slipway.run("plan", "-p", slipway.project).code == 0)
    try slipway.write(compose("two"))
    let up = try await slipway.run("up", "-d", "-p", slipway.project)
    #expect(up.code == 0 && up.errors.contains("keep the old ones"), "\(up.errors)")
    #expect(try await slipway.shell("$SLIPWAY exec -p $P -T web cat /app").output == "one")
    let plan = try await slipway.run("plan", "-p", slipway.project)
    #expect(plan.code == 2 && plan.output.contains("the content of its configs or secrets changed"), "\(plan.output)")
    #expect(try await slipway.run("deploy", "-p", slipway.project).code == 0)
    #expect(try await slipway.shell("$SLIPWAY exec -p $P -T web cat /app").output == "two")
    #expect(try await slipway.run("rollback", "1", "-p", slipway.project).code == 0)
    #expect(try await slipway.shell("$SLIPWAY exec -p $P -T web cat /app").output == "one")
    try await slipway.remove()
  }

  @Test func `A deploy that another one overtook before the lock plans anew`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.pair)
    #expect(try await slipway.shell("V=1 $SLIPWAY deploy -p $P").code == 0)
    let overtaken = try await FaultProxy.withTestEngine { proxy in
      proxy.hold("/images/json") {
        let other = try? await slipway.shell("V=2 $SLIPWAY deploy -p $P")
        if other?.code != 0 { Issue.record("\(other?.errors ?? "")") }
      }
      try "V=1\n".write(to: slipway.folder.appendingPathComponent(".env"), atomically: true, encoding: .utf8)
      return try await slipway.run("-H", proxy.address, "deploy", "-p", slipway.project, "-m", "overtaken")
    }
    #expect(overtaken.code == 0, "\(overtaken.errors)")
    #expect(try await value("V", "web", slipway) == "1")
    try await slipway.remove()
  }

  @Test func `Secret values are in no plan, difference or failure`() async throws {
    let compose = """
      services:
        web:
          image: slipway/base:1
          command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
          labels: {login: "admin:${DB_PASSWORD}"}
          post_start:
            - command: [sh, -c, "test ${DB_PASSWORD} = hunter2one"]
      """
    let slipway = try BuiltSlipway()
    try slipway.write(compose)
    #expect(try await slipway.shell("DB_PASSWORD=hunter2one $SLIPWAY deploy -p $P").code == 0)
    let plan = try await slipway.shell("DB_PASSWORD=hunter2two $SLIPWAY plan -p $P")
    #expect(plan.output.contains("labels.login") && !plan.output.contains("hunter2"), "\(plan.output)")
    let failed = try await slipway.shell("DB_PASSWORD=hunter2two $SLIPWAY deploy -p $P")
    #expect(failed.code == 1 && failed.errors.contains("post_start[0] ended with 1"), "\(failed.errors)")
    #expect(!failed.errors.contains("hunter2") && !failed.output.contains("hunter2"))
    let found = try await slipway.shell("grep -rl hunter2 $SLIPWAY_DATA")
    #expect(found.output.isEmpty, "\(found.output)")
    try await slipway.remove()
  }
}
