import Accounts
import ComposeFile
import FoundationEssentials
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// The files and secret variables of a stack that the server keeps.
extension ServerParts {
  var stackFileRoutes: [Route] {
    let path = Self.filePath
    let match = Route.Parameter.optional(
      "If-Match", .text(limit: 100), "the tag that the file must have, `*`: any; else 412")
    let none = Route.Parameter.optional("If-None-Match", .text(limit: 100), "`*`: the file must not be there; else 412")
    let noFile: [HTTPResponse.Status: String] = [
      .notFound: "It is not there, or may not be seen.", .contentTooLarge: "The file is too large to be shown or kept.",
      .preconditionFailed: "Somebody has changed it meanwhile.",
    ]
    let noName: [HTTPResponse.Status: String] = [.unprocessable: "That is no name of a variable."]
    return [
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/files", access: .may(.stackRead, .stack), tag: "stacks",
        summary: "The files of a stack",
        answers: [.json(.object([.required("items", .array(of: FileBody.schema))]), "All that is in its folder.")],
        handle: listFiles),
      Route(
        method: .patch, path: "/api/v1/stacks/{stack}/files", access: .may(.stackEdit, .stack), tag: "stacks",
        summary: "Change files", body: .json(FileChangesBody.schema),
        answers: [.json(FileTagsBody.schema, "The new tags; null: removed.")], refusals: noFile, isIdempotent: true,
        takesBundle: true, handle: changeFiles),
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/file", access: .may(.stackRead, .stack), tag: "stacks",
        summary: "One file of a stack",
        details: "Secret values are hidden from who may not edit the stack; of environment files, all values.", query: [path],
        answers: [.json(FileContentBody.schema, "Its content; `ETag` is its tag.")], refusals: noFile, handle: readFile),
      Route(
        method: .put, path: "/api/v1/stacks/{stack}/file", access: .may(.stackEdit, .stack), tag: "stacks",
        summary: "Write one file", query: [path], headers: [match, none],
        body: .json(
          .object([
            .optional("text", .nullable(.text(limit: 1 << 20))), .optional("base64", .nullable(.text(limit: 1_400_000))),
          ])), answers: [.json(FileTagsBody.schema, "Its new tag.")], refusals: noFile, handle: writeFile),
      Route(
        method: .delete, path: "/api/v1/stacks/{stack}/file", access: .may(.stackEdit, .stack), tag: "stacks",
        summary: "Remove one file", query: [path], headers: [match],
        answers: [.empty("It is gone.")], refusals: noFile, handle: removeFile),
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/secrets", access: .may(.stackRead, .stack), tag: "stacks",
        summary: "Names of the secret variables",
        answers: [.json(.map(VariableBody.schema, limit: nil), "By name; never their values.")], handle: listSecrets),
      Route(
        method: .put, path: "/api/v1/stacks/{stack}/secrets/{name}", access: .may(.secretWrite, .stack), tag: "stacks",
        summary: "Set a secret variable",
        body: .json(.object([.required("value", .text(limit: 100 << 10))])), answers: [.empty("It is set.")],
        refusals: noName, handle: writeSecret),
      Route(
        method: .delete, path: "/api/v1/stacks/{stack}/secrets/{name}", access: .may(.secretWrite, .stack), tag: "stacks",
        summary: "Remove a secret variable", answers: [.empty("It is gone.")], refusals: noName, handle: removeSecret),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/secrets/{name}/reveal", access: .may(.secretReveal, .stack), tag: "stacks",
        summary: "Show a secret variable's value", details: "Needs step-up; it is written down who did it.",
        answers: [.json(.object([.required("value", .text)]), "The value.")], refusals: noName, handle: revealSecret),
    ]
  }

  static let filePath = Route.Parameter(
    name: "path", schema: .text(limit: 1024, minimum: 1), about: "within the stack's folder", isRequired: true)

  private func name(_ call: APICall) async throws -> StackName { try await stacks.folder(of: call.stackKey()) }

  /// Whether the caller sees files as they are: who may write them may read them.
  func seesFiles(_ call: APICall) throws -> Bool {
    let key = try call.stackKey()
    return accounts.authorize(try call.caller(), .stackEdit, on: .stack(server: key.server, name: key.project)) == .allowed
  }

  private static func path(_ call: APICall) throws -> FolderPath {
    let text = call.value("path") ?? ""
    guard let path = FolderPath(text) else { throw FileText.unusable(text) }
    return path
  }

  @Sendable private func listFiles(_ call: APICall) async throws -> APIAnswer {
    let (name, seesAll) = (try await name(call), try seesFiles(call))
    let sent = seesAll ? try await store.sentFiles(ofStack: name.text) : [:]
    let files = try folders.entries(of: name).map { entry in
      FileBody(
        path: entry.path, folder: entry.isFolder, size: entry.sizeBytes, mode: String(entry.mode, radix: 8),
        modifiedAt: Timestamp(seconds: Int64(entry.modifiedSeconds)).secondsText,
        // A tag is made of the content, and short contents can be guessed by it.
        tag: entry.isFolder || !seesAll ? nil : tag(entry.path, name), sent: entry.isFolder ? nil : sent[entry.path])
    }
    return try .json(["items": files])
  }

  /// Nil for what is too large to be edited here.
  private func tag(_ path: String, _ name: StackName) -> String? {
    guard let path = FolderPath(path), let bytes = try? folders.read(path, of: name) else { return nil }
    return StackFolders.tag(of: bytes)
  }

  @Sendable private func readFile(_ call: APICall) async throws -> APIAnswer {
    let (name, path) = (try await name(call), try Self.path(call))
    let bytes = try folders.read(path, of: name)
    if try seesFiles(call) { return try .json(FileText.body(path, bytes)).tagged(StackFolders.tag(of: bytes)) }
    guard let text = try await stacks.known(of: call.stackKey()).shown(path, bytes) else {
      throw Problem(
        .forbidden, "withheld", "what is secret in \(path) is not known, so it is for those who may edit the stack",
        remedy: "ask an admin for the role operator on the stack")
    }
    return try .json(FileContentBody(path: path.text, text: text, masked: true))
  }

  @Sendable private func writeFile(_ call: APICall) async throws -> APIAnswer {
    struct Content: Decodable {
      var text: String?
      var base64: String?
    }
    let path = try Self.path(call)
    let content = try call.body(Content.self)
    let file = try FileText.content(FileContentBody(path: path.text, text: content.text, base64: content.base64))
    return try await change(call, [(path, .put(file.bytes))], try Self.expected(call, path))
  }

  @Sendable private func removeFile(_ call: APICall) async throws -> APIAnswer {
    let path = try Self.path(call)
    _ = try await change(call, [(path, .remove)], try Self.expected(call, path))
    return .empty
  }

  @Sendable private func changeFiles(_ call: APICall) async throws -> APIAnswer {
    let body = try call.body(FileChangesBody.self)
    var expected: [String: StackFolders.Expectation] = [:]
    var changes: [(FolderPath, StackFolders.Change)] = []
    for change in body.changes {
      guard let path = FolderPath(change.path) else { throw FileText.unusable(change.path) }
      if let tag = change.tag { expected[path.text] = tag.isEmpty ? .absent : .tagged(tag) }
      if change.remove == true {
        changes.append((path, .remove))
      } else {
        let file = try FileText.content(
          FileContentBody(path: change.path, text: change.text, base64: change.base64, mode: change.mode))
        changes.append((path, .put(file.bytes, mode: file.mode)))
      }
    }
    let sent = Set(body.changes.filter { $0.sent == true }.map(\.path))
    return try await change(call, changes, expected, sent: sent)
  }

  private func change(
    _ call: APICall, _ changes: [(path: FolderPath, change: StackFolders.Change)],
    _ expected: [String: StackFolders.Expectation], sent: Set<String> = []
  ) async throws -> APIAnswer {
    let (name, key) = (try await name(call), try call.stackKey())
    let paths = changes.map(\.path.text)
    let tags = try await audited(call, .stackEdit, "\(key)", detail: ["files": paths.prefix(20).joined(separator: " ")]) {
      try await folders.change(name, changes, expected: expected)
    }
    if !sent.isEmpty { try await store.putSentFiles(tags.filter { sent.contains($0.key) }, ofStack: name.text) }
    catalog.refresh()
    events.publish(
      "stack.files", server: key.server, stack: key.project,
      [("change", .string("edited")), ("files", .list(paths.map { .string($0) })), ("by", .string(try call.caller().name))])
    let answer = try APIAnswer.json(FileTagsBody(tags))
    guard tags.count == 1, let tag = tags.values.first, let tag else { return answer }
    return answer.tagged(tag)
  }

  /// What `If-Match` and `If-None-Match` ask for (RFC 9110, 13.1).
  private static func expected(_ call: APICall, _ path: FolderPath) throws -> [String: StackFolders.Expectation] {
    if let match = call.headers[.ifMatch] {
      let tag = String(match.trimmingPrefix("W/").filter { $0 != "\"" && $0 != " " })
      return [path.text: tag == "*" ? .present : .tagged(tag)]
    }
    guard let none = call.headers[.ifNoneMatch] else { return [:] }
    guard none.filter({ $0 != " " }) == "*" else {
      throw Problem(.badRequest, "invalid_precondition", "If-None-Match takes * here")
    }
    return [path.text: .absent]
  }

  // MARK: Secrets

  private static func variable(_ call: APICall) throws -> String {
    let name = try call.parameter("name")
    try requireVariable(name)
    return name
  }

  /// - Throws: a `Problem` for what is no variable's name.
  static func requireVariable(_ name: String) throws {
    guard let first = name.utf8.first, first == 95 || (65...90).contains(first) || (97...122).contains(first),
      name.utf8.allSatisfy({ $0 == 95 || (65...90).contains($0) || (97...122).contains($0) || (48...57).contains($0) })
    else {
      throw Problem(.unprocessable, "invalid_name", "a variable's name has letters, digits and _, and begins with no digit")
    }
  }

  @Sendable private func listSecrets(_ call: APICall) async throws -> APIAnswer {
    let secrets = try await store.secrets(of: call.stackKey())
    return try .json(
      Dictionary(
        secrets.map { ($0.name, VariableBody(secret: true, updatedAt: $0.updatedAt.text)) },
        uniquingKeysWith: { first, _ in first }))
  }

  @Sendable private func writeSecret(_ call: APICall) async throws -> APIAnswer {
    let (key, name) = (try call.stackKey(), try Self.variable(call))
    _ = try await row(call)
    guard let value = call.json["value"]?.string else { throw Problem(.unprocessable, "invalid_body", "a value is needed") }
    try await store.setSecret(
      Secret(value), named: name, of: key, try audit(call, .secretWrite, "\(key)", detail: ["variable": name]))
    events.publish("stack.secrets", server: key.server, stack: key.project, [("variable", .string(name))])
    return .empty
  }

  @Sendable private func removeSecret(_ call: APICall) async throws -> APIAnswer {
    let (key, name) = (try call.stackKey(), try Self.variable(call))
    try await store.removeSecret(
      named: name, of: key, try audit(call, .secretWrite, "\(key)", detail: ["variable": name, "what": "remove"]))
    events.publish("stack.secrets", server: key.server, stack: key.project, [("variable", .string(name))])
    return .empty
  }

  @Sendable private func revealSecret(_ call: APICall) async throws -> APIAnswer {
    let (key, name) = (try call.stackKey(), try Self.variable(call))
    guard let value = try await store.secretValue(named: name, of: key) else { throw Problem.notFound("secret \(name)") }
    // Written down before it is shown: what cannot be written down is not shown (S-AUD-1).
    try await store.appendAudit([try audit(call, .secretReveal, "\(key)", detail: ["variable": name])])
    return try .json(["value": value.reveal()])
  }
}

/// Content of files as it travels.
enum FileText {
  /// - Throws: a `Problem` for a path that leads elsewhere, or for content that is neither text nor base64.
  static func content(_ file: FileContentBody) throws -> StackFolders.NewFile {
    guard let path = FolderPath(file.path) else { throw unusable(file.path) }
    let mode = file.mode.flatMap(FileMode.bits)
    switch (file.text, file.base64) {
    case (let text?, nil): return StackFolders.NewFile(path, Array(text.utf8), mode: mode)
    case (nil, let encoded?):
      guard let data = Data(base64Encoded: encoded) else {
        throw Problem(.unprocessable, "invalid_body", "\(file.path.prefix(200)): base64 cannot be read")
      }
      return StackFolders.NewFile(path, Array(data), mode: mode)
    case (nil, nil), (_?, _?):
      throw Problem(.unprocessable, "invalid_body", "\(file.path.prefix(200)): give text or base64")
    }
  }

  static func body(_ path: FolderPath, _ bytes: [UInt8]) -> FileContentBody {
    if let text = String(validating: bytes, as: UTF8.self) { return FileContentBody(path: path.text, text: text) }
    return FileContentBody(path: path.text, text: nil, base64: Data(bytes).base64EncodedString())
  }

  static func unusable(_ path: String) -> Problem {
    Problem(
      .unprocessable, "invalid_path", "\"\(path.prefix(200))\" is no path within the stack's folder",
      remedy: "give a relative path without .. in it")
  }
}
