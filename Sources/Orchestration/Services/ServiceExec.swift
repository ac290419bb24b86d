package import DockerEngine

/// Runs a command in a running container of a service.
package struct ServiceExec: Sendable {
  /// Rows and columns of a terminal.
  package struct TerminalSize: Hashable, Sendable {
    package var rows: Int
    package var columns: Int

    package init(rows: Int, columns: Int) {
      self.rows = rows
      self.columns = columns
    }
  }

  /// The engine tells the end of a command a moment after its output has ended; it gets this long.
  static let endLimit: Duration = .seconds(5)

  private let engine: EngineClient

  package init(_ engine: EngineClient) { self.engine = engine }

  /// The running container of a service: of that index, or the lowest.
  package func container(of service: String, index: Int?, in project: String) async throws -> ServiceContainer {
    try Self.container(of: service, index: index, in: project, among: try await engine.serviceContainers(of: project))
  }

  /// The same, among containers that are known already.
  package static func container(
    of service: String, index: Int?, in project: String, among containers: [ServiceContainer]
  ) throws(ServiceRefusal) -> ServiceContainer {
    let running = containers.filter { $0.service == service && !$0.isOneOff && $0.isUp }
    guard !running.isEmpty else {
      throw ServiceRefusal(
        description: "service \"\(service)\" is not running\n  fix: see what runs with: slipway ps -p \(project)")
    }
    guard let index else { return running[0] }
    guard let container = running.first(where: { $0.number == index }) else {
      throw ServiceRefusal(
        description: """
          service \"\(service)\" is not running container #\(index)
            fix: its containers are \(running.map { "#\($0.number)" }.joined(separator: ", "))
          """)
    }
    return container
  }

  /// Starts a command and leaves it.
  package func runDetached(_ spec: ExecSpec, in container: ServiceContainer) async throws {
    let exec = try await engine.createExec(in: container.id, spec)
    try await engine.startExecDetached(exec, hasTTY: spec.hasTTY)
  }

  /// Runs a command, joined to an input and an output, and gives its exit code; nil when it goes on without us (detached by
  /// the keys that the engine knows for that).
  ///
  /// The end of `input` ends the command's standard input; its output still arrives. Cancelling ends the connection; the
  /// command in the container goes on.
  /// - Parameters:
  ///   - sizes: the terminal's size, at first and whenever it changes.
  ///   - output: takes the output in; called one piece after the other.
  package func run<Input: AsyncSequence & Sendable>(
    _ spec: ExecSpec, in container: ServiceContainer, input: Input, sizes: AsyncStream<TerminalSize>,
    output: @escaping @Sendable (LogFrame) async throws -> Void
  ) async throws -> Int? where Input.Element == [UInt8], Input.Failure == Never {
    let exec = try await engine.createExec(in: container.id, spec)
    let connection = try await engine.startExec(exec, hasTTY: spec.hasTTY)
    try await withThrowingTaskGroup(of: Void.self) { group in
      if spec.attachesStdin {
        group.addTask {
          do {
            for await chunk in input { try await connection.write(chunk) }
            if !Task.isCancelled { try await connection.closeWrite() }
          } catch {
            // The command takes no more input, or has ended: its output tells what became of it.
          }
        }
      }
      if spec.hasTTY { group.addTask { await resize(exec, to: sizes) } }
      for try await frame in connection.output { try await output(frame) }
      group.cancelAll()
    }
    return try await exitCode(of: exec)
  }

  /// A size that cannot be set leaves the old one: the command may just have ended.
  private func resize(_ exec: String, to sizes: AsyncStream<TerminalSize>) async {
    for await size in sizes where size.rows > 0 && size.columns > 0 {
      // The first may come before the engine has made the terminal.
      for _ in 0..<5 {
        if (try? await engine.resizeExec(exec, rows: size.rows, columns: size.columns)) != nil { break }
        guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return }
      }
    }
  }

  /// Nil: it has not ended.
  func exitCode(of exec: String) async throws -> Int? {
    let start = ContinuousClock.now
    while true {
      let seen = try await engine.inspectExec(exec)
      if !seen.isRunning, let code = seen.exitCode { return code }
      guard ContinuousClock.now - start < Self.endLimit else { return nil }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
