import Foundation

extension BuiltSlipway {
  /// Runs a shell script in the stack's folder for a minute, or as long as is said; `$SLIPWAY` is the program, `$P` the project, `$ENGINE`
  /// what begins a call of the engine by curl.
  func shell(_ script: String, seconds: Int = 60) async throws -> (code: Int32, output: String, errors: String) {
    let environment = ProcessInfo.processInfo.environment
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    process.arguments = ["\(seconds)", "sh", "-c", script]
    process.currentDirectoryURL = folder
    process.environment = [
      "PATH": environment["PATH"] ?? "", "HOME": folder.path, "SLIPWAY_DATA": data.path, "P": project,
      "DOCKER_HOST": environment["SLIPWAY_TEST_ENGINE"] ?? "", "SLIPWAY": environment["SLIPWAY_TEST_BINARY"] ?? "",
      "ENGINE": "curl -s --unix-socket \((environment["SLIPWAY_TEST_ENGINE"] ?? "").dropFirst(7))",
    ]
    let out = folder.appendingPathComponent("shell-out")
    let err = folder.appendingPathComponent("shell-err")
    for file in [out, err] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    process.standardInput = FileHandle.nullDevice
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

  /// A stack of `db` and, when that is healthy, twice `web`; deployed for the length of `body`.
  static func withStack(_ body: (BuiltSlipway) async throws -> Void) async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      x-sleeper: &sleeper
        image: slipway/base:1
        command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
      services:
        db:
          <<: *sleeper
          healthcheck: {test: ["CMD", "true"], interval: 1s}
        web:
          <<: *sleeper
          depends_on: {db: {condition: service_healthy, restart: true}}
          deploy: {replicas: 2}
      """)
    do {
      let up = try await slipway.run("up", "-d", "-p", slipway.project)
      guard up.code == 0 else { throw Failure(text: up.errors) }
      try await body(slipway)
      try await slipway.remove()
    } catch {
      // WHY try?: the first failure is the one to show.
      try? await slipway.remove()
      throw error
    }
  }

  private struct Failure: Error { var text: String }

  /// The containers' lines of the progress without their times, as `web-1 stopped`.
  func changes(_ errors: String) -> [String] {
    errors.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 4, words[0] == "Container" else { return nil }
      return "\(words[1].dropFirst(project.count + 1)) \(words[2].lowercased())"
    }
  }
}
