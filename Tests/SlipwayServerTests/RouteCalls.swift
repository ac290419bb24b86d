import Accounts
import ComposeFile
import Foundation
import HTTPTypes
import Orchestration
import RevisionStore
import Testing

@testable import SlipwayServer

extension ServedParts {
  /// What a call got: its status, and its body as text.
  struct Answered {
    var status: Int
    var text: String
    var tag: String?
  }

  /// Makes a call as the pipeline does once it knows who asks: the right that the route names first, then the route.
  func call(
    _ method: HTTPRequest.Method, _ path: String, as who: Principal, on stack: StackKey? = nil,
    path names: [String: String] = [:],
    query: [String: String] = [:], _ body: String = "{}"
  ) async throws -> Answered {
    let route = try #require(routes.first { $0.method == method && $0.path == path }, "\(method) \(path)")
    do {
      if case .may(let action, let target) = route.access {
        switch target {
        case .all: try await parts.accounts.require(who, action)
        case .stack:
          let key = try #require(stack)
          try await parts.accounts.require(who, action, on: .stack(server: key.server, name: key.project))
        case .server, .within, .object: Issue.record("\(path) needs an engine")
        }
      }
      let answer = try await route.handle(
        APICall(
          id: "r-1", route: route, principal: who, origin: RequestOrigin(userAgent: "", isSecure: true), headers: [:],
          path: names, query: query.mapValues { [$0] }, json: try ComposeValue(json: Array(body.utf8)), bytes: Array(body.utf8),
          stream: nil, stack: stack, object: nil))
      guard case .bytes(let bytes, _) = answer.content else { return Answered(status: answer.status.code, text: "") }
      return Answered(
        status: answer.status.code, text: String(decoding: bytes, as: UTF8.self), tag: answer.headers[.eTag])
    } catch {
      let problem = Problem(error)
      let text = String(decoding: try Wire.encoder().encode(problem.body(requestID: "r-1")), as: UTF8.self)
      return Answered(status: problem.status.code, text: text)
    }
  }

  /// Makes a stack on this machine's engine.
  func makeStack(_ name: String, _ files: [String: String]) async throws {
    let stack = try #require(StackName(name))
    try await parts.folders.create(
      stack, files.map { StackFolders.NewFile(try #require(FolderPath($0.key)), Array($0.value.utf8)) })
    try await parts.store.putStackHome(named: name, server: "local", source: .folder)
    parts.catalog.refresh()
  }

  func seal(_ variable: String, _ value: String, of stack: StackKey) async throws {
    try await parts.store.setSecret(Secret(value), named: variable, of: stack, Self.entry)
  }

  static let entry = AuditEntry(actor: "test", way: .api, action: "test", target: "test")
}
