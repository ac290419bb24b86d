import ArgumentParser
import ComposeFile
import Orchestration
import RevisionStore
import SlipwayAPI
import SlipwayServer

/// `slipway server test`: every step on the way to an engine.
struct ServerTestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Try the way to servers, step by step.",
    discussion: "Exit code 1 when a step fails. All are tried at once; a dead one holds up no other.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Servers.", completion: ServerNames.completion)
  var names: [String] = []

  @Flag(name: .customLong("all"), help: "All servers.")
  var isAll = false

  func validate() throws {
    guard isAll == names.isEmpty else {
      throw CommandFailure("name servers, or give --all\n  fix: see the names with slipway server list")
    }
  }

  func run() async throws {
    let session = StackSession(global: global)
    let tests: [ServerTestBody]
    if let served = try await session.servedServers() {
      let known = try await served.all()
      let wanted = isAll ? known.filter { !$0.jumpOnly }.map(\.name) : names
      for name in wanted where !known.contains(where: { $0.name == name }) { _ = try await served.server(named: name) }
      tests = try await Interruption.cancelling(notice: nil) { try await served.test(wanted) }
    } else {
      let directory = try await session.servers()
      var wanted = names
      if isAll {
        wanted = try await directory.servers().filter { !$0.isJumpOnly }.map(\.name)
      } else {
        for name in names { _ = try await directory.server(named: name) }
      }
      tests = zip(wanted, try await directory.test(wanted)).map { ServerTestBody($0, $1) }
    }
    if global.isJSON {
      StandardOutput.write(ComposeValue.list(tests.map { ServerText.json($0) }).json(indented: true) + "\n")
    } else {
      StandardOutput.show(tests.map { ServerText.text($0) }.joined())
    }
    if tests.contains(where: { !$0.ok }) { throw ExitCode(1) }
  }
}
