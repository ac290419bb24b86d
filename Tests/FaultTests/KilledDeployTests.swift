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
  private func run(_ arguments: [String], killAfter limit: UInt32? = nil) throws -> (code: Int32, output: String) {
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
    try process.run()
    if let limit {
      usleep(limit * 1000)
      kill(process.processIdentifier, SIGKILL)
    }
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOf: out, encoding: .utf8))
  }

  @Test func `AB-I1: a deploy killed at any moment leaves the old container after the next command`() throws {
    try write("slipway/hello:1.0")
    #expect(try run(["deploy", "-p", project]).code == 0)
    let ids = try run(["ps", "-aq", "-p", project]).output
    for milliseconds: UInt32 in [20, 60, 100, 140, 180, 240, 320, 450, 700] {
      try write("slipway/hello:1.1")
      _ = try run(["deploy", "-p", project], killAfter: milliseconds)
      try write("slipway/hello:1.0")
      #expect(try run(["up", "-d", "-p", project]).code == 0, "killed after \(milliseconds) ms")
      #expect(try run(["ps", "-aq", "-p", project]).output == ids, "killed after \(milliseconds) ms")
    }
    #expect(try run(["down", "-p", project, "-t", "0"]).code == 0)
    try FileManager.default.removeItem(at: folder)
  }
}
