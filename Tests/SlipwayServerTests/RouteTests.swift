import Accounts
import ComposeFile
import Foundation
import HTTPTypes
import SlipwayAPI
import Testing

@testable import SlipwayServer

@Suite struct RouteTests {
  /// Those that ask for no right: before there is a user, and about oneself.
  private static let open: Set<String> = [
    "GET /healthz", "GET /readyz", "GET /api/v1/openapi.json", "GET /api/docs", "POST /api/v1/setup", "POST /api/v1/login",
    "POST /api/v1/logout", "POST /api/v1/hooks/{id}", "GET /api/v1/session", "POST /api/v1/session/step-up",
    "DELETE /api/v1/tokens/{token}",
  ]

  // S-AZ-1
  @Test func `Every route is there once, and names the right that it takes`() async throws {
    try await ServedParts.with { _, served in
      try APIRouter.check(served.routes)
      for route in served.routes {
        let name = "\(route.method) \(route.path)"
        switch route.access {
        case .may, .host: #expect(!Self.open.contains(name), "\(name)")
        case .anyone, .setUp, .known: #expect(Self.open.contains(name), "\(name) asks for no right")
        }
      }
      #expect(served.routes.count > 60)
    }
  }

  // S-AZ-2: what belongs to a stack is never judged by the server's right alone.
  @Test func `What the path names below a server is judged by its own stack`() async throws {
    try await ServedParts.with { _, served in
      for route in served.routes where route.path.contains("/servers/{server}/") {
        for kind in [EngineObject.Kind.container, .network, .volume] where route.pathParameters.contains(kind.rawValue) {
          guard case .may(_, .object(kind)) = route.access else {
            Issue.record("\(route.method) \(route.path)")
            continue
          }
        }
      }
    }
  }

  // S-WEB-1
  @Test(arguments: [
    (HTTPRequest.Method.get, "/a/{server}", Route.Access.may(.containerControl, .server)),
    (.get, "/a", .may(.serverRead, .server)), (.post, "/a/{server}", .may(.containerControl, .object(.container))),
    (.post, "/a/{server}", .may(.networkWrite, .within)), (.get, "/a", .may(.stackRead, .stack)),
  ])
  func `A route that says too little of itself is not served`(
    _ method: HTTPRequest.Method, _ path: String, _ access: Route.Access
  ) {
    let route = Route(
      method: method, path: path, access: access, tag: "t", summary: "s", answers: [.empty("e")], handle: { _ in .empty })
    #expect(throws: ServerRefusal.self) { try APIRouter.check([route]) }
  }

  @Test func `The description has each call once, with its parameters, and all that it refers to`() async throws {
    try await ServedParts.with { _, served in
      let routes = served.routes
      let document = try ComposeValue(json: Array(OpenAPIDocument(routes: routes, version: "1").json().utf8))
      #expect(document["openapi"] == .string("3.1.0"))
      let paths = try #require(document["paths"]?.map)
      var identifiers: Set<String> = []
      for route in routes {
        let operation = try #require(paths[route.path]?[route.method.rawValue.lowercased()], "\(route.path)")
        let id = try #require(operation["operationId"]?.string)
        #expect(identifiers.insert(id).inserted, "\(id) is there twice")
        let inPath = operation["parameters"]?.list?.filter { $0["in"] == .string("path") }.compactMap { $0["name"]?.string } ?? []
        #expect(inPath == route.pathParameters)
        #expect(operation["responses"]?.map?.keys.isEmpty == false)
      }
      #expect(paths.pairs.reduce(0) { $0 + ($1.value.map?.keys.count ?? 0) } == routes.count)
      let components = try #require(document["components"]?["schemas"]?.map)
      for name in Self.references(in: document) { #expect(components[name] != nil, "\(name) is not described") }
    }
  }

  private static func references(in value: ComposeValue) -> Set<String> {
    switch value {
    case .null, .bool, .int, .double, .string: return []
    case .list(let items): return items.reduce(into: []) { $0.formUnion(references(in: $1)) }
    case .map(let map):
      var found = map.pairs.reduce(into: Set<String>()) { $0.formUnion(references(in: $1.value)) }
      if let target = map["$ref"]?.string { found.insert(String(target.split(separator: "/").last ?? "")) }
      return found
    }
  }
}
