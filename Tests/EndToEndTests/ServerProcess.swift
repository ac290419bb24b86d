import Foundation

/// `slipway serve` on a data directory, for the length of a test.
final class ServerProcess: Sendable {
  let url: String
  private let process: Process
  var processID: Int32 { process.processIdentifier }

  private struct Failure: Error { var text: String }

  /// Starts it and waits until it listens.
  init(
    _ slipway: BuiltSlipway, data: URL? = nil, listen: String = "127.0.0.1:0", options: [String] = []
  ) async throws {
    let environment = ProcessInfo.processInfo.environment
    let process = Process()
    process.executableURL = URL(fileURLWithPath: environment["SLIPWAY_TEST_BINARY"] ?? "")
    process.arguments = ["serve", "--data", (data ?? slipway.data).path, "--listen", listen] + options
    process.environment = [
      "PATH": environment["PATH"] ?? "", "HOME": slipway.folder.path, "DOCKER_HOST": environment["SLIPWAY_TEST_ENGINE"] ?? "",
    ]
    let log = slipway.folder.appendingPathComponent("serve-\(UInt32.random(in: 0...UInt32.max))")
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    process.standardError = try FileHandle(forWritingTo: log)
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    self.process = process
    let clock = ContinuousClock()
    let end = clock.now + .seconds(30)
    while true {
      let text = try String(contentsOf: log, encoding: .utf8)
      if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("listening on ") }) {
        url = String(line.dropFirst("listening on ".count))
        return
      }
      guard process.isRunning, clock.now < end else { throw Failure(text: text) }
      // Waits for the state above, with a limit.
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Ends it, and waits for that.
  func stop() async {
    guard process.isRunning else { return }
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      process.terminationHandler = { _ in done.resume() }
      process.terminate()
    }
  }
}
