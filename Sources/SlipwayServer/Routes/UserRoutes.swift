import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import RevisionStore
import SlipwayAPI

/// Users, sessions, second factors and the audit log. What may be done to whom, `AccountService` decides and writes down.
extension ServerParts {
  var userRoutes: [Route] {
    let conflict: [HTTPResponse.Status: String] = [.conflict: "It is there already, or is the last admin."]
    let code = Schema.object([.required("code", .text(limit: 64, minimum: 1))])
    return [
      Route(
        method: .get, path: "/api/v1/users", access: .may(.userRead, .all), tag: "users", summary: "All users",
        query: Paging.parameters, answers: [.json(.page(of: UserBody.schema), "By name.")], handle: listUsers),
      Route(
        method: .post, path: "/api/v1/users", access: .may(.userWrite, .all), tag: "users", summary: "Make a user",
        body: .json(UserChangeBody.newSchema), answers: [.json(UserBody.schema, "The user.", status: .created)],
        refusals: conflict, isIdempotent: true, handle: createUser),
      Route(
        method: .get, path: "/api/v1/users/{id}", access: .may(.userRead, .all), tag: "users", summary: "A user",
        answers: [.json(UserBody.schema, "The user.")],
        handle: { call in try .json(UserBody(await accounts.user(Self.id(call), by: call.caller()))) }),
      Route(
        method: .patch, path: "/api/v1/users/{id}", access: .may(.userWrite, .all), tag: "users", summary: "Change a user",
        details:
          "A changed password or right ends the user's sessions. API tokens stay, within what their user may: they are ended one by one.",
        body: .json(UserChangeBody.schema),
        answers: [.json(UserBody.schema, "The user.")], refusals: conflict, handle: changeUser),
      Route(
        method: .delete, path: "/api/v1/users/{id}", access: .may(.userWrite, .all), tag: "users", summary: "Delete a user",
        answers: [.empty("The user is gone.")], refusals: conflict,
        handle: { call in
          try await accounts.deleteUser(Self.id(call), by: call.caller())
          return .empty
        }),
      Route(
        method: .get, path: "/api/v1/users/{id}/sessions", access: .may(.sessionRead, .all), tag: "users",
        summary: "Sessions of a user",
        answers: [.json(.object([.required("items", .array(of: OpenSessionBody.schema))]), "Those that are open, newest first.")],
        handle: { call in
          let user = try await accounts.user(Self.id(call), by: call.caller())
          return try Self.sessions(try await accounts.sessions(ofUser: user.id, by: call.caller()), call)
        }),
      Route(
        method: .delete, path: "/api/v1/users/{id}/sessions/{session}", access: .may(.sessionEnd, .all), tag: "users",
        summary: "End a session of a user", answers: [.empty("It is over.")],
        handle: { call in
          try await accounts.endSession(call.parameter("session"), ofUser: Self.id(call), by: call.caller())
          return .empty
        }),
      Route(
        method: .get, path: "/api/v1/users/{id}/tokens", access: .may(.tokenRead, .all), tag: "users",
        summary: "Tokens of a user",
        answers: [.json(.object([.required("items", .array(of: TokenBody.schema))]), "Oldest first, without their texts.")],
        handle: { call in
          let user = try await accounts.user(Self.id(call), by: call.caller())
          return try .json(["items": try await accounts.tokens(ofUser: user.id, by: call.caller()).map { TokenBody($0) }])
        }),
      Route(
        method: .delete, path: "/api/v1/users/{id}/tokens/{token}", access: .may(.tokenRevoke, .all), tag: "users",
        summary: "End a token of a user", answers: [.empty("It counts no more.")],
        handle: { call in
          try await accounts.revokeToken(call.parameter("token"), ofUser: Self.id(call), by: call.caller())
          return .empty
        }),
      Route(
        method: .get, path: "/api/v1/sessions", access: .may(.ownAccountRead, .all), tag: "account", summary: "My sessions",
        answers: [.json(.object([.required("items", .array(of: OpenSessionBody.schema))]), "Those that are open.")],
        handle: listSessions),
      Route(
        method: .delete, path: "/api/v1/sessions/{id}", access: .may(.ownAccountWrite, .all), tag: "account",
        summary: "End one of my sessions", answers: [.empty("It is over.")],
        handle: { call in
          try await accounts.endOwnSession(call.caller(), id: call.parameter("id"))
          return .empty
        }),
      Route(
        method: .post, path: "/api/v1/account/password", access: .may(.ownAccountWrite, .all), tag: "account",
        summary: "Change my password", details: "Ends all other sessions.",
        body: .json(
          .object([.required("old", .text(limit: 256, minimum: 1)), .required("new", .text(limit: 256, minimum: 1))])),
        answers: [.json(SessionBody.schema, "The session, under a new cookie.")],
        refusals: [.unauthorized: "The old password is wrong, or nobody is logged in."], handle: changePassword),
      Route(
        method: .post, path: "/api/v1/account/second-factor", access: .may(.ownSecondFactorWrite, .all), tag: "account",
        summary: "Begin with a second factor", details: "It counts when its first code was confirmed.",
        answers: [
          .json(.object([.required("seed", .text), .required("uri", .text)]), "For an authenticator app; told once.")
        ],
        refusals: conflict, handle: offerSecondFactor),
      Route(
        method: .post, path: "/api/v1/account/second-factor/confirm", access: .may(.ownSecondFactorWrite, .all), tag: "account",
        summary: "Confirm the second factor", body: .json(code),
        answers: [.json(.object([.required("recovery_codes", .array(of: .text))]), "Recovery codes; told once.")],
        refusals: [.unauthorized: "The code is wrong, or nobody is logged in."], handle: confirmSecondFactor),
      Route(
        method: .delete, path: "/api/v1/account/second-factor", access: .may(.ownSecondFactorWrite, .all), tag: "account",
        summary: "Remove the second factor", answers: [.json(SessionBody.schema, "The session, under a new cookie.")],
        refusals: conflict,
        handle: { call in
          let session = try await accounts.removeSecondFactor(call.caller())
          return withCookie(try .json(SessionBody(session.principal)), session, isSecure: call.origin.isSecure)
        }),
      Route(
        method: .get, path: "/api/v1/audit", access: .may(.auditRead, .all), tag: "audit", summary: "Who did what",
        query: Paging.parameters + [
          .optional("actor", .text(limit: 128, minimum: 1), ""),
          .optional("action", .text(limit: 64, minimum: 1), "or how it begins"),
          .optional("target", .text(limit: 512, minimum: 1), ""), .optional("outcome", .words(["ok", "denied", "failed"]), ""),
          .optional("since", .text(limit: 40, minimum: 1), "RFC 3339"),
          .optional("until", .text(limit: 40, minimum: 1), "RFC 3339"),
        ],
        answers: [.json(.page(of: AuditBody.schema), "Newest first.")], handle: listAudit),
      Route(
        method: .get, path: "/api/v1/audit/verify", access: .may(.auditRead, .all), tag: "audit",
        summary: "Whether the log is whole",
        answers: [.json(.object([.required("intact", .boolean), .required("text", .text)]), "What was found.")],
        handle: verifyAudit),
      Route(
        method: .post, path: "/api/v1/admin/reset", access: .host, tag: "users", summary: "Give an account back",
        details:
          "Only by the unix socket of the data directory. The account is made when it is missing; afterwards it is an admin of everything, enabled, with this password and no second factor, and its sessions have ended. Its API tokens stay.",
        body: .json(
          .object([
            .required("username", .text(limit: 64, minimum: 1)), .required("password", .text(limit: 256, minimum: 1)),
          ])), answers: [.empty("It is done.")], handle: resetAccount),
    ]
  }

  private static func id(_ call: APICall) throws -> Int64 {
    guard let id = Int64(try call.parameter("id")) else { throw Problem.notFound("user") }
    return id
  }

  private static func grants(_ bodies: [GrantBody]) throws -> [Grant] {
    try bodies.map { body in
      guard let role = Role(rawValue: body.role) else { throw Problem(.unprocessable, "invalid_body", "no role \(body.role)") }
      let scope: Scope =
        switch (body.server, body.stack) {
        case (nil, nil): .global
        case (let server?, nil): .server(server)
        case (let server?, let stack?): .stack(server: server, name: stack)
        case (nil, _?): throw Problem(.unprocessable, "invalid_body", "a right on a stack names its server too")
        }
      return Grant(role, on: scope, mayExec: body.mayExec, mayRestore: body.mayRestore)
    }
  }

  // MARK: Users

  @Sendable private func listUsers(_ call: APICall) async throws -> APIAnswer {
    let users = try await accounts.users(by: call.caller())
    return try .json(Paging(call).page(users, key: \.name) { UserBody($0) })
  }

  @Sendable private func createUser(_ call: APICall) async throws -> APIAnswer {
    let body = try call.body(UserChangeBody.self)
    let user = try await accounts.createUser(
      name: body.username ?? "", password: body.password ?? "", grants: try Self.grants(body.grants ?? []),
      mustHaveSecondFactor: body.mustHaveSecondFactor ?? false, by: call.caller())
    return try .json(UserBody(user), status: .created).with(.location, "/api/v1/users/\(user.id)")
  }

  @Sendable private func changeUser(_ call: APICall) async throws -> APIAnswer {
    let body = try call.body(UserChangeBody.self)
    let user = try await accounts.changeUser(
      Self.id(call), grants: try body.grants.map { try Self.grants($0) }, isDisabled: body.disabled,
      mustHaveSecondFactor: body.mustHaveSecondFactor, removesSecondFactor: body.removeSecondFactor ?? false,
      password: body.password, by: call.caller())
    return try .json(UserBody(user))
  }

  @Sendable private func resetAccount(_ call: APICall) async throws -> APIAnswer {
    struct Body: Decodable {
      var username: String
      var password: String
    }
    let body = try call.body(Body.self)
    try await accounts.reset(userName: body.username, password: body.password, by: call.caller())
    return .empty
  }

  // MARK: My account

  @Sendable private func listSessions(_ call: APICall) async throws -> APIAnswer {
    try Self.sessions(try await accounts.ownSessions(call.caller()), call)
  }

  private static func sessions(_ sessions: [Session], _ call: APICall) throws -> APIAnswer {
    let caller = try call.caller()
    let bodies = sessions.map { session in
      OpenSessionBody(
        id: session.id, user: Int(session.user), address: session.address, userAgent: session.userAgent,
        createdAt: session.createdAt.text, lastSeenAt: session.lastSeenAt.text, endsAt: session.endsAt.text,
        current: caller.credential == .session(id: session.id))
    }
    return try .json(["items": bodies])
  }

  @Sendable private func changePassword(_ call: APICall) async throws -> APIAnswer {
    struct Body: Decodable {
      var old: String
      var new: String
    }
    let body = try call.body(Body.self)
    let session = try await accounts.changePassword(call.caller(), from: body.old, to: body.new)
    return withCookie(try .json(SessionBody(session.principal)), session, isSecure: call.origin.isSecure)
  }

  @Sendable private func offerSecondFactor(_ call: APICall) async throws -> APIAnswer {
    let offer = try await accounts.offerSecondFactor(call.caller())
    return try .json(["seed": offer.seed.reveal(), "uri": offer.uri.reveal()])
  }

  @Sendable private func confirmSecondFactor(_ call: APICall) async throws -> APIAnswer {
    let confirmed = try await accounts.confirmSecondFactor(call.caller(), code: call.json["code"]?.string ?? "")
    let answer = try APIAnswer.json(["recovery_codes": confirmed.recoveryCodes.reveal()])
    return withCookie(answer, confirmed.session, isSecure: call.origin.isSecure)
  }

  // MARK: Audit

  @Sendable private func listAudit(_ call: APICall) async throws -> APIAnswer {
    let paging = Paging(call)
    let before = try paging.cursor.map { text in
      guard let sequence = Int64(text), sequence > 0 else {
        throw Problem(.badRequest, "invalid_cursor", "the cursor is none of ours")
      }
      return sequence
    }
    let filter = AuditFilter(
      actor: call.value("actor"), actionPrefix: call.value("action"), target: call.value("target"),
      outcome: call.value("outcome").flatMap { AuditEntry.Outcome(rawValue: $0) },
      since: try LogMoment.parsed(call.value("since"), "since").map { $0.timestamp },
      until: try LogMoment.parsed(call.value("until"), "until").map { $0.timestamp })
    let records = try await accounts.auditRecords(
      matching: filter, before: before, limit: paging.limit, by: call.caller())
    return try .json(
      Page(
        records.map { AuditBody($0) },
        next: records.count == paging.limit ? records.last.map { String($0.sequence) } : nil))
  }

  @Sendable private func verifyAudit(_ call: APICall) async throws -> APIAnswer {
    struct Body: Encodable {
      var intact: Bool
      var text: String
    }
    let verdict = try await accounts.verifyAudit(by: call.caller())
    let isIntact = if case .sound = verdict { true } else { false }
    return try .json(Body(intact: isIntact, text: "\(verdict)"))
  }
}

extension EngineTimestamp {
  fileprivate var timestamp: Timestamp { Timestamp(milliseconds: seconds * 1000 + Int64(nanoseconds) / 1_000_000) }
}

extension UserBody {
  init(_ user: User) {
    self.init(
      id: Int(user.id), username: user.name, grants: user.grants.map { GrantBody($0) }, disabled: user.isDisabled,
      secondFactor: user.secondFactor == .confirmed, mustHaveSecondFactor: user.mustHaveSecondFactor,
      createdAt: user.createdAt.text)
  }
}

extension AuditBody {
  init(_ record: AuditRecord) {
    self.init(
      sequence: Int(record.sequence), at: record.at.text, actor: record.actor, credential: record.credential,
      address: record.address, way: record.way.rawValue, action: record.action, target: record.target,
      outcome: record.outcome.rawValue, requestID: record.requestID, detail: RawJSON(text: record.detail),
      hash: hexadecimal(record.hash))
  }
}
