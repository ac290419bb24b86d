import ArgumentParser
import Orchestration
import RevisionStore

/// `slipway unlock --lock-id ID`: frees a stack whose holder cannot be reached any more (R-LOCK-1).
struct UnlockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlock",
    abstract: "Free a stack that is held from another machine; locks of dead processes here free themselves.")

  @OptionGroup var global: GlobalOptions

  @Option(name: .customLong("lock-id"), help: "As the refused command named it.")
  var lockID: String

  func run() async throws {
    let session = StackSession(global: global)
    let id = lockID
    let operation = try await session.withOperations { try await $0.unlock(lockID: id) }
    StandardError.write(
      "\(operation.stack.project): freed; look at what runs with slipway ps -a -p \(operation.stack.project), then deploy again")
  }
}
