import Foundation
import SlipwayTesting
import Testing

/// The built `slipway` on a real engine; both are named by the environment (see `scripts/test`).
struct BuiltSlipway {
  let data: URL
  let folder: URL
  let project: String

  static let isThere =
    ProcessInfo.processInfo.environment["SLIPWAY_TEST_ENGINE"] != nil
    && ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"] != nil

  init() throws {
    project = "e2e\(UInt32.random(in: 0...UInt32.max))"
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(project)
    data = folder.appendingPathComponent("data")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func write(_ compose: String) throws {
    try compose.write(to: folder.appendingPathComponent("compose.yaml"), atomically: true, encoding: .utf8)
  }

  /// Runs a command, without some variables of its usual environment.
  @discardableResult
  func run(
    without names: [String] = [], _ arguments: String...
  ) async throws -> (code: Int32, output: String, errors: String) {
    let environment = ProcessInfo.processInfo.environment
    let process = Process()
    process.executableURL = URL(fileURLWithPath: environment["SLIPWAY_TEST_BINARY"] ?? "")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = [
      "PATH": environment["PATH"] ?? "", "HOME": folder.path, "SLIPWAY_DATA": data.path,
      "DOCKER_HOST": environment["SLIPWAY_TEST_ENGINE"] ?? "",
    ]
    for name in names { process.environment?[name] = nil }
    let out = folder.appendingPathComponent("out")
    let err = folder.appendingPathComponent("err")
    _ = FileManager.default.createFile(atPath: out.path, contents: nil)
    _ = FileManager.default.createFile(atPath: err.path, contents: nil)
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    process.standardInput = FileHandle.nullDevice
    // Not `waitUntilExit`: it would block one of the few threads that all tests share.
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in done.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        done.resume(throwing: error)
      }
    }
    return (
      process.terminationStatus, try String(contentsOf: out, encoding: .utf8), try String(contentsOf: err, encoding: .utf8)
    )
  }

  func remove() async throws {
    try await run("down", "-p", project, "-v", "-t", "0", "--remove-orphans")
    // Where a test ends before its server does, a command cannot.
    try await removeStack(project)
    try FileManager.default.removeItem(at: folder)
  }
}

@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized)
struct HelloStackTests {
  private func compose(_ image: String) -> String {
    "services:\n  web:\n    image: \(image)\n"
  }

  @Test func `A deploy makes a revision and a second one changes nothing`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(compose("slipway/hello:1.0"))
    #expect(try await slipway.run("plan", "-p", slipway.project).code == 2)
    let first = try await slipway.run("deploy", "-p", slipway.project)
    #expect(first.code == 0, "\(first.errors)")
    let ids = try await slipway.run("ps", "-q", "-p", slipway.project).output
    #expect(!ids.isEmpty)
    #expect(try await slipway.run("plan", "-p", slipway.project).code == 0)
    #expect(try await slipway.run("deploy", "-p", slipway.project).errors.contains("nothing to do"))
    #expect(try await slipway.run("ps", "-q", "-p", slipway.project).output == ids)
    try await slipway.remove()
  }

  @Test func `A failed health check brings the old container back`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(compose("slipway/hello:1.0"))
    #expect(try await slipway.run("deploy", "-p", slipway.project).code == 0)
    let ids = try await slipway.run("ps", "-q", "-p", slipway.project).output
    try slipway.write(compose("slipway/hello:broken"))
    let failed = try await slipway.run("deploy", "-p", slipway.project)
    #expect(failed.code == 1)
    #expect(failed.errors.contains("revision 1 runs again"), "\(failed.errors)")
    #expect(try await slipway.run("ps", "-a", "-q", "-p", slipway.project).output == ids)
    try await slipway.remove()
  }

  @Test func `A rollback brings the old image back without the files`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(compose("slipway/hello:1.0"))
    #expect(try await slipway.run("deploy", "-p", slipway.project).code == 0)
    try slipway.write(compose("slipway/hello:1.1"))
    #expect(try await slipway.run("deploy", "-p", slipway.project).code == 0)
    try FileManager.default.removeItem(at: slipway.folder.appendingPathComponent("compose.yaml"))
    let back = try await slipway.run("rollback", "-p", slipway.project)
    #expect(back.code == 0, "\(back.errors)")
    #expect(try await slipway.run("ps", "-p", slipway.project).output.contains("slipway/hello:1.0"))
    #expect(try await slipway.run("revisions", "-p", slipway.project, "--json").output.contains("rollback to 1"))
    try await slipway.remove()
  }
}
