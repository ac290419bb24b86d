import Foundation
import Testing

@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(3)))
struct AttachedUpTests {
  private static let compose = """
    services:
      job:
        image: slipway/base:1
        command: [sh, -c, "echo begun; sleep 1; echo ready; exit 3"]
      web:
        image: slipway/base:1
        command: [sh, -c, "trap 'echo bye; exit 0' TERM; echo up; sleep 600 & wait"]
    """

  private func stack() throws -> BuiltSlipway {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.compose)
    return slipway
  }

  @Test func `The code of a service is the exit code, and the others are stopped`() async throws {
    let slipway = try stack()
    let result = try await slipway.run("up", "-p", slipway.project, "--exit-code-from", "job")
    #expect(result.code == 3, "\(result.errors)")
    for line in [
      "job-1  | begun", "job-1  | ready", "web-1  | up", "web-1  | bye", "job-1 exited with code 3", "web-1 exited with code 0",
    ] {
      #expect(result.output.contains(line + "\n"), "\(result.output)")
    }
    #expect(try await slipway.run("ps", "-q", "-p", slipway.project).output == "")
    try await slipway.remove()
  }

  @Test func `Ctrl-C stops what was started and tells its last words`() async throws {
    let slipway = try stack()
    let result = try await slipway.shell(
      """
      "$SLIPWAY" up -p "$P" > text 2> errors & pid=$!
      until grep -qs 'web-1  | up' text && grep -qs 'exited with code 3' text; do sleep 0.1; done
      kill -INT $pid; wait $pid
      """)
    #expect(result.code == 130)
    let text = try String(contentsOf: slipway.folder.appendingPathComponent("text"), encoding: .utf8)
    #expect(text.contains("web-1  | bye\n") && text.contains("web-1 exited with code 0\n"), "\(text)")
    #expect(try await slipway.run("ps", "-q", "-p", slipway.project).output == "")
    #expect(try await slipway.run("ps", "-a", "-q", "-p", slipway.project).output.split(separator: "\n").count == 2)
    try await slipway.remove()
  }

  @Test func `Up returns when all have ended, and shows only what it is attached to`() async throws {
    let slipway = try stack()
    try slipway.write(
      "services:\n  a: {image: 'slipway/base:1', command: [echo, one]}\n  b: {image: 'slipway/base:1', command: [echo, two]}\n")
    let result = try await slipway.run("up", "-p", slipway.project, "--no-attach", "b")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("a-1  | one") && !result.output.contains("two"))
    #expect(try await slipway.run("up", "-d", "--exit-code-from", "a", "-p", slipway.project).code == 1)
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
