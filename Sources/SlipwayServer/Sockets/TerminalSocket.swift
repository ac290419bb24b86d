import Accounts
import ComposeFile
import DockerEngine
import FoundationEssentials
import NIOCore
import NIOWebSocket
import Orchestration
import RevisionStore

/// One command in a container, or the program of one, joined to one socket.
///
/// The client sends `{"input":TEXT}`, `{"resize":{"columns":…,"rows":…}}`, `{"signal":NUMBER}` and `{"eof":true}`; it gets
/// `{"output":TEXT}`, `{"stderr":TEXT}` and at the end `{"exit":CODE}` or `{"error":…}`; `{"exit":null}`: it goes on without us.
/// Where bytes were asked for, the first three are `input_bytes`, `output_bytes` and `stderr_bytes` in base64, and
/// `{"taken":1}` tells that a piece of input was handed on.
struct TerminalSocket: Sendable {
  /// Without input or output for so long, it is ended; not so the program of a container that nobody types at.
  static let idleLimit: Duration = .seconds(900)
  private static let inputLimit = 256
  /// The highest signal (signal(7)).
  private static let signals = 1...64

  let parts: ServerParts
  let pass: SocketPass
  let id: String

  /// What the client sends, taken apart.
  private struct Sources: Sendable {
    var input: AsyncStream<[UInt8]>
    var sizes: AsyncStream<ServiceExec.TerminalSize>
    var signals: AsyncStream<Int32>
  }

  func run(_ channel: NIOAsyncChannel<WebSocketFrame, SocketOutput>, _ sockets: OpenSockets) async {
    let (input, feed) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingOldest(Self.inputLimit))
    let (sizes, resize) = AsyncStream.makeStream(of: ServiceExec.TerminalSize.self, bufferingPolicy: .bufferingNewest(1))
    let (signals, signal) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(3))
    let sources = Sources(input: input, sizes: sizes, signals: signals)
    let idle = IdleWatch()
    await SocketConnection.run(channel) { _, text throws(SocketClose) in
      idle.touch()
      do {
        // Who has been logged out meanwhile types nothing more (S-AUTH-6).
        _ = try await parts.accounts.current(pass.principal)
      } catch {
        if case .store? = error as? AccountError { throw .tryLater("whether the session goes on cannot be seen now") }
        throw .policy("the session has ended")
      }
      guard let json = try? ComposeValue(json: Array(text.readableBytesView)) else { throw .policy("a message is no JSON") }
      if let typed = Self.typed(json) {
        if case .dropped = feed.yield(typed) { throw .policy("the command does not take its input") }
      } else if let size = json["resize"], let columns = size["columns"]?.int, let rows = size["rows"]?.int,
        (1...1000).contains(columns), (1...1000).contains(rows)
      {
        resize.yield(ServiceExec.TerminalSize(rows: rows, columns: columns))
      } else if let number = json["signal"]?.int, Self.signals.contains(number) {
        signal.yield(Int32(number))
      } else if json["eof"]?.bool == true {
        feed.finish()
      } else {
        throw .policy("a message is none of input, resize, signal and eof")
      }
    } beside: { connection in
      sockets.opened(channel.channel) { connection.close($0) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await serve(connection, sources, idle) }
        group.addTask {
          try await idle.wait(for: Self.idleLimit)
          throw SocketClose.policy("nothing was typed or shown for \(Self.idleLimit)")
        }
        defer { group.cancelAll() }
        try await group.next()
      }
    }
  }

  private static func typed(_ json: ComposeValue) -> [UInt8]? {
    if let text = json["input"]?.string { return Array(text.utf8) }
    return json["input_bytes"]?.string.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
  }

  private func serve(_ connection: SocketConnection, _ sources: Sources, _ idle: IdleWatch) async throws {
    do {
      // The rights of now: they may have changed since the terminal was asked for (S-AUTH-6).
      let caller = try await parts.accounts.current(pass.principal)
      guard let terminal = parts.terminals.take(id, by: caller) else { throw Problem.notFound("terminal") }
      let resource: Resource =
        if let stack = terminal.stack { .stack(server: terminal.server, name: stack) } else { .server(terminal.server) }
      do {
        try await parts.accounts.require(caller, .containerExec, on: resource)
      } catch {
        await parts.forget(terminal)
        throw error
      }
      if !terminal.hasTTY, terminal.work.isOfContainer { idle.end() }
      let engine = try await parts.fleet.member(terminal.server).engine
      let texts = TerminalTexts()
      let code = try await join(terminal, engine, connection, sources) { frame in
        idle.touch()
        let isError = frame.stream == .stderr
        if terminal.isBytes {
          let text = Data(frame.bytes).base64EncodedString()
          return try await send(connection, isError ? "stderr_bytes" : "output_bytes", .string(text))
        }
        let text = texts.text(of: frame)
        guard !text.isEmpty else { return }
        try await send(connection, isError ? "stderr" : "output", .string(text))
      }
      try await send(connection, "exit", code.map { .int($0) } ?? .null)
    } catch {
      if error is CancellationError { throw error }
      try await send(connection, "error", Problem(error).record)
    }
  }

  private func join(
    _ terminal: Terminals.Waiting, _ engine: EngineClient, _ connection: SocketConnection, _ sources: Sources,
    _ output: @escaping @Sendable (LogFrame) async throws -> Void
  ) async throws -> Int? {
    let isBytes = terminal.isBytes
    // The piece before was handed on when the next is asked for.
    let input = sources.input.map { chunk -> [UInt8] in
      // WHY try?: a client that is gone is noticed by its connection.
      if isBytes { try? await send(connection, "taken", .int(1)) }
      return chunk
    }
    let container = ServiceContainer(id: terminal.container, name: terminal.name, service: "", number: 1, state: .running)
    func ends(_ takesInput: Bool) -> ContainerSession.Ends<AsyncMapSequence<AsyncStream<[UInt8]>, [UInt8]>> {
      ContainerSession.Ends(
        input: takesInput ? input : nil, sizes: sources.sizes, signals: sources.signals, delivered: {}, output: output)
    }
    switch terminal.work {
    case .exec(let spec):
      return try await ServiceExec(engine).run(spec, in: container, input: input, sizes: sources.sizes, output: output)
    case .detachedExec(let spec):
      try await ServiceExec(engine).runDetached(spec, in: container)
      return nil
    case .attach(let takesInput, let keys):
      return try await ContainerSession(engine).attach(to: terminal.container, detachKeys: keys, ends(takesInput))
    case .oneOff(let oneOff, let takesInput):
      do {
        return try await ContainerSession(engine).run(oneOff, ends(takesInput))
      } catch {
        await parts.forget(terminal)
        throw error
      }
    }
  }

  private func send(_ connection: SocketConnection, _ kind: String, _ value: ComposeValue) async throws {
    try await connection.send(ByteBuffer(string: ComposeValue.map(ComposeMap([(kind, value)])).json(indented: false)))
  }
}
