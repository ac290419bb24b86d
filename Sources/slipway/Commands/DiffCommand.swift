import ArgumentParser
import ComposeFile
import Orchestration
import RevisionStore
import StackPlanning

/// `slipway diff REV REV`: what differs between two revisions, by service, network and volume.
struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what differs between two revisions.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "The earlier revision.")
  var before: Int

  @Argument(help: "The later revision; none: the current one.")
  var after: Int?

  func run() async throws {
    let session = StackSession(global: global)
    let name = try session.projectName()
    let (first, second) = (before, after)
    let difference = try await session.withOperations { operations -> ProjectDifference in
      guard let store = try operations.readingStore() else { throw CommandFailure("\(name) has no revisions") }
      let stack = operations.key(name)
      let later: Int
      if let second {
        later = second
      } else if let current = try await store.currentRevision(of: stack) {
        later = current.number
      } else {
        throw CommandFailure("\(name) has no deployed revision")
      }
      guard let a = try await store.revision(of: stack, number: first),
        let b = try await store.revision(of: stack, number: later)
      else { throw CommandFailure("\(name) has no revision \(first) or \(later)\n  fix: see slipway revisions -p \(name)") }
      return try await operations.difference(a, b, in: store)
    }
    guard global.isJSON else {
      _ = StandardOutput.write(difference.text + "\n")
      return
    }
    let rows = difference.entries.map { entry in
      ComposeValue.map(
        ComposeMap([
          ("section", .string(entry.section)), ("name", .string(entry.name)), ("kind", .string(entry.kind.rawValue)),
          (
            "changes",
            .list(
              entry.changes.map { change in
                .map(
                  ComposeMap([
                    ("path", .string(change.path)), ("before", change.before.map { .string($0) } ?? .null),
                    ("after", change.after.map { .string($0) } ?? .null),
                  ]))
              })
          ),
        ]))
    }
    _ = StandardOutput.write(ComposeValue.list(rows).json(indented: true) + "\n")
  }
}
