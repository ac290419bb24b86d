import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI
import StackPlanning

/// The compose policy of a stack, and what admins have allowed against it (S-POL).
extension ServerParts {
  var policyRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/policy", access: .may(.policyRead, .stack), tag: "policy",
        summary: "The policy of a stack",
        answers: [.json(StackPolicyBody.schema, "The level, and the exceptions that count now.")],
        handle: showPolicy),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/policy/exceptions", access: .may(.policyWrite, .stack), tag: "policy",
        summary: "Allow what a rule finds",
        details: "Whatever the rule finds in the stack, until it expires. Takes the role admin on the whole server.",
        body: .json(NewPolicyExceptionBody.schema),
        answers: [.json(PolicyExceptionBody.schema, "The exception.", status: .created)],
        refusals: [.conflict: "The stack has as many as it may."], isIdempotent: true, handle: grantException),
      Route(
        method: .delete, path: "/api/v1/stacks/{stack}/policy/exceptions/{id}", access: .may(.policyWrite, .stack), tag: "policy",
        summary: "Take an exception back", details: "What runs stays; the rule bites at the next deploy.",
        answers: [.empty("It is gone.")], handle: revokeException),
    ]
  }

  /// Whom the policy binds: everybody but the owner of the data directory, by its socket.
  func asker(_ call: APICall) throws -> PolicyAsker {
    let caller = try call.caller()
    if case .local = caller.credential { return .host }
    return .user(caller.entry("policy.denied", target: ""))
  }

  /// What the policy denies is told at once, not by an operation that fails; what an admin confirms with the call is kept first.
  func requirePolicy(_ call: APICall, _ key: StackKey, _ request: DeployRequest) async throws {
    let asked = try asker(call)
    guard case .user = asked else { return }
    let operations = try await stacks.operations(on: key.server, stack: key, author: try call.caller().name, asked: asked)
    if !request.allowed.isEmpty {
      try await requirePolicyRight(call, key)
      _ = try await operations.confirm(request.allowed, for: request)
    }
    do {
      try await operations.requirePolicy(request)
    } catch {
      // The operation asks once more, and says itself that the engine is away.
      guard error is EngineError else { throw error }
    }
  }

  /// What an exception lets through reaches the whole host: the right on one stack is not enough (decision 16).
  private func requirePolicyRight(_ call: APICall, _ key: StackKey) async throws {
    try await accounts.require(call.caller(), .policyWrite, on: .server(key.server))
  }

  @Sendable private func showPolicy(_ call: APICall) async throws -> APIAnswer {
    let level = try await ServerSettings(store).value(.policyLevel).string ?? PolicyLevel.standard.rawValue
    let exceptions = try await store.policyExceptions(of: try await row(call).key)
    return try .json(StackPolicyBody(level: level, exceptions: exceptions.map { PolicyExceptionBody($0) }))
  }

  @Sendable private func grantException(_ call: APICall) async throws -> APIAnswer {
    let key = try await row(call).key
    try await requirePolicyRight(call, key)
    let body = try call.body(NewPolicyExceptionBody.self)
    let lifetime = body.days.map { Int64($0) * 86_400_000 } ?? StackOperations.confirmationMilliseconds
    let new = NewPolicyException(
      stack: key, rule: body.rule, reason: body.reason, grantedBy: try call.caller().name, lifetimeMilliseconds: lifetime)
    let detail = ["rule": body.rule, "what": "grant", "reason": String(body.reason.prefix(500))]
    let entry = try call.caller().entry("policy.exception", target: "\(key)", detail: detail)
    guard let granted = try await store.grantPolicyExceptions([new], [entry]).first else { throw Problem.notFound("exception") }
    return try .json(PolicyExceptionBody(granted), status: .created)
  }

  @Sendable private func revokeException(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    try await requirePolicyRight(call, key)
    let id = Int64(try call.parameter("id")) ?? 0
    let entry = try call.caller().entry("policy.exception", target: "\(key)", detail: ["exception": "\(id)", "what": "revoke"])
    guard try await store.revokePolicyException(id, of: key, entry) else { throw Problem.notFound("exception") }
    return .empty
  }
}

extension Set<PolicyRule> {
  /// The member `allow` of a body, which its schema has checked.
  init(allow names: [String]?) { self.init((names ?? []).compactMap { PolicyRule(rawValue: $0) }) }
}

extension PolicyExceptionBody {
  init(_ exception: PolicyException) {
    self.init(
      id: "\(exception.id)", rule: exception.rule, findings: exception.subjects, reason: exception.reason,
      grantedBy: exception.grantedBy, grantedAt: exception.grantedAt.text, expiresAt: exception.expiresAt.text)
  }
}

extension Problem {
  init(_ denied: PolicyDenied) {
    let faults = denied.denied.map { finding in
      ProblemBody.Fault(
        place: finding.place.isEmpty ? finding.attribute : finding.place, message: finding.message, remedy: finding.remedy,
        rule: finding.rule.rawValue)
    }
    self.init(
      .forbidden, "policy_denied",
      "the policy of the server does not allow this: \(denied.rules.map(\.rawValue).joined(separator: ", "))",
      remedy: denied.remedy, faults: faults)
  }
}
