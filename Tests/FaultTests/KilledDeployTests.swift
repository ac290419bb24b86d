import Foundation
import Testing

/// `slipway` is killed in the middle of a deploy; the next command must end with the old revision, whole.
@Suite(
  .enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") {
    ProcessInfo.processInfo.environment["SLIPWAY_TEST_ENGINE"] != nil
      && ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"] != nil
  }, .serialized)
struct KilledDeployTests {
  private let folder: URL
  private let project = "killed\(UInt32.random(in: 0...UInt32.max))"

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(project)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func write(_ image: String) throws {
    try "services:\n  web:\n    image: \(image)\n".write(
      to: folder.appendingPathComponent("compose.yaml"), atomically: true, encoding: .utf8)
  }

  /// Starts a command; it is killed after `limit` milliseconds where one is given.
  private func run(_ arguments: [String], killAfter limit: Int? = nil) async throws -> (code: Int32, output: String) {
    let environment = ProcessInfo.processInfo.environment
    let process = Process()
    process.executableURL = URL(fileURLWithPath: environment["SLIPWAY_TEST_BINARY"] ?? "")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = [
      "PATH": environment["PATH"] ?? "", "HOME": folder.path, "SLIPWAY_DATA": folder.appendingPathComponent("data").path,
      "DOCKER_HOST": environment["SLIPWAY_TEST_ENGINE"] ?? "",
    ]
    let out = folder.appendingPathComponent("out")
    _ = FileManager.default.createFile(atPath: out.path, contents: nil)
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    // Not `waitUntilExit`: it would block one of the few threads that all tests share.
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in done.resume() }
      do {
        try process.run()
        guard let limit else { return }
        let id = process.processIdentifier
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(limit)) { kill(id, SIGKILL) }
      } catch {
        process.terminationHandler = nil
        done.resume(throwing: error)
      }
    }
    return (process.terminationStatus, try String(contentsOf: out, encoding: .utf8))
  }

  @Test func `AB-I1: a deploy killed at any moment leaves the old container after the next command`() async throws {
    try write("slipway/hello:1.0")
    #expect(try await run(["deploy", "-p", project]).code == 0)
    let ids = try await run(["ps", "-aq", "-p", project]).output
    for milliseconds in [20, 60, 100, 140, 180, 240, 320, 450, 700] {
      try write("slipway/hello:1.1")
      _ = try await run(["deploy", "-p", project], killAfter: milliseconds)
      try write("slipway/hello:1.0")
      #expect(try await run(["up", "-d", "-p", project]).code == 0, "killed after \(milliseconds) ms")
      #expect(try await run(["ps", "-aq", "-p", project]).output == ids, "killed after \(milliseconds) ms")
    }
    #expect(try await run(["down", "-p", project, "-t", "0"]).code == 0)
    try FileManager.default.removeItem(at: folder)
  }
}
