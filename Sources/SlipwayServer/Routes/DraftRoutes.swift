import Accounts
import ComposeFile
import FoundationEssentials
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// Files of a stack that somebody is still writing: one draft for all who edit the stack, so that nobody loses what they wrote.
extension ServerParts {
  var draftRoutes: [Route] {
    let changed: [HTTPResponse.Status: String] = [.conflict: "The draft is another one now."]
    return [
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/draft", access: .may(.draftRead, .stack), tag: "stacks",
        summary: "The draft of a stack's files", details: "For who may edit the stack.",
        answers: [.json(StackDraftBody.schema, "The draft; version 0: there is none.")],
        handle: readDraft),
      Route(
        method: .put, path: "/api/v1/stacks/{stack}/draft", access: .may(.stackEdit, .stack), tag: "stacks",
        summary: "Keep a draft of a stack's files",
        details:
          "In the place of the one of the given version; nothing is deployed by it. All files together have at most 4 MiB.",
        body: .json(NewStackDraftBody.schema), answers: [.json(StackDraftBody.schema, "The draft without its files.")],
        refusals: changed.merging([.contentTooLarge: "It is too large to be kept."]) { $1 }, takesBundle: true, handle: writeDraft
      ),
      Route(
        method: .delete, path: "/api/v1/stacks/{stack}/draft", access: .may(.stackEdit, .stack), tag: "stacks",
        summary: "Discard the draft",
        query: [.optional("version", .count, "of the draft that was seen; left out: whatever it is")],
        answers: [.empty("It is gone.")], refusals: changed, handle: removeDraft),
    ]
  }

  private static let draftLimitBytes = 4 << 20

  private static func isOther(_ now: Draft?) -> Problem {
    Problem(
      .conflict, "draft_changed",
      now.map { "\($0.author) has changed the draft at \($0.updatedAt.text)" } ?? "the draft was saved or discarded meanwhile",
      remedy: "read it again, and compare")
  }

  @Sendable private func readDraft(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let name = try await stacks.folder(of: key)
    guard let draft = try await store.draft(ofStack: name.text) else { return try .json(StackDraftBody(version: 0)) }
    let files = try JSONDecoder().decode([StackDraftBody.File].self, from: Data(draft.content.reveal()))
    return try .json(
      StackDraftBody(version: Int(draft.version), author: draft.author, updatedAt: draft.updatedAt.text, files: files))
  }

  @Sendable private func writeDraft(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let name = try await stacks.folder(of: key)
    let body = try call.body(NewStackDraftBody.self)
    for file in body.files where FolderPath(file.path) == nil { throw FileText.unusable(file.path) }
    let content = Array(try JSONEncoder().encode(body.files))
    guard content.count <= Self.draftLimitBytes else {
      throw Problem(
        .contentTooLarge, "draft_too_large", "the draft has more than \(Self.draftLimitBytes >> 20) MiB",
        remedy: "save the files, or bring large data in by a volume")
    }
    let author = try call.caller().name
    guard let version = try await store.putDraft(content, ofStack: name.text, author: author, seen: Int64(body.version)) else {
      throw Self.isOther(try await store.draft(ofStack: name.text))
    }
    tellDraft(key, Int(version), author)
    return try .json(StackDraftBody(version: Int(version), author: author, updatedAt: Timestamp.systemNow().text))
  }

  @Sendable private func removeDraft(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let name = try await stacks.folder(of: key)
    let kept = try await store.draft(ofStack: name.text)
    let seen = call.number("version").map { Int64($0) } ?? kept?.version ?? 0
    guard try await store.removeDraft(ofStack: name.text, seen: seen) else { throw Self.isOther(kept) }
    if seen > 0 { tellDraft(key, 0, try call.caller().name) }
    return .empty
  }

  private func tellDraft(_ key: StackKey, _ version: Int, _ author: String) {
    events.publish(
      "stack.draft", server: key.server, stack: key.project, [("version", .int(version)), ("by", .string(author))])
  }
}
