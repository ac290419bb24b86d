import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore
import SlipwayAPI
import SlipwayClient

/// A command that works on a stack, on the servers that its file names (`x-slipway: servers`) where no option names one.
protocol StackCommand: AsyncParsableCommand, Sendable {
  var global: GlobalOptions { get set }
  static var serverUse: ServerUse { get }
  /// Why these options do not go with several servers, and what to do; nil: they do.
  var objectionToSeveral: String? { get }
}

/// What a command does with several servers.
enum ServerUse: Sendable {
  /// One after the other in the file's order; the first failure ends it.
  case rollout
  /// The same from the last server to the first.
  case backwardRollout
  /// It shows all of them together, and finds their names in `mergedServers`.
  case merged
  /// It works on one, which must be named.
  case one
}

extension StackCommand {
  var objectionToSeveral: String? { nil }

  /// Runs the command where the stack is.
  func runOnServers() async throws {
    let names = try StackServers.names(global)
    guard names.count > 1 else {
      var command = self
      command.global.server = names.first ?? global.server
      return try await command.run()
    }
    if let objectionToSeveral {
      throw CommandFailure("the stack is on \(names.joined(separator: ", ")): \(objectionToSeveral)")
    }
    switch Self.serverUse {
    case .rollout: try await roll(out: names)
    case .backwardRollout: try await roll(out: names.reversed())
    case .merged:
      var command = self
      command.global.mergedServers = names
      try await command.run()
    case .one:
      throw CommandFailure(
        "the stack is on \(names.joined(separator: ", ")), and this command works on one server\n  fix: name it with --server")
    }
  }

  private func roll(out names: [String]) async throws {
    for (index, name) in names.enumerated() {
      if !global.isJSON, global.progress != "quiet" { StandardError.note("server \(name) (\(index + 1) of \(names.count))") }
      var command = self
      command.global.server = name
      do {
        try await command.run()
      } catch {
        let (done, left) = (names[..<index].joined(separator: ", "), names[(index + 1)...].joined(separator: ", "))
        StandardError.warn(
          "the rollout stops at \(name)" + (done.isEmpty ? "" : "; done before: \(done)")
            + (left.isEmpty ? "" : "; not touched: \(left)"))
        throw error
      }
    }
  }
}

enum StackServers {
  /// The servers that the stack's file names, in its order; empty when an option or a variable of Slipway's names an engine, or when no file
  /// names servers.
  ///
  /// - Throws: the problems of files that name servers and cannot be used.
  static func names(_ global: GlobalOptions) throws -> [String] {
    guard global.server == nil, global.host == nil else { return [] }
    let session = StackSession(global: global)
    // Who sets these means this command; DOCKER_HOST may stand in a profile for all tools.
    guard ["SLIPWAY_SERVER", "SLIPWAY_HOST"].allSatisfy({ session.environment[$0]?.isEmpty != false }),
      mentionsServers(session)
    else { return [] }
    return try session.load(quiet: true).slipway.servers
  }

  /// Whether the word stands in a file at all: most files need not be read twice for this.
  private static func mentionsServers(_ session: StackSession) -> Bool {
    ComposeLoader.files(of: session.global.loadRequest(), from: session.files).contains { path in
      // WHY try?: whoever loads the file says what is wrong with it.
      guard let bytes = try? session.files.read(path, limit: YAMLLimits().fileBytes) else { return false }
      return String(decoding: bytes, as: UTF8.self).contains("servers")
    }
  }

  /// What several servers gave, in the order of the names; each is asked by itself, so that a dead one delays no other.
  struct Gathered<Value: Sendable>: Sendable {
    var found: [(server: String, value: Value)] = []
    var failures: [(server: String, error: any Error)] = []

    /// Tells of the servers that gave nothing; throws the exit code when there are such.
    func requireAll() throws {
      for failure in failures { StandardError.fail("\(failure.server): \(failure.error)") }
      if !failures.isEmpty { throw ExitCode(1) }
    }
  }

  typealias Engine = (server: String, engine: Result<EngineClient, any Error>)

  /// Runs `body` with the engines of several servers, and ends the links afterwards. Nothing is connected before it is used.
  static func withEngines<Value: Sendable>(
    _ names: [String], _ global: GlobalOptions, _ body: @Sendable ([Engine]) async throws -> Value
  ) async throws -> Value {
    var engines: [Engine] = []
    var targets: [EngineTarget] = []
    for name in names {
      var named = global
      named.server = name
      let session = StackSession(global: named)
      do {
        let settings = try session.settings()
        let target = try await session.target(settings)
        targets.append(target)
        engines.append((name, .success(session.client(target, settings))))
      } catch {
        engines.append((name, .failure(error)))
      }
    }
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(engines))
    } catch {
      result = .failure(error)
    }
    await withDiscardingTaskGroup { group in
      for target in targets { group.addTask { await target.close() } }
    }
    return try result.get()
  }

  /// Asks all engines at the same time.
  static func gather<Value: Sendable>(
    _ engines: [Engine], _ body: @escaping @Sendable (EngineClient) async throws -> Value
  ) async -> Gathered<Value> {
    await withTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
      for (index, (_, engine)) in engines.enumerated() {
        group.addTask {
          do {
            return (index, .success(try await body(try engine.get())))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      var results: [(Int, Result<Value, any Error>)] = []
      for await result in group { results.append(result) }
      var gathered = Gathered<Value>()
      for (index, result) in results.sorted(by: { $0.0 < $1.0 }) {
        switch result {
        case .success(let value): gathered.found.append((engines[index].server, value))
        case .failure(let error): gathered.failures.append((engines[index].server, error))
        }
      }
      return gathered
    }
  }

  /// Asks the engines of several servers at the same time.
  static func gather<Value: Sendable>(
    _ names: [String], _ global: GlobalOptions, _ body: @escaping @Sendable (EngineClient) async throws -> Value
  ) async throws -> Gathered<Value> {
    try await Interruption.cancelling(notice: nil) {
      try await withEngines(names, global) { engines in
        let gathered = await gather(engines, body)
        try Task.checkCancellation()
        return gathered
      }
    }
  }

  /// All servers that have an engine, and this machine's where it has one.
  static func all(_ session: StackSession) async throws -> [String] {
    if case .remote(let connection) = try await session.place() {
      return try await connection.items("/api/v1/servers", as: ServerBody.self)
        .filter { !$0.jumpOnly && ($0.kind != "local" || $0.link != "away") }.map(\.name)
    }
    let settings = try session.settings()
    let directory = ServerDirectory(dataDirectory: settings.dataDirectory, environment: session.environment)
    let local = DiskFiles().kind(of: EngineEndpoint.defaultSocketPath) == nil ? [] : [ServerName.local]
    return local + (try await directory.servers().filter { !$0.isJumpOnly }.map(\.name))
  }
}
