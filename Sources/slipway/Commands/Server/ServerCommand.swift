import ArgumentParser
import Orchestration
import RevisionStore

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
  /// The servers of the store.
  func servers() throws -> ServerDirectory {
    ServerDirectory(dataDirectory: try settings().dataDirectory, environment: environment)
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
