import Accounts
import HTTPTypes
import Hummingbird
import Logging

/// Puts the routes into Hummingbird's router, each behind the pipeline.
enum APIRouter {
  /// - Throws: `ServerRefusal` for routes that say too little of themselves (S-AZ-1).
  static func router(
    _ routes: [Route], _ pipeline: CallPipeline, _ pages: StaticPages
  ) throws -> Router<CallContext> {
    try check(routes)
    let router = Router(context: CallContext.self)
    for route in routes {
      for method in methods(of: route) {
        router.on(RouterPath(route.path), method: method) { request, context in
          await pipeline.respond(route, request, context)
        }
      }
    }
    // What is there, but not by this method, is told; everything else of the API is not there.
    for (path, routes) in Dictionary(grouping: routes, by: \.path) {
      let allowed = routes.flatMap { methods(of: $0) }
      for method in methods where !allowed.contains(method) {
        router.on(RouterPath(path), method: method) { request, context in
          await pipeline.respondToUnknown(request, context, allowed: allowed)
        }
      }
    }
    for method in methods {
      router.on("/api/**", method: method) { request, context in
        await pipeline.respondToUnknown(request, context, allowed: [])
      }
    }
    for method in [HTTPRequest.Method.get, .head] {
      router.on("/", method: method) { request, _ in pages.respond(to: request) }
      router.on("/**", method: method) { request, _ in pages.respond(to: request) }
    }
    return router
  }

  /// HEAD is as GET, without the body (RFC 9110, 9.3.2).
  private static func methods(of route: Route) -> [HTTPRequest.Method] {
    route.method == .get ? [.get, .head] : [route.method]
  }

  private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]

  /// Whether each route says enough of itself to be served.
  static func check(_ routes: [Route]) throws {
    var seen: Set<String> = []
    for route in routes {
      let name = "\(route.method) \(route.path)"
      guard seen.insert(name).inserted else { throw ServerRefusal(description: "\(name) is declared twice") }
      guard route.method != .get || !isChanging(route.access) else {
        throw ServerRefusal(description: "\(name): a GET changes nothing (S-WEB-1)")
      }
      for needed in needed(route.access) where !route.pathParameters.contains(needed) {
        throw ServerRefusal(description: "\(name) is about a \(needed) that its path does not name")
      }
      if case .may(_, .within) = route.access, route.method != .get {
        throw ServerRefusal(description: "\(name): only lists are shown in part")
      }
      guard !route.answers.isEmpty else { throw ServerRefusal(description: "\(name) has no answer") }
    }
  }

  /// The parameters of the path by which the rights are looked up.
  private static func needed(_ access: Route.Access) -> [String] {
    guard case .may(_, let target) = access else { return [] }
    return switch target {
    case .all: []
    case .server, .within: ["server"]
    case .stack: ["stack"]
    case .object(let kind): ["server", kind.rawValue]
    }
  }

  private static func isChanging(_ access: Route.Access) -> Bool {
    guard case .may(let action, _) = access else { return false }
    // Files out of a container, and the audit log as a file, are read only; both take a right of their own.
    return !action.rawValue.hasSuffix(".read") && action != .auditExport && action != .containerCopy
  }
}
