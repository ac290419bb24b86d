import Foundation
import Testing

/// What ran before is brought back also when its containers are gone: by its snapshot.
@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized)
struct RestoredRevisionTests {
  /// Its health check never passes.
  private static let broken = """
    services:
      web:
        image: slipway/base:1
        command: [sleep, "600"]
        init: true
        healthcheck: { test: [CMD, "false"], interval: 1s, retries: 5 }
    """

  @Test func `A failed deploy whose old container was removed by hand deploys the old revision again`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write("services:\n  web:\n    image: slipway/hello:1.0\n")
    #expect(try await slipway.run("deploy", "-p", slipway.project).code == 0)
    let old = try await slipway.run("ps", "-q", "-p", slipway.project).output.trimmingCharacters(in: .whitespacesAndNewlines)
    try slipway.write(Self.broken)
    async let deploy = slipway.run("deploy", "-p", slipway.project)
    try await removeWhenReplaced(old)
    let result = try await deploy
    #expect(result.code == 1)
    #expect(result.errors.contains("revision 1 was deployed again, as revision 3"), "\(result.errors)")
    let now = try await slipway.run("ps", "-p", slipway.project).output
    #expect(now.contains("slipway/hello:1.0") && now.contains("Up"), "\(now)")
    try await slipway.remove()
  }

  /// Waits until the container was renamed aside, then removes it behind Slipway's back.
  private func removeWhenReplaced(_ id: String) async throws {
    let socket = (ProcessInfo.processInfo.environment["SLIPWAY_TEST_ENGINE"] ?? "").replacingOccurrences(of: "unix://", with: "")
    for _ in 0..<300 {
      let seen = try await curl(socket, "GET", "/containers/\(id)/json")
      if seen.contains("-replaced-") {
        _ = try await curl(socket, "DELETE", "/containers/\(id)?force=1")
        return
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("the old container was never replaced")
  }

  private func curl(_ socket: String, _ method: String, _ path: String) async throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["curl", "-s", "--unix-socket", socket, "-X", method, "http://engine\(path)"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let bytes = try await Task.detached { try pipe.fileHandleForReading.readToEnd() ?? Data() }.value
    return String(decoding: bytes, as: UTF8.self)
  }
}
