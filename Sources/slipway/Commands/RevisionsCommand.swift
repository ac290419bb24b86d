import ArgumentParser
import ComposeFile
import Orchestration
import RevisionStore

/// `slipway revisions`: every deploy of a stack, newest first.
struct RevisionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revisions", abstract: "List the revisions of a stack, newest first.", aliases: ["history"])

  @OptionGroup var global: GlobalOptions

  @Option(name: .shortAndLong, help: "At most so many.")
  var limit = 100

  func run() async throws {
    let session = StackSession(global: global)
    let name = try session.projectName()
    let count = limit
    let (revisions, current) = try await session.withOperations { operations -> ([RevisionSummary], Int?) in
      guard let store = try operations.readingStore() else { return ([], nil) }
      let stack = operations.key(name)
      return (try await store.revisions(of: stack, limit: count), try await store.currentRevision(of: stack)?.number)
    }
    if global.isJSON {
      let rows = revisions.map { revision in
        ComposeValue.map(
          ComposeMap([
            ("number", .int(revision.number)), ("createdAt", .string(ClockText.utc(revision.createdAt.milliseconds))),
            ("outcome", .string(revision.outcome.rawValue)), ("current", .bool(revision.number == current)),
            ("kind", .string(Self.word(revision.kind))), ("author", .string(revision.author)),
            ("message", .string(revision.message)),
            (
              "images",
              .map(
                ComposeMap(
                  revision.images.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.digest ?? $0.value.imageID)) }))
            ),
          ]))
      }
      _ = StandardOutput.write(ComposeValue.list(rows).json(indented: true) + "\n")
      return
    }
    if revisions.isEmpty { return StandardError.write("\(name) has no revisions") }
    for revision in revisions {
      let mark = revision.number == current ? "*" : " "
      let images = revision.images.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.reference)" }.joined(separator: " ")
      _ = StandardOutput.write(
        "\(mark) \(revision.number)\t\(ClockText.utc(revision.createdAt.milliseconds))\t\(revision.outcome.rawValue)\t\(Self.word(revision.kind))\t\(revision.author)\t\(images)\t\(revision.message)\n"
      )
    }
  }

  private static func word(_ kind: RevisionKind) -> String {
    switch kind {
    case .deploy: "deploy"
    case .rollback(let from): "rollback to \(from)"
    case .adopt: "adopt"
    case .restored(let from): "restored \(from)"
    }
  }
}
