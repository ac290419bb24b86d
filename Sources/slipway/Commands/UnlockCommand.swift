import ArgumentParser
import Orchestration
import RevisionStore
import SlipwayClient

/// `slipway unlock`: frees a stack by hand.
struct UnlockCommand: StackCommand {
  static let serverUse = ServerUse.rollout
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
    let freed: (stack: String, title: String)
    do {
      freed = try await session.unlock(lockID: id)
    } catch StoreError.held(let holder) {
      let owner = "process \(holder.owner.processID) on \(holder.owner.host)"
      throw CommandFailure(
        """
        the lock \(id) stays: "\(holder.title)" of \(holder.author) still works on \(holder.stack) (\(owner))
          fix: wait for it to end, or end it: kill \(holder.owner.processID)
        """)
    } catch let problem as ServerProblem where problem.status == 404 {
      throw Self.missing(id)
    } catch StoreError.notFound {
      throw Self.missing(id)
    }
    StandardError.note("\(freed.stack) is free again; \"\(freed.title)\" needs attention: see what runs with slipway ps -a")
  }

  private static func missing(_ id: String) -> CommandFailure {
    CommandFailure(
      "there is no lock \"\(id)\": its operation has ended, or it is in another store\n  fix: take the name from the message of the refused command"
    )
  }
}
