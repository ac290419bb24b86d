import ArgumentParser
import ComposeFile
import Orchestration
import RevisionStore

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
    let directory = try StackSession(global: global).servers()
    var wanted = names
    if isAll {
      wanted = try await directory.servers().filter { !$0.isJumpOnly }.map(\.name)
    } else {
      for name in names { _ = try await directory.server(named: name) }
    }
    let tests = try await directory.test(wanted)
    let results = zip(wanted, tests)
    if global.isJSON {
      let list = results.map { ServerText.json($0, $1) }
      StandardOutput.write(ComposeValue.list(list).json(indented: true) + "\n")
    } else {
      StandardOutput.show(results.map { ServerText.text($0, $1) }.joined())
    }
    if tests.contains(where: { $0.failure != nil }) { throw ExitCode(1) }
  }
}
