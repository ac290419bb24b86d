import Accounts
import ComposeFile
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// Stacks whose files come from a Git repository.
extension ServerParts {
  var gitRoutes: [Route] {
    let source = Schema.object([
      .required("url", .text(limit: 2048, minimum: 1), "https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH"),
      .required("ref", .text(limit: 200, minimum: 1), "a branch, a tag or a commit"),
      .optional("path", .nullable(.text(limit: 1024)), "the project's folder in the repository"),
      .optional(
        "interval_seconds", .nullable(.integer(minimum: 60, maximum: 86_400 * 7)),
        "how often it is looked at, and deployed when it has changed, in the name of who asks for it, who needs the right to; null: when asked"
      ),
      .optional(
        "token", .nullable(.text(limit: 4096)),
        "for a private repository over https; kept sealed and never told. Left out: that of the same address stays; empty: it is forgotten"
      ),
      .optional("token_user", .nullable(.text(limit: 100)), "the name that goes with it; x-access-token when left out"),
    ])
    let answer = Schema.named("GitSource") {
      .object([
        .required("url", .text), .required("ref", .text), .required("path", .text),
        .optional("interval_seconds", .nullable(.count)), .optional("commit", .nullable(.text), "that the files are of"),
        .required("token_set", .boolean), .optional("token_user", .nullable(.text)),
        .optional("token_updated_at", .nullable(.time)),
      ])
    }
    let later: [HTTPResponse.Status: String] = [
      .conflict: "The files of the stack are not from a repository, or it is in another state."
    ]
    return [
      Route(
        method: .post, path: "/api/v1/stacks/git", access: .may(.stackCreate, .all), tag: "stacks",
        summary: "Make a stack from a Git repository", details: "An operation fetches the files; nothing is deployed.",
        body: .json(
          .object([
            .required("name", .text(limit: 63, minimum: 1)), .optional("server", .nullable(.text(limit: 63))),
            .required("source", source),
          ])), answers: [.accepted], refusals: [.conflict: "There is one of this name."], isIdempotent: true,
        handle: createFromGit),
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/source", access: .may(.stackRead, .stack), tag: "stacks",
        summary: "The repository of a stack", answers: [.json(answer, "Where its files come from.")], refusals: later,
        handle: showSource),
      Route(
        method: .put, path: "/api/v1/stacks/{stack}/source", access: .may(.stackEdit, .stack), tag: "stacks",
        summary: "Take the files from a repository", body: .json(source), answers: [.accepted], refusals: later,
        handle: changeSource),
      Route(
        method: .delete, path: "/api/v1/stacks/{stack}/source", access: .may(.stackEdit, .stack), tag: "stacks",
        summary: "Keep the files here from now on", answers: [.empty("They stay as they are.")], refusals: later,
        handle: removeSource),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/source/sync", access: .may(.stackEdit, .stack), tag: "stacks",
        summary: "Fetch the files now",
        details:
          "With `deploy` they are deployed when this fetch, or one before it that was to be deployed, has brought something that is not deployed yet.",
        body: .optionalJSON(.object([.optional("deploy", .nullable(.boolean))])), answers: [.accepted], refusals: later,
        isIdempotent: true, handle: syncSource),
    ]
  }

  private struct SourceBody: Decodable {
    var url: String
    var ref: String
    var path: String?
    var intervalSeconds: Int?
    var token: String?
    var tokenUser: String?

    func git() throws -> StackHome.Git {
      guard GitAddress(url) != nil else {
        throw Problem(
          .unprocessable, "invalid_address", "\"\(url.prefix(200))\" is no address of a repository",
          remedy: "give https://HOST/PATH or ssh://USER@HOST/PATH, without a password in it")
      }
      guard GitSource.isUsable(reference: ref) else {
        throw Problem(.unprocessable, "invalid_reference", "\"\(ref)\" is no branch, tag or commit")
      }
      let path = path ?? ""
      guard path.isEmpty || FolderPath(path) != nil else { throw FileText.unusable(path) }
      return StackHome.Git(url: url, ref: ref, path: path, intervalSeconds: intervalSeconds)
    }
  }

  private func source(_ key: StackKey) async throws -> (StackName, StackHome.Git) {
    guard let name = StackName(key.project), let home = try await store.stackHome(named: key.project), home.server == key.server,
      case .git(let git) = home.source
    else { throw Problem(.conflict, "no_repository", "the files of \(key.project) are not from a repository") }
    return (name, git)
  }

  @Sendable private func showSource(_ call: APICall) async throws -> APIAnswer {
    struct Body: Encodable {
      var url: String
      var ref: String
      var path: String
      var intervalSeconds: Int?
      var commit: String?
      var tokenSet: Bool
      var tokenUser: String?
      var tokenUpdatedAt: String?
    }
    let (name, git) = try await source(call.stackKey())
    let token = try await store.gitTokenFacts(ofStack: name.text)
    return try .json(
      Body(
        url: git.url, ref: git.ref, path: git.path, intervalSeconds: git.intervalSeconds, commit: await self.git.commit(of: name),
        tokenSet: token != nil, tokenUser: token?.user, tokenUpdatedAt: token?.updatedAt.text))
  }

  @Sendable private func createFromGit(_ call: APICall) async throws -> APIAnswer {
    struct Body: Decodable {
      var name: String
      var server: String?
      var source: SourceBody
    }
    let body = try call.body(Body.self)
    guard let name = StackName(body.name) else {
      throw Problem(.unprocessable, "invalid_name", "\"\(body.name.prefix(80))\" is no name for a stack")
    }
    let key = StackKey(server: body.server ?? ServerName.local, project: name.text)
    try await accounts.require(call.caller(), .stackCreate, on: .stack(server: key.server, name: key.project))
    let git = try await asked(call, body.source, key)
    guard !folders.exists(name) else { throw StackFolders.Refusal.stackExists(name.text) }
    if key.server != ServerName.local { _ = try await fleet.member(key.server) }
    try Self.checkToken(body.source)
    return try await fetch(call, key, git) {
      // Asked again when its turn has come: somebody may have been faster.
      guard !folders.exists(name) else { throw StackFolders.Refusal.stackExists(name.text) }
      try await keepToken(call, key, body.source, isNew: true)
      return git
    }
  }

  @Sendable private func changeSource(_ call: APICall) async throws -> APIAnswer {
    let key = try await row(call).key
    let name = try await stacks.freeFolder(of: key)
    let body = try call.body(SourceBody.self)
    let git = try await asked(call, body, key)
    try Self.checkToken(body)
    return try await fetch(call, key, git) {
      let was = if case .git(let git)? = try await store.stackHome(named: name.text)?.source { git.url } else { "" }
      try await keepToken(call, key, body, isNew: was != body.url)
      return git
    }
  }

  /// A repository as the caller wants it; with an interval it is deployed in the caller's name, who must be allowed to.
  private func asked(_ call: APICall, _ body: SourceBody, _ key: StackKey) async throws -> StackHome.Git {
    var git = try body.git()
    guard git.intervalSeconds != nil else { return git }
    let caller = try call.caller()
    try await accounts.require(caller, .stackDeploy, on: .stack(server: key.server, name: key.project))
    git.owner = StackHome.Owner(user: caller.userID, name: caller.name)
    return git
  }

  @Sendable private func syncSource(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let git = try await source(key).1
    let deploys = call.json["deploy"]?.bool ?? false
    if deploys { try await accounts.require(call.caller(), .stackDeploy, on: .stack(server: key.server, name: key.project)) }
    return try await fetch(call, key, git, deploys: deploys)
  }

  /// Keeps the token of a body, or forgets the one that there is where it was given for another repository: who may change the
  /// address must not read with somebody else's token what that may read.
  ///
  /// - Parameter isNew: another repository, or a stack that there is not yet.
  private func keepToken(_ call: APICall, _ key: StackKey, _ body: SourceBody, isNew: Bool = false) async throws {
    guard let address = GitAddress(body.url) else { return }
    let known = try await store.gitTokenFacts(ofStack: key.project)
    guard let token = body.token, !token.isEmpty else {
      guard let known, isNew || body.token != nil || known.host != address.authority else { return }
      let entry = try audit(call, .stackEdit, "\(key)", detail: ["what": "forget git token", "host": known.host])
      _ = try await store.removeGitToken(ofStack: key.project, entry)
      return
    }
    let entry = try audit(call, .stackEdit, "\(key)", detail: ["what": "git token", "host": address.authority])
    try await store.putGitToken(Self.token(token, body, address), ofStack: key.project, entry)
  }

  private static func token(_ token: String, _ body: SourceBody, _ address: GitAddress) -> GitToken {
    GitToken(host: address.authority, user: body.tokenUser ?? "x-access-token", token: Secret(token))
  }

  /// Refuses a token that could not be kept when its turn has come.
  private static func checkToken(_ body: SourceBody) throws {
    guard let address = GitAddress(body.url), let text = body.token, !text.isEmpty else { return }
    guard address.keepsTokens else {
      throw Problem(
        .unprocessable, "invalid_address", "a token goes to \(address.host) encrypted, or not at all",
        remedy: "give an address with https://")
    }
    do {
      try RevisionStore.check(token(text, body, address))
    } catch {
      guard case .invalid(let what, let reason) = error else { throw error }
      throw Problem(.unprocessable, "invalid_body", "\(what) cannot be taken: \(reason)")
    }
  }

  @Sendable private func removeSource(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    // What fetches now, or waits to, would have the source back.
    return try await jobs.alone(on: key) {
      let (name, _) = try await source(key)
      let entry = try audit(call, .stackEdit, "\(key)", detail: ["source": "folder"])
      try await store.putStackHome(named: key.project, server: key.server, source: .folder, entry)
      try await git.settle(name, entry)
      _ = try await store.removeGitToken(
        ofStack: key.project, try audit(call, .stackEdit, "\(key)", detail: ["what": "forget git token"]))
      git.forgetCopy(of: name)
      return .empty
    }
  }

  /// What a revision of a stack says, where nobody said something else: the commit of files from a repository.
  ///
  /// - Parameter message: what somebody said; the commit is told behind it.
  func revisionMessage(_ message: String, _ key: StackKey) async throws -> String {
    guard let name = StackName(key.project), let home = try await store.stackHome(named: key.project), home.server == key.server,
      case .git = home.source, let commit = try await git.message(of: name)
    else { return message }
    return message.isEmpty ? commit : "\(message) (\(commit))"
  }

  /// - Parameter new: the source that the stack has from now on, given when its turn has come; left out: the one that it has then.
  private func fetch(
    _ call: APICall, _ key: StackKey, _ shown: StackHome.Git, deploys: Bool = false,
    _ new: (@Sendable () async throws -> StackHome.Git)? = nil
  ) async throws -> APIAnswer {
    let caller = try call.caller()
    let entry = try audit(call, .stackEdit, "\(key)", detail: ["source": shown.url, "ref": shown.ref])
    let asked = try asker(call)
    let request = JobRunner.Request(
      kind: "git", stack: key, title: "fetch \(shown.ref)", requestedBy: caller.name, way: caller.origin.way)
    let job = try await jobs.submit(request, audit: entry) { progress in
      // Asked again when its turn has come: meanwhile a stack of another server may have taken the name.
      let name = try await stacks.freeFolder(of: key)
      guard let new else {
        return try await sync(key, deploys: deploys, author: caller.name, asked, entry, progress)
      }
      let git = try await new()
      let synced = try await fetchFiles(key, name, git, deploys: false, entry, progress)
      try await store.putStackHome(named: name.text, server: key.server, source: .git(git))
      catalog.refresh()
      return Self.outcome(synced)
    }
    return try .json(OperationBody(job), status: .accepted).with(.location, "/api/v1/operations/\(job.id)")
  }

  private static func outcome(_ synced: GitSource.Synced) -> JobRunner.Outcome {
    JobRunner.Outcome(.done, [("commit", .string(synced.commit)), ("changed", .int(synced.changed.count))])
  }

  /// Fetches the files of a stack from where they come now, and deploys them when that is wanted and something is yet to be deployed.
  ///
  /// For a job on the stack: nobody else changes where its files come from meanwhile.
  /// - Parameter isWanted: asked with the source as it is now; false: nothing is done.
  func sync(
    _ key: StackKey, deploys: Bool, author: String, _ asked: PolicyAsker, _ entry: AuditEntry, _ progress: JobProgress,
    isWanted: @Sendable (StackHome.Git) -> Bool = { _ in true }
  ) async throws -> JobRunner.Outcome {
    let (name, git) = try await source(key)
    guard isWanted(git) else { return JobRunner.Outcome(.cancelled, [("reason", .string("the source was changed meanwhile"))]) }
    let synced = try await fetchFiles(key, name, git, deploys: deploys, entry, progress)
    guard deploys, synced.isPending else { return Self.outcome(synced) }
    var request = stacks.request(try await stacks.load(key))
    request.message = try await revisionMessage("", key)
    let operations = try await stacks.operations(
      on: key.server, stack: key, author: author, asked: asked, progress: progress.sink)
    var outcome = try await settling(key, entry) { Self.outcome(try await operations.deploy(request)) }
    outcome.result["commit"] = .string(synced.commit)
    return outcome
  }

  /// Makes the folder of a stack what its repository has.
  func fetchFiles(
    _ key: StackKey, _ name: StackName, _ git: StackHome.Git, deploys: Bool, _ entry: AuditEntry, _ progress: JobProgress
  ) async throws -> GitSource.Synced {
    progress.reach(.pulling)
    let synced = try await self.git.sync(name, git, deploys: deploys, entry)
    catalog.refresh()
    progress.tell(
      "fetched",
      [
        ("commit", .string(synced.commit)), ("subject", .string(synced.subject)),
        ("changed", .list(synced.changed.map { .string($0) })), ("skipped", .list(synced.skipped.map { .string($0) })),
      ])
    if !synced.changed.isEmpty {
      events.publish(
        "stack.files", server: key.server, stack: key.project,
        [("change", .string("fetched")), ("commit", .string(synced.commit))])
    }
    return synced
  }

  /// Runs a deploy or a rollback of a stack; unless it fails nothing that was fetched is to be deployed any more: what runs now is
  /// wanted, or somebody does not want it.
  func settling(
    _ key: StackKey, _ entry: AuditEntry, _ body: () async throws -> JobRunner.Outcome
  ) async throws -> JobRunner.Outcome {
    let outcome: JobRunner.Outcome
    do {
      outcome = try await body()
    } catch let error as CancellationError {
      try await settleGit(key, entry)
      throw error
    }
    if outcome.state != .failed { try await settleGit(key, entry) }
    return outcome
  }

  /// Nothing that was fetched for a stack is to be deployed any more.
  func settleGit(_ key: StackKey, _ entry: AuditEntry) async throws {
    guard let name = StackName(key.project) else { return }
    try await git.settle(name, entry)
  }

  /// As `fetchFiles`, where the files of a stack come from a repository; else nothing is done.
  func fetchIfFromGit(_ key: StackKey, _ entry: AuditEntry, _ progress: JobProgress) async throws {
    guard let name = StackName(key.project), let home = try await store.stackHome(named: key.project), home.server == key.server,
      case .git(let git) = home.source
    else { return }
    _ = try await fetchFiles(key, name, git, deploys: true, entry, progress)
  }
}
