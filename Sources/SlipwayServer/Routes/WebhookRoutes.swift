import Accounts
import ComposeFile
import FoundationEssentials
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI
import StackPlanning

/// Ways in for other programs: a signed request starts the deploy of one stack (S-OUT-3).
extension ServerParts {
  var webhookRoutes: [Route] {
    let hook = Schema.named("Webhook") {
      .object([
        .required("id", .text), .required("action", .words(["deploy", "update"])), .required("created_by", .text),
        .required("created_at", .time), .optional("last_used_at", .nullable(.time)), .required("path", .text),
        .optional("secret", .nullable(.text), "told once, when it is made"),
      ])
    }
    return [
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/webhooks", access: .may(.webhookRead, .stack), tag: "webhooks",
        summary: "The webhooks of a stack", answers: [.json(.object([.required("items", .array(of: hook))]), "All of them.")],
        handle: listWebhooks),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/webhooks", access: .may(.webhookWrite, .stack), tag: "webhooks",
        summary: "Make a webhook", details: "Its secret is told once. `update` pulls newer images first.",
        body: .json(.object([.required("action", .words(["deploy", "update"]))])),
        answers: [.json(hook, "The webhook with its secret.", status: .created)],
        refusals: [.conflict: "There are as many as may be, or the name stands for several stacks."], handle: createWebhook),
      Route(
        method: .delete, path: "/api/v1/stacks/{stack}/webhooks/{id}", access: .may(.webhookWrite, .stack), tag: "webhooks",
        summary: "Remove a webhook", answers: [.empty("It is gone.")], handle: removeWebhook),
      Route(
        method: .post, path: "/api/v1/hooks/{id}", access: .anyone, tag: "webhooks", summary: "Call a webhook",
        details:
          "Slipway-Signature is t=SECONDS,v1=HEX: the HMAC-SHA-256 of SECONDS.BODY under the webhook's secret, at most 5 minutes old.",
        headers: [
          Route.Parameter(name: "Slipway-Signature", schema: .text(limit: 200), about: "t=SECONDS,v1=HEX", isRequired: true)
        ],
        body: .bytes(type: "application/octet-stream", limit: Self.hookBytes),
        answers: [.json(.object([.required("operation", .text)]), "The deploy was taken on.", status: .accepted)],
        refusals: [
          .unauthorized: "The signature is wrong, too old, or was used before.", .conflict: "The files cannot be deployed.",
          .notFound: "There is no such webhook.",
        ], handle: callWebhook),
    ]
  }

  /// Bytes of a call's body.
  private static let hookBytes = 64 << 10
  private static let signature = HTTPField.Name.named("Slipway-Signature")

  private struct HookBody: Encodable {
    var id: String
    var action: String
    var createdBy: String
    var createdAt: String
    var lastUsedAt: String?
    var path: String
    var secret: String?

    init(_ hook: Webhook, secret: String? = nil) {
      id = hook.id
      action = hook.action.rawValue
      createdBy = hook.createdBy
      createdAt = hook.createdAt.text
      lastUsedAt = hook.lastUsedAt?.text
      path = "/api/v1/hooks/\(hook.id)"
      self.secret = secret
    }
  }

  @Sendable private func listWebhooks(_ call: APICall) async throws -> APIAnswer {
    try .json(["items": try await store.webhooks(of: call.stackKey()).map { HookBody($0) }])
  }

  @Sendable private func createWebhook(_ call: APICall) async throws -> APIAnswer {
    let key = try await row(call).key
    guard let action = Webhook.Action(rawValue: call.json["action"]?.string ?? "") else {
      throw Problem(.unprocessable, "invalid_body", "no such action")
    }
    var random = SystemRandomNumberGenerator()
    let secret = (0..<WebhookSignature.secretSize).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let new = NewWebhook(
      id: CallID.next() + CallID.next(), stack: key, action: action, createdBy: try call.caller().name, secret: Secret(secret))
    let hook = try await store.createWebhook(new, try audit(call, .webhookWrite, "\(key)", detail: ["hook": new.id]))
    return try .json(HookBody(hook, secret: Data(secret).base64EncodedString()), status: .created)
  }

  @Sendable private func removeWebhook(_ call: APICall) async throws -> APIAnswer {
    let (key, id) = (try call.stackKey(), try call.parameter("id"))
    guard try await store.webhooks(of: key).contains(where: { $0.id == id }) else { throw Problem.notFound("webhook") }
    try await store.removeWebhook(id, try audit(call, .webhookWrite, "\(key)", detail: ["hook": id, "what": "remove"]))
    return .empty
  }

  @Sendable private func callWebhook(_ call: APICall) async throws -> APIAnswer {
    guard try await accounts.isSetUp() else { throw Problem.setupRequired }
    let id = try call.parameter("id")
    guard let hook = try await store.webhook(id) else { throw Problem.notFound("webhook") }
    let wrong = Problem(
      .unauthorized, "invalid_signature", "the signature is wrong, too old, or was used before",
      remedy: "sign SECONDS.BODY anew, with the secret as bytes (its base64 decoded)")
    let body = try await call.stream?.bytes(limit: Self.hookBytes) ?? []
    let header = call.headers[Self.signature] ?? ""
    let secret = try await store.webhookSecret(id)
    guard let signature = WebhookSignature.checked(header, body: body, secret: secret, now: .systemNow()) else { throw wrong }
    let entry = AuditEntry(
      actor: "webhook:\(id)", credential: "webhook:\(id)", address: call.origin.address, way: .webhook,
      action: Action.stackDeploy.rawValue, target: "\(hook.stack)", requestID: call.id)
    guard try await store.useWebhook(id, signature: signature, entry) else { throw wrong }
    let stacks = stacks
    let request = JobRunner.Request(
      kind: "deploy", stack: hook.stack, title: hook.action.rawValue, requestedBy: "webhook:\(id)", way: .webhook,
      sameAs: "webhook \(hook.action.rawValue)")
    let job = try await jobs.submit(request) { progress in
      try await fetchIfFromGit(hook.stack, entry, progress)
      let loaded = try await stacks.load(hook.stack)
      var deploy = stacks.request(loaded)
      if hook.action == .update { deploy.options.pull = .always }
      deploy.message = try await revisionMessage("webhook \(hook.action.rawValue)", hook.stack)
      let operations = try await stacks.operations(
        on: hook.stack.server, stack: hook.stack, author: "webhook:\(id)", asked: .user(entry), progress: progress.sink)
      return try await settling(hook.stack, entry) { Self.outcome(try await operations.deploy(deploy)) }
    }
    return try .json(["operation": job.id], status: .accepted)
  }
}
