import Accounts
import HTTPTypes
import RevisionStore
import SlipwayAPI

/// Getting in, and one's own account.
extension ServerParts {
  var accountRoutes: [Route] {
    let name = Schema.text(limit: 64, minimum: 1)
    let password = Schema.text(limit: 256, minimum: 1)
    let code = Schema.nullable(.text(limit: 64))
    let refused: [HTTPResponse.Status: String] = [
      .unauthorized: "Wrong name, password or code.", .forbidden: "Not allowed.", .conflict: "It is set up already.",
      .unprocessable: "What was sent is wrong; each fault is told.",
    ]
    return [
      Route(
        method: .post, path: "/api/v1/setup", access: .anyone, tag: "account", summary: "Make the first user",
        details: "With the token from the file bootstrap-token of the data directory. Only once.",
        body: .json(
          .object([.required("token", .text(limit: 256)), .required("username", name), .required("password", password)])),
        answers: [.json(SessionBody.schema, "The user is made, and logged in.", status: .created)], refusals: refused,
        handle: setUp),
      Route(
        method: .post, path: "/api/v1/login", access: .setUp, tag: "account", summary: "Log in",
        details:
          "Where the account has a second factor and no code was sent, the answer says so; send all of it again with the code.",
        body: .json(.object([.required("username", name), .required("password", password), .optional("code", code)])),
        answers: [.json(SessionBody.schema, "Logged in, by the cookie.")], refusals: refused, handle: logIn),
      Route(
        method: .post, path: "/api/v1/logout", access: .known, tag: "account", summary: "Log out",
        answers: [.empty("The session is over.")], refusals: refused, handle: logOut),
      Route(
        method: .get, path: "/api/v1/session", access: .known, tag: "account", summary: "Who I am and what I may",
        answers: [.json(SessionBody.schema, "The session.")], handle: { call in try .json(SessionBody(call.caller())) }),
      Route(
        method: .post, path: "/api/v1/session/step-up", access: .known, tag: "account", summary: "Prove it is you",
        details: "For ten minutes, calls that need it go through.",
        body: .json(.object([.optional("password", .nullable(password)), .optional("code", code)])),
        answers: [.json(SessionBody.schema, "The session, under a new cookie.")], refusals: refused, handle: stepUp),
    ]
  }

  /// The cookie that a browser keeps the session by (S-AUTH-5).
  func withCookie(_ answer: APIAnswer, _ session: OpenedSession, isSecure: Bool) -> APIAnswer {
    answer.with(.setCookie, SessionCookies.cookie(session.secret.reveal(), isSecure: isSecure))
  }

  @Sendable private func setUp(_ call: APICall) async throws -> APIAnswer {
    struct Body: Decodable {
      var token: String
      var username: String
      var password: String
    }
    let body = try call.body(Body.self)
    let origin = call.origin.account(.ui, callID: call.id)
    try await accounts.setUp(token: body.token, userName: body.username, password: body.password, origin: origin)
    guard case .loggedIn(let session) = try await accounts.logIn(userName: body.username, password: body.password, origin: origin)
    else { throw AccountError.secondFactorRequired }
    return withCookie(
      try .json(SessionBody(session.principal), status: .created), session, isSecure: call.origin.isSecure)
  }

  @Sendable private func logIn(_ call: APICall) async throws -> APIAnswer {
    struct Body: Decodable {
      var username: String
      var password: String
      var code: String?
    }
    let body = try call.body(Body.self)
    let result = try await accounts.logIn(
      userName: body.username, password: body.password, code: body.code, origin: call.origin.account(.ui, callID: call.id))
    guard case .loggedIn(let session) = result else {
      throw Problem(
        .unauthorized, "second_factor_needed", "this account has a second factor", remedy: "send the code along, as `code`")
    }
    return withCookie(try .json(SessionBody(session.principal)), session, isSecure: call.origin.isSecure)
  }

  @Sendable private func logOut(_ call: APICall) async throws -> APIAnswer {
    try await accounts.logOut(call.caller())
    return APIAnswer.empty.with(.setCookie, SessionCookies.expired(isSecure: call.origin.isSecure))
  }

  @Sendable private func stepUp(_ call: APICall) async throws -> APIAnswer {
    struct Body: Decodable {
      var password: String?
      var code: String?
    }
    let body = try call.body(Body.self)
    let session = try await accounts.stepUp(call.caller(), password: body.password, code: body.code)
    return withCookie(try .json(SessionBody(session.principal)), session, isSecure: call.origin.isSecure)
  }
}

/// How the cookie of a session is called and written (S-AUTH-5).
enum SessionCookies {
  /// Browsers take the prefix `__Host-` only with `Secure`, which plain HTTP on loopback has not.
  static let secureName = "__Host-slipway"
  static let plainName = "slipway-loopback"

  static func cookie(_ secret: String, isSecure: Bool) -> String {
    "\(isSecure ? Self.secureName : Self.plainName)=\(secret); Path=/; HttpOnly; SameSite=Strict\(isSecure ? "; Secure" : "")"
  }

  static func expired(isSecure: Bool) -> String { cookie("", isSecure: isSecure) + "; Max-Age=0" }
}
