import Accounts
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// Whether what the server needs is there and well, and freeing a stack by hand.
extension ServerParts {
  var diagnosisRoutes: [Route] {
    [
      Route(
        method: .post, path: "/api/v1/servers/{server}/diagnosis", access: .may(.serverTest, .server), tag: "servers",
        summary: "Check its engine, the store and the registries' credentials", details: "Nothing is changed.",
        answers: [.json(.object([.required("items", .array(of: FindingBody.schema))]), "What was found.")],
        refusals: Self.engineRefusals, handle: diagnose),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/unlock", access: .may(.operationCancel, .stack), tag: "stacks",
        summary: "Free a stack whose operation cannot end",
        details: "For an owner on another host that is gone for good; one that still works is not ended.",
        body: .json(ProjectUnlockBody.schema), answers: [.json(UnlockedBody.schema, "What was freed.")],
        refusals: [.conflict: "Its operation still works."], handle: unlockStack),
    ]
  }

  @Sendable private func diagnose(_ call: APICall) async throws -> APIAnswer {
    let member = try await fleet.member(try call.parameter("server"))
    var findings = await EngineDiagnosis(member.target).findings(member.engine)
    findings += await StoreDiagnosis(dataDirectory: process.dataDirectory).findings()
    findings += CredentialDiagnosis(configPath: stacks.credentials.path, searchPath: stacks.credentials.searchPath).findings()
    return try .json([
      "items": findings.map {
        FindingBody(name: $0.name, verdict: $0.verdict.rawValue, message: $0.message, remedy: $0.remedy)
      }
    ])
  }

  @Sendable private func unlockStack(_ call: APICall) async throws -> APIAnswer {
    let (key, body) = (try call.stackKey(), try call.body(ProjectUnlockBody.self))
    // A lock's name says nothing of its stack: another stack's must not be freed by the right on this one.
    guard try await store.unfinishedOperations(server: key.server).contains(where: { $0.stack == key && $0.lockID == body.lock })
    else { throw Problem.notFound("lock \(body.lock)") }
    let operation = try await noted(call, .operationCancel, "\(key)", detail: ["lock": body.lock]) { entry in
      try await store.unlock(lockID: body.lock) { _ in entry }
    }
    return try .json(UnlockedBody(stack: "\(operation.stack)", title: operation.title))
  }
}
