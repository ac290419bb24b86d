import Foundation
import Testing

/// Decision 17: the project's own files that services mount belong to a revision.
@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized)
struct MountedFilesTests {
  private static let compose = """
    services:
      web:
        image: slipway/base:1
        command: [sleep, "600"]
        init: true
        environment: { ROUND: "ROUND_NUMBER" }
        volumes:
          - ./settings.conf:/settings.conf
          - ./pages:/pages:ro
    """

  private func deployed(_ rounds: Int) async throws -> BuiltSlipway {
    let slipway = try BuiltSlipway()
    try FileManager.default.createDirectory(
      at: slipway.folder.appendingPathComponent("pages"), withIntermediateDirectories: true)
    for round in 1...rounds {
      try put("settings \(round)", "settings.conf", slipway)
      try put("page \(round)", "pages/index.html", slipway)
      try slipway.write(Self.compose.replacingOccurrences(of: "ROUND_NUMBER", with: "\(round)"))
      let result = try await slipway.run("up", "-d", "-p", slipway.project)
      #expect(result.code == 0, "\(result.errors)")
    }
    return slipway
  }

  private func put(_ text: String, _ name: String, _ slipway: BuiltSlipway) throws {
    try text.write(to: slipway.folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }

  private func text(_ name: String, _ slipway: BuiltSlipway) throws -> String {
    try String(contentsOf: slipway.folder.appendingPathComponent(name), encoding: .utf8)
  }

  @Test func `A rollback names files that differ and leaves them alone`() async throws {
    let slipway = try await deployed(2)
    let result = try await slipway.run("rollback", "1", "-p", slipway.project)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains("settings.conf") && result.errors.contains("--restore-files"))
    #expect(try text("settings.conf", slipway) == "settings 2")
    try await slipway.remove()
  }

  @Test func `A rollback with --restore-files brings files back and keeps what it replaced`() async throws {
    let slipway = try await deployed(2)
    let result = try await slipway.run("rollback", "1", "--restore-files", "-p", slipway.project)
    #expect(result.code == 0, "\(result.errors)")
    #expect(try text("settings.conf", slipway) == "settings 1")
    #expect(try text("pages/index.html", slipway) == "page 1")
    let kept = FileManager.default.enumerator(atPath: slipway.data.appendingPathComponent("replaced-files").path)
    let names = (kept?.allObjects as? [String]) ?? []
    #expect(names.contains { $0.hasSuffix("settings.conf") } && names.contains { $0.hasSuffix("index.html") })
    try await slipway.remove()
  }

  @Test func `What --restore-files brought back is seen in the container, and a failing rollback takes it back`() async throws {
    func compose(_ round: Int) -> String {
      Self.compose.replacingOccurrences(of: "ROUND_NUMBER", with: "\(round)")
        + """

              - state:/state
            healthcheck: {test: [CMD, test, "!", -e, /state/bad], interval: 500ms, retries: 2}
        volumes: {state: {}}
        """
    }
    let slipway = try BuiltSlipway()
    try FileManager.default.createDirectory(
      at: slipway.folder.appendingPathComponent("pages"), withIntermediateDirectories: true)
    for round in 1...2 {
      try put("settings \(round)", "settings.conf", slipway)
      try slipway.write(compose(round))
      #expect(try await slipway.run("deploy", "-p", slipway.project).code == 0)
    }
    #expect(try await slipway.run("rollback", "1", "--restore-files", "-p", slipway.project).code == 0)
    #expect(try await slipway.shell("$SLIPWAY exec -p $P -T web cat /settings.conf").output == "settings 1")
    try put("settings 3", "settings.conf", slipway)
    #expect(try await slipway.shell("$SLIPWAY exec -p $P -T web touch /state/bad").code == 0)
    let failed = try await slipway.run("rollback", "2", "--restore-files", "-p", slipway.project)
    #expect(failed.code == 1, "\(failed.errors)")
    #expect(try text("settings.conf", slipway) == "settings 3")
    try await slipway.remove()
  }

  @Test func `A rollback writes files again that are gone, and a dry run does not`() async throws {
    let slipway = try await deployed(2)
    for name in ["settings.conf", "pages", "compose.yaml"] {
      try FileManager.default.removeItem(at: slipway.folder.appendingPathComponent(name))
    }
    #expect(try await slipway.run("rollback", "1", "--dry-run", "-p", slipway.project).code == 0)
    #expect(throws: (any Error).self) { try text("settings.conf", slipway) }
    let result = try await slipway.run("rollback", "1", "-p", slipway.project)
    #expect(result.code == 0, "\(result.errors)")
    #expect(try text("settings.conf", slipway) == "settings 1")
    #expect(try text("pages/index.html", slipway) == "page 1")
    try await slipway.remove()
  }

  @Test func `A changed mounted file makes a new revision although nothing is recreated`() async throws {
    let slipway = try await deployed(1)
    let before = try await slipway.run("ps", "-q", "-p", slipway.project).output
    try put("other settings", "settings.conf", slipway)
    let result = try await slipway.run("up", "-d", "-p", slipway.project)
    #expect(result.errors.contains("revision 2 is deployed"), "\(result.errors)")
    #expect(try await slipway.run("ps", "-q", "-p", slipway.project).output == before)
    try await slipway.remove()
  }
}
