import Accounts
import ComposeFile
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI
import StackPlanning

/// What was deployed, and what differs.
extension ServerParts {
  var revisionRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/revisions", access: .may(.stackRead, .stack), tag: "revisions",
        summary: "The history of a stack", query: Paging.parameters,
        answers: [.json(.page(of: RevisionBody.schema), "Newest first.")], handle: listRevisions),
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/revisions/{number}", access: .may(.stackRead, .stack), tag: "revisions",
        summary: "A revision", answers: [.json(RevisionDetailBody.schema, "All that it keeps, without secrets.")],
        handle: showRevision),
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/revisions/{number}/file", access: .may(.stackRead, .stack), tag: "revisions",
        summary: "A file as a revision has it",
        details:
          "Of what is in the revision's working directory, and kept whole. Who may not edit the stack gets it with its secrets hidden, or not at all.",
        query: [Self.filePath],
        answers: [.json(FileContentBody.schema, "The file.")],
        refusals: [
          .forbidden: "What is secret in it is not known, or it is a secret.",
          .unprocessable: "The path leads elsewhere.",
        ], handle: showRevisionFile),
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/diff", access: .may(.stackRead, .stack), tag: "revisions",
        summary: "What differs between two revisions",
        query: [
          .optional("from", .integer(minimum: 1, maximum: nil), "left out: the one before `to`"),
          .optional("to", .integer(minimum: 1, maximum: nil), "left out: the current one"),
        ],
        answers: [
          .json(
            .object([.required("from", .count), .required("to", .count), .required("differences", .array(of: .anything))]),
            "The differences, without secrets.")
        ], handle: showDifference),
    ]
  }

  @Sendable private func listRevisions(_ call: APICall) async throws -> APIAnswer {
    let key = try await row(call).key
    let paging = Paging(call)
    let before = try paging.cursor.map { text in
      guard let number = Int(text), number > 0 else { throw Problem(.badRequest, "invalid_cursor", "the cursor is none of ours") }
      return number
    }
    let current = try await store.currentRevision(of: key)?.number
    let isDown = try await store.isDown(key)
    let found = try await store.revisions(of: key, limit: paging.limit + 1, before: before)
    let secrets = try await stacks.known(of: key)
    let page = found.prefix(paging.limit).map {
      RevisionBody(
        number: $0.number, createdAt: $0.createdAt, author: $0.author, message: secrets.text($0.message), kind: $0.kind,
        outcome: $0.outcome, images: $0.images.told(secrets.text), current: current, isDown: isDown)
    }
    return try .json(Page(page, next: found.count > paging.limit ? page.last.map { String($0.number) } : nil))
  }

  private func revision(_ key: StackKey, _ number: Int) async throws -> Revision {
    guard let revision = try await store.revision(of: key, number: number) else { throw Problem.notFound("revision \(number)") }
    return revision
  }

  @Sendable private func showRevision(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let revision = try await revision(key, Int(try call.parameter("number")) ?? 0)
    let current = try await store.currentRevision(of: key)?.number
    let isDown = try await store.isDown(key)
    let events = try await store.events(of: revision.operation, limit: RevisionDetailBody.eventLimit)
    let secrets = try await stacks.known(of: key)
    return try .json(
      RevisionDetailBody(revision, events, current: current, isDown: isDown, withTags: try seesFiles(call)) { secrets.text($0) })
  }

  /// What the environment files of a revision had that was secret; nil: one of them cannot be read.
  private func secrets(of revision: Revision, _ key: StackKey) async throws -> KnownSecrets? {
    var values: [String] = []
    for file in revision.files where file.role == .environment || file.role == .serviceEnvironment {
      if case .hashOnly = file.content { return nil }
      let bytes = try await store.content(file.content, of: key).reveal()
      guard let variables = KnownSecrets.variables(bytes, file: file.path) else { return nil }
      values += KnownSecrets.values(of: variables)
    }
    return KnownSecrets(values)
  }

  @Sendable private func showRevisionFile(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let revision = try await revision(key, Int(try call.parameter("number")) ?? 0)
    guard let path = FolderPath(call.value("path") ?? "") else { throw FileText.unusable(call.value("path") ?? "") }
    let names = [path.text, "\(revision.workingDirectory)/\(path)"]
    guard let file = revision.files.first(where: { names.contains($0.path) }) else {
      throw Problem.notFound("file \(path) of revision \(revision.number)")
    }
    if case .hashOnly = file.content {
      throw Problem(
        .notFound, "not_kept", "revision \(revision.number) keeps only what tells whether \(path) has changed: it is too large")
    }
    let withheld = Problem(
      .forbidden, "withheld", "\(path) is secret, or what is secret in it is not known",
      remedy: "who may edit the stack sees its files as they are now")
    guard file.role != .secret else { throw withheld }
    let bytes = try await store.content(file.content, of: key).reveal()
    var body: FileContentBody
    if try seesFiles(call) {
      body = FileText.body(path, bytes)
    } else {
      let isEnvironment = file.role == .environment || file.role == .serviceEnvironment
      // What is secret now, and what was then.
      guard let text = try await stacks.known(of: key).shown(path, bytes, isEnvironment: isEnvironment),
        let before = try await secrets(of: revision, key)
      else { throw withheld }
      body = FileContentBody(path: path.text, text: before.text(text), masked: true)
    }
    body.mode = FileMode.text(file.mode)
    return try .json(body)
  }

  @Sendable private func showDifference(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let current = try await store.currentRevision(of: key)?.number
    guard let to = call.number("to") ?? current else { throw Problem.notFound("revision of \(key.project)") }
    let from = call.number("from") ?? to - 1
    guard from >= 1 else { throw Problem(.notFound, "not_found", "there is no revision before \(to)") }
    let (before, after) = (try await revision(key, from), try await revision(key, to))
    let operations = try await stacks.operations(on: key.server, stack: key, author: try call.caller().name)
    let difference = try await operations.difference(before, after, in: store)
    let record = ComposeValue.map(
      ComposeMap([
        ("from", .int(from)), ("to", .int(to)), ("differences", try await stacks.known(of: key).value(difference.record)),
      ]))
    return APIAnswer(status: .ok, content: .bytes(Array(record.json(indented: false).utf8), type: "application/json"))
  }
}
