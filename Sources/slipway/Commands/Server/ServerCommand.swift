import ArgumentParser
import Orchestration
import RevisionStore
import SlipwayAPI
import SlipwayClient

/// `slipway server`: the servers that stacks run on.
struct ServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server", abstract: "Add, test and change the servers that are reached over SSH.",
    discussion: """
      A server needs an engine and an SSH server, and nothing of Slipway's. Every command works on one with --server NAME, or \
      with SLIPWAY_SERVER or the setting `server`; `local` is the engine of this machine.
      """,
    subcommands: [
      ServerAddCommand.self, ServerListCommand.self, ServerShowCommand.self, ServerTestCommand.self, ServerRemoveCommand.self,
      ServerRenameCommand.self, ServerRotateKeyCommand.self, ServerImportCommand.self, ServerWatchCommand.self,
    ])
}

extension StackSession {
  /// Those of the server of the context; nil: commands work on the store here.
  func servedServers() async throws -> ServedServers? {
    guard case .remote(let connection) = try await place() else { return nil }
    return ServedServers(connection: connection)
  }

  /// The servers of the store; changes go through the server that owns it, where one runs.
  func servers() async throws -> ServerDirectory {
    var writer: (@Sendable (ServerChange) async throws -> Void)?
    if case .local(let connection) = try await place() {
      writer = { change in
        let body = ServerChangeBody(change: RawJSON(change.record))
        _ = try await connection.call(.post, "/api/v1/projects/servers", body: try ServerConnection.bytes(body))
      }
    }
    return ServerDirectory(dataDirectory: try settings().dataDirectory, environment: environment, writer: writer)
  }
}

extension ServerName {
  init(argument text: String) throws {
    guard let name = ServerName(text) else {
      throw CommandFailure("\"\(text)\" is not a name for a server\n  fix: \(Self.rule)")
    }
    self = name
  }
}

/// The names of the servers, for completion in a shell.
enum ServerNames {
  static let completion = CompletionKind.shellCommand("slipway server list --quiet 2>/dev/null")
}
