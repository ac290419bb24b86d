import ArgumentParser
import ComposeFile
import Orchestration
import SSHTransport

/// `slipway server import`: hosts of `~/.ssh/config` become servers.
struct ServerImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Add servers from ~/.ssh/config.",
    discussion: """
      Without hosts and without --all it only lists what could be imported. Keys are copied into the store, sealed; host keys \
      come from ~/.ssh/known_hosts, and a host that is not there has to be confirmed; through a server, keys go to that one, and it \
      looks at each host. Commands in the file (ProxyCommand, \
      Match exec) are never run, and hosts that need them are not imported.
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Hosts, as the file names them.")
  var hosts: [String] = []

  @Flag(name: .customLong("all"), help: "All hosts that can be.")
  var isAll = false

  func run() async throws {
    let session = StackSession(global: global)
    let source = AdHocServer(environment: session.environment, user: Settings.accountName)
    let work = ServerImport(into: try await target(session), from: source) { host in
      Question.isPossible ? Question.secretAnswer("passphrase of the key for \(host): ") : nil
    }
    for note in source.notes { StandardError.warn("~/.ssh/config: \(note)") }
    if let unknown = hosts.first(where: { !source.names.contains($0) }) {
      throw CommandFailure("~/.ssh/config names no host \(unknown)\n  fix: add it with slipway server add")
    }
    let isSurvey = hosts.isEmpty && !isAll
    let outcomes = isSurvey ? try await work.survey() : try await work.run(isAll ? source.names : hosts)
    if global.isJSON {
      StandardOutput.write(ComposeValue.list(outcomes.map(Self.json)).json(indented: true) + "\n")
    } else {
      let rows = outcomes.map { [$0.host, $0.kind.rawValue, $0.server ?? "-", $0.message] }
      StandardOutput.show(Table.text([["HOST", "STATE", "SERVER", "ADDRESS OR REASON"]] + rows))
      for outcome in outcomes {
        if let remedy = outcome.remedy { StandardError.write("\(outcome.host): fix: \(remedy)") }
      }
    }
    // Of all, some are expected not to be servers for us; of those named, none is.
    if !isSurvey, !isAll, outcomes.contains(where: { $0.kind == .refused }) { throw ExitCode(1) }
  }

  private func target(_ session: StackSession) async throws -> any ServerImportTarget {
    if let served = try await session.servedServers() { return ServedImportTarget(servers: served) }
    let directory = try await session.servers()
    return DirectoryImportTarget(
      directory, ServerRegistration(directory) { HostKeyQuestion.confirm($0, $1.type, $1.fingerprint) })
  }

  private static func json(_ outcome: ServerImport.Outcome) -> ComposeValue {
    .map(
      ComposeMap([
        ("host", .string(outcome.host)), ("state", .string(outcome.kind.rawValue)),
        ("server", outcome.server.map { .string($0) } ?? .null), ("message", .string(outcome.message)),
        ("remedy", outcome.remedy.map { .string($0) } ?? .null),
      ]))
  }
}
