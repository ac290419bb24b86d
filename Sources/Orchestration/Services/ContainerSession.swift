import ComposeFile
package import DockerEngine

/// Joins the program of a container with an input and an output, from its start or in its course, until it ends.
package struct ContainerSession: Sendable {
  /// What comes from here and goes there.
  package struct Ends<Input: AsyncSequence & Sendable>: Sendable where Input.Element == [UInt8], Input.Failure == Never {
    /// nil: the program gets no input of ours.
    package var input: Input?
    /// The terminal's size, at first and whenever it changes.
    package var sizes: AsyncStream<ServiceExec.TerminalSize>
    /// Signals for the program, by their numbers.
    package var signals: AsyncStream<Int32>
    /// Told of each signal when the engine has taken it, or has refused it.
    package var delivered: @Sendable () -> Void
    /// Takes the output in; called one piece after the other.
    package var output: @Sendable (LogFrame) async throws -> Void

    package init(
      input: Input?, sizes: AsyncStream<ServiceExec.TerminalSize>, signals: AsyncStream<Int32>,
      delivered: @escaping @Sendable () -> Void, output: @escaping @Sendable (LogFrame) async throws -> Void
    ) {
      self.input = input
      self.sizes = sizes
      self.signals = signals
      self.delivered = delivered
      self.output = output
    }
  }

  /// With a terminal the end of the output may be a detaching: the program gets this long to have ended.
  static let endLimit: Duration = .seconds(2)
  /// Longest run of a `post_start` hook.
  static let hookLimit: Duration = .seconds(300)

  private let engine: EngineClient

  package init(_ engine: EngineClient) { self.engine = engine }

  /// Starts a one-off container and leaves it.
  package func startDetached(_ container: OneOffContainer) async throws {
    _ = try await engine.startContainer(container.id)
    try await runHooks(of: container)
  }

  /// Starts a one-off container and stays with it; gives its exit code, or nil when it was detached from by keys.
  ///
  /// Cancelling ends the connection; the container goes on.
  package func run<Input>(_ container: OneOffContainer, _ ends: Ends<Input>) async throws -> Int? {
    let hasTTY = container.service.isTTY
    let wait = try await engine.startWaiting(container.id, for: container.removesItself ? .removed : .nextExit)
    let connection = try await engine.attach(
      to: container.id, Self.options(ends, detachKeys: nil), framing: hasTTY ? .raw : .multiplexed)
    _ = try await engine.startContainer(container.id)
    async let hooks: Void = runHooks(of: container)
    let code = try await join(container.id, hasTTY: hasTTY, endsInput: !hasTTY, connection, wait, ends)
    if code == 0 { try await hooks }
    return code
  }

  /// Stays with a container that runs; gives its exit code, or nil when it was detached from by keys.
  package func attach<Input>(to container: String, detachKeys: String?, _ ends: Ends<Input>) async throws -> Int? {
    let config = try await engine.inspectContainer(container).config
    let hasTTY = config.hasTTY
    let wait = try await engine.startWaiting(container, for: .notRunning)
    let connection = try await engine.attach(
      to: container, Self.options(ends, detachKeys: detachKeys), framing: hasTTY ? .raw : .multiplexed)
    return try await join(
      container, hasTTY: hasTTY, endsInput: config.closesStdinOnce && !hasTTY, connection, wait, ends)
  }

  private static func options<Input>(_ ends: Ends<Input>, detachKeys: String?) -> AttachOptions {
    var options = AttachOptions()
    options.attachesStdin = ends.input != nil
    options.detachKeys = detachKeys
    return options
  }

  private func runHooks(of container: OneOffContainer) async throws {
    for (index, hook) in container.service.postStart.enumerated() {
      try await engine.run(hook, called: "post_start[\(index)]", in: container.id, limit: Self.hookLimit)
    }
  }

  /// - Parameter endsInput: the end of our input ends the program's. Where it does not, the engine would only end our output.
  private func join<Input>(
    _ container: String, hasTTY: Bool, endsInput: Bool, _ connection: HijackedConnection, _ wait: ContainerWait,
    _ ends: Ends<Input>
  ) async throws -> Int? {
    try await withThrowingTaskGroup(of: Void.self) { group in
      if let input = ends.input { group.addTask { await send(input, to: connection, ends: endsInput) } }
      if hasTTY { group.addTask { await resize(container, to: ends.sizes) } }
      group.addTask { await forward(ends.signals, to: container, ends.delivered) }
      for try await frame in connection.output { try await ends.output(frame) }
      defer { group.cancelAll() }
      if hasTTY, ends.input != nil, try await goesOn(container) { return nil }
      // Signals still go to a program that has closed its output.
      return try await wait.result().statusCode
    }
  }

  private func send<Input: AsyncSequence>(_ input: Input, to connection: HijackedConnection, ends: Bool) async
  where Input.Element == [UInt8], Input.Failure == Never {
    do {
      for await chunk in input { try await connection.write(chunk) }
      if ends, !Task.isCancelled { try await connection.closeWrite() }
    } catch {
      // The program takes no more input, or has ended: its output tells what became of it.
    }
  }

  /// A size that cannot be set leaves the old one: the program may just have ended.
  private func resize(_ container: String, to sizes: AsyncStream<ServiceExec.TerminalSize>) async {
    for await size in sizes where size.rows > 0 && size.columns > 0 {
      // The first may come before the engine has made the terminal.
      for _ in 0..<20 {
        if (try? await engine.resizeContainer(container, rows: size.rows, columns: size.columns)) != nil { break }
        guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return }
      }
    }
  }

  /// A signal that cannot be given finds nobody: the program has not begun, or has ended.
  private func forward(_ signals: AsyncStream<Int32>, to container: String, _ delivered: () -> Void) async {
    for await signal in signals {
      // The first may come before the program was started.
      for _ in 0..<20 {
        if (try? await engine.killContainer(container, signal: "\(signal)")) != nil { break }
        guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { return }
      }
      delivered()
    }
  }

  /// Whether a container still runs some time after its output has ended.
  private func goesOn(_ container: String) async throws -> Bool {
    let start = ContinuousClock.now
    while ContinuousClock.now - start < Self.endLimit {
      do {
        guard try await engine.inspectContainer(container).state.isRunning else { return false }
      } catch {
        guard case .notFound = error else { throw error }
        return false
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    return true
  }
}
