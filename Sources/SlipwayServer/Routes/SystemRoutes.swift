import Accounts
import ComposeFile
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// What monitors ask, and the description of the API itself.
extension ServerParts {
  /// - Parameter document: the description, made of all routes.
  func systemRoutes(document: @escaping @Sendable () -> [UInt8]) -> [Route] {
    let status = Schema.object([.required("status", .text)])
    return [
      Route(
        method: .get, path: "/healthz", access: .anyone, tag: "system", summary: "Whether the process answers",
        answers: [.json(status, "It does.")], handle: { _ in try .json(["status": "ok"]) }),
      Route(
        method: .get, path: "/readyz", access: .anyone, tag: "system", summary: "Whether calls can be served",
        answers: [.json(status, "They can.")], handle: { _ in try await ready() }),
      Route(
        method: .get, path: "/api/v1/openapi.json", access: .known, tag: "system", summary: "This description",
        answers: [.json(.anything, "OpenAPI 3.1.")],
        handle: { _ in APIAnswer(status: .ok, content: .bytes(document(), type: "application/json")) }),
      Route(
        method: .get, path: "/api/docs", access: .known, tag: "system", summary: "The reference page",
        answers: [Answer(status: .ok, about: "For people.", type: "text/html; charset=utf-8")],
        handle: { _ in APIAnswer(status: .ok, content: .bytes(ReferencePage.html(document()), type: "text/html; charset=utf-8")) }
      ),
    ]
  }

  private typealias Answer = Route.Answer

  /// What is wrong with `master.key`, if anything (AB-H3).
  func keyProblem() async -> StoreError? {
    do {
      try await store.checkMasterKey()
      return nil
    } catch {
      return error
    }
  }

  private func ready() async throws -> APIAnswer {
    if case .damaged(_) = store.condition {
      throw Problem(.serviceUnavailable, "storage", "the store is damaged and only read")
    }
    // To anybody no more than that; the start and the log say what is wrong with it.
    guard await keyProblem() == nil else {
      throw Problem(.serviceUnavailable, "degraded", "the key of the secrets cannot be used; the server's log says why")
    }
    guard await !jobs.isStopping else { throw Problem(.serviceUnavailable, "stopping", "the server stops") }
    return try .json(["status": "ready"])
  }
}
