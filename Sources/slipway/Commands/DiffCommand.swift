import ArgumentParser
import ComposeFile
import Orchestration
import RevisionStore
import StackPlanning

/// `slipway diff REV REV`: what differs between two revisions, by service, network and volume.
struct DiffCommand: StackCommand {
  static let serverUse = ServerUse.one
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what differs between two revisions.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "The earlier revision.")
  var before: Int

  @Argument(help: "The later revision; none: the current one.")
  var after: Int?

  func run() async throws {
    let session = StackSession(global: global)
    for number in [before, after].compactMap({ $0 }) { try RevisionNumber.check(number) }
    let name = try session.projectName()
    let (first, second) = (before, after)
    let difference = try await session.difference(of: name, from: first, to: second) { operations -> ProjectDifference in
      guard let store = try session.readingStore(operations) else {
        throw CommandFailure("\(name) has no revisions: \(session.absentStore(operations))")
      }
      let stack = operations.key(name)
      let later: Int
      if let second {
        later = second
      } else if let current = try await store.currentRevision(of: stack) {
        later = current.number
      } else {
        throw CommandFailure("\(name) has no deployed revision")
      }
      func revision(_ number: Int) async throws -> Revision {
        if let revision = try await store.revision(of: stack, number: number) { return revision }
        throw CommandFailure("\(name) has no revision \(number)\n  fix: see slipway revisions -p \(name)")
      }
      let (a, b) = (try await revision(first), try await revision(later))
      return try await operations.difference(a, b, in: store)
    }
    guard global.isJSON else {
      StandardOutput.show(difference.text + "\n")
      return
    }
    StandardOutput.write(difference.record.json(indented: true) + "\n")
  }
}
