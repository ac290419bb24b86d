import ArgumentParser
import Orchestration

/// `slipway unlock`: frees a stack by hand.
struct UnlockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlock", abstract: "Free a stack whose operation cannot be ended by its owner any more.",
    discussion: """
      For an owner on another host or in another container that is gone for good. Operations of this host whose process died \
      are taken up by the next command by themselves.
      """)

  @OptionGroup var global: GlobalOptions

  @Option(name: .customLong("lock-id"), help: ArgumentHelp("Name of the lock, as the refused command shows it.", valueName: "id"))
  var lockID: String

  func run() async throws {
    let session = StackSession(global: global)
    let id = lockID
    let freed = try await session.withOperations(notice: nil) { try await $0.unlock(lockID: id) }
    StandardError.write("\(freed.stack) is free again; \"\(freed.title)\" needs attention: see what runs with slipway ps -a")
  }
}
