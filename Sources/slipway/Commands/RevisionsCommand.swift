import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore
import SlipwayAPI
import SlipwayClient
import SlipwayServer

/// `slipway revisions [REVISION]`: every deploy of a stack, newest first; or one of them with its plan and events.
struct RevisionsCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "revisions", abstract: "List the revisions of a stack, newest first; or show one whole.",
    aliases: ["history"])

  @OptionGroup var global: GlobalOptions

  private static let most = 1000

  @Option(name: .customLong("limit"), help: "At most so many, 1 to 1000.")
  var limit = 100

  @Argument(help: "Number of one revision, to show it with its files, plan and events.")
  var number: Int?

  func run() async throws {
    let session = StackSession(global: global)
    guard (1...Self.most).contains(limit) else {
      throw CommandFailure("--limit \(limit) is not a number of revisions\n  fix: give 1 to \(Self.most)")
    }
    if let number { try RevisionNumber.check(number) }
    let name = try session.projectName()
    if let number { return try await show(number, of: name, session) }
    let count = limit
    let (revisions, current, absence) = try await listed(name, count, session)
    if global.isJSON {
      let rows = revisions.map { ComposeValue.map(Self.summary($0, current)) }
      StandardOutput.write(ComposeValue.list(rows).json(indented: true) + "\n")
      return
    }
    if revisions.isEmpty { return StandardError.note("\(name) has no revisions\(absence.map { ": \($0)" } ?? "")") }
    let head = ["", "REVISION", "CREATED", "OUTCOME", "KIND", "AUTHOR", "IMAGES", "MESSAGE"]
    let rows = revisions.map { revision in
      let images = revision.images.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.reference)" }.joined(separator: " ")
      return [
        revision.number == current.number ? (current.isDown ? "down" : "*") : " ", String(revision.number),
        ClockText.utc(revision.createdAt.milliseconds),
        revision.outcome.rawValue, Self.word(revision.kind), revision.author, images,
        String(revision.message.split(separator: "\n").first ?? ""),
      ]
    }
    StandardOutput.show(Table.text([head] + rows))
  }

  private func listed(
    _ name: String, _ count: Int, _ session: StackSession
  ) async throws -> (revisions: [RevisionSummary], current: Current, absence: String?) {
    if case .remote(let connection) = try await session.place() {
      let found = try await session.revisions(of: name, limit: count, connection)
      return (found.revisions, Current(number: found.current, isDown: found.isDown), nil)
    }
    return try await session.withOperations { operations in
      guard let store = try session.readingStore(operations) else { return ([], Current(), session.absentStore(operations)) }
      let stack = operations.key(name)
      let current = Current(
        number: try await store.currentRevision(of: stack)?.number, isDown: try await store.isDown(stack))
      return (try await store.revisions(of: stack, limit: count), current, nil)
    }
  }

  private func show(_ number: Int, of name: String, _ session: StackSession) async throws {
    let missing = CommandFailure("\(name) has no revision \(number)\n  fix: see slipway revisions -p \(name)")
    let revision: RevisionDetailBody
    if case .remote(let connection) = try await session.place() {
      do {
        revision = try await connection.call(
          .get, session.served(name, connection).path("revisions/\(number)"), as: RevisionDetailBody.self)
      } catch let problem as ServerProblem {
        throw problem.status == 404 ? missing : problem
      }
    } else {
      revision = try await session.withOperations { operations in
        guard let store = try session.readingStore(operations) else {
          throw CommandFailure("\(name) has no revisions: \(session.absentStore(operations))")
        }
        guard let found = try await store.revision(of: operations.key(name), number: number) else { throw missing }
        let events = try await store.events(of: found.operation, limit: RevisionDetailBody.eventLimit)
        return RevisionDetailBody(found, events, current: nil, isDown: false)
      }
    }
    if global.isJSON {
      StandardOutput.write(ComposeValue.map(Self.json(revision)).json(indented: true) + "\n")
    } else {
      StandardOutput.show(Self.text(revision))
    }
  }

  // MARK: Forms

  /// The newest deployed revision, and whether the stack was taken down since.
  private struct Current: Sendable {
    var number: Int?
    var isDown = false
  }

  private static func summary(_ revision: RevisionSummary, _ current: Current) -> ComposeMap {
    let isNewest = revision.number == current.number
    return ComposeMap([
      ("number", .int(revision.number)), ("createdAt", .string(ClockText.utc(revision.createdAt.milliseconds))),
      ("outcome", .string(revision.outcome.rawValue)), ("current", .bool(isNewest && !current.isDown)),
      ("down", .bool(isNewest && current.isDown)),
      ("kind", .string(word(revision.kind))), ("author", .string(revision.author)), ("message", .string(revision.message)),
      ("images", images(revision.images)),
    ])
  }

  /// Values of secret variables are not shown.
  private static func json(_ detail: RevisionDetailBody) -> ComposeMap {
    let revision = RevisionSummary(detail.revision)
    func text(_ value: String?) -> ComposeValue { value.map { .string($0) } ?? .null }
    let files = detail.files.map { file in
      ComposeValue.map(
        ComposeMap([
          ("path", .string(file.path)), ("role", .string(file.role)), ("bytes", .int(file.size ?? 0)),
        ]))
    }
    let events = detail.events.map { event in
      ComposeValue.map(
        ComposeMap([
          ("sequence", .int(event.sequence)), ("at", .string(time(event))), ("level", .string(event.level)),
          ("kind", .string(event.kind)), ("service", text(event.service)), ("text", .string(event.text)),
        ]))
    }
    return ComposeMap([
      ("number", .int(revision.number)), ("createdAt", .string(ClockText.utc(revision.createdAt.milliseconds))),
      ("outcome", .string(revision.outcome.rawValue)), ("kind", .string(word(revision.kind))),
      ("author", .string(revision.author)), ("message", .string(revision.message)), ("images", images(revision.images)),
      ("workingDirectory", .string(detail.workingDirectory)), ("profiles", .list(detail.profiles.map { .string($0) })),
      ("files", .list(files)), ("variables", .list(detail.variables.keys.sorted().map { .string($0) })),
      ("result", text(detail.result)), ("plan", text(detail.plan)), ("events", .list(events)),
    ])
  }

  private static func time(_ event: RevisionDetailBody.Notice) -> String {
    ClockText.precise(EngineTimestamp(event.at).map { $0.seconds * 1000 + Int64($0.nanoseconds) / 1_000_000 } ?? 0)
  }

  private static func text(_ detail: RevisionDetailBody) -> String {
    let revision = RevisionSummary(detail.revision)
    var lines = [
      "revision   \(revision.number) (\(word(revision.kind)))", "created    \(ClockText.utc(revision.createdAt.milliseconds))",
      "author     \(revision.author)", "message    \(revision.message)", "outcome    \(revision.outcome.rawValue)",
      "result     \(detail.result ?? "not ended")", "directory  \(detail.workingDirectory)",
    ]
    if !detail.profiles.isEmpty { lines.append("profiles   \(detail.profiles.joined(separator: ", "))") }
    lines.append("images")
    for (service, image) in revision.images.sorted(by: { $0.key < $1.key }) {
      lines.append("  \(service)  \(image.reference)  \(image.digest ?? image.imageID)")
    }
    lines.append("files")
    for file in detail.files { lines.append("  \(file.path)  \(file.role)  \(file.size ?? 0) bytes") }
    if !detail.variables.isEmpty { lines.append("variables  \(detail.variables.keys.sorted().joined(separator: ", "))") }
    lines += ["plan"] + (detail.plan ?? "none was made").split(separator: "\n").map { "  \($0)" }
    lines.append("events")
    for event in detail.events { lines.append("  \(time(event))  \(event.kind)  \(event.text)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func images(_ images: [String: ImageRecord]) -> ComposeValue {
    .map(ComposeMap(images.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.digest ?? $0.value.imageID)) }))
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
