import Foundation

/// How a program of this machine ended, and what it said.
package struct FinishedProgram: Sendable {
  package let code: Int32
  package let output: String
  package let errors: String

  /// Exit code of a program that was ended because its time was over; `timeout` of coreutils says so.
  package static let outOfTime: Int32 = 124

  /// Runs a program and waits for its end without holding a thread.
  ///
  /// It is looked up in `PATH`, gets nothing to read, and is ended after `limitSeconds`.
  package static func running(
    _ program: String, _ arguments: [String], adding variables: [String: String] = [:], limitSeconds: Int = 60
  ) async throws -> FinishedProgram {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }  // WHY try?: a folder left behind fails no test
    let files = [folder.appendingPathComponent("output"), folder.appendingPathComponent("errors")]
    for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "--kill-after", "5", "\(limitSeconds)", program] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { _, added in added }
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: nobody needs to read while the program runs.
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in done.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        done.resume(throwing: error)
      }
    }
    return FinishedProgram(
      code: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: files[0]), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self))
  }
}
