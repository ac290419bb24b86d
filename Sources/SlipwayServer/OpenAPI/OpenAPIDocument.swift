import ComposeFile
import HTTPTypes
import SlipwayAPI

/// The description of the API (OpenAPI 3.1), made of the routes that are served.
struct OpenAPIDocument: Sendable {
  let routes: [Route]
  let version: String

  func json() -> String {
    var components: [String: Schema] = [:]
    ProblemBody.schema.components(into: &components)
    for route in routes { Self.collect(route, &components) }
    let schemas = components.keys.sorted().map { ($0, (components[$0] ?? .anything).document) }
    return ComposeValue.map(
      ComposeMap([
        ("openapi", .string("3.1.0")),
        (
          "info",
          .map(
            ComposeMap([
              ("title", .string("Slipway")), ("version", .string(version)),
              ("description", .string("Stacks, servers, logs and accounts. Long work is an operation: 202 and its id.")),
            ]))
        ),
        ("servers", .list([.map(ComposeMap([("url", .string("/"))]))])),
        ("security", .list([Self.requirement("token"), Self.requirement("session")])),
        ("paths", .map(paths())),
        (
          "components",
          .map(ComposeMap([("schemas", .map(ComposeMap(schemas))), ("securitySchemes", .map(Self.schemes))]))
        ),
      ])
    ).json(indented: false)
  }

  private static func collect(_ route: Route, _ components: inout [String: Schema]) {
    switch route.body {
    case .json(let schema), .optionalJSON(let schema): schema.components(into: &components)
    case .none, .bytes: break
    }
    for answer in route.answers { answer.schema?.components(into: &components) }
    for parameter in route.query { parameter.schema.components(into: &components) }
  }

  private static func requirement(_ name: String) -> ComposeValue { .map(ComposeMap([(name, .list([]))])) }

  private static let schemes = ComposeMap([
    ("token", Schema.fields([("type", .string("http")), ("scheme", .string("bearer"))])),
    (
      "session",
      Schema.fields([("type", .string("apiKey")), ("in", .string("cookie")), ("name", .string("__Host-slipway"))])
    ),
  ])

  private func paths() -> ComposeMap {
    var paths = ComposeMap()
    for route in routes {
      var path = paths[route.path]?.map ?? ComposeMap()
      path[route.method.rawValue.lowercased()] = operation(route)
      paths[route.path] = .map(path)
    }
    return paths
  }

  private func operation(_ route: Route) -> ComposeValue {
    let isOpen =
      switch route.access {
      case .anyone, .setUp: true
      case .known, .host, .may: false
      }
    return Schema.fields([
      ("operationId", .string(Self.identifier(route))), ("summary", .string(route.summary)),
      ("description", route.details.isEmpty ? nil : .string(route.details)), ("tags", .list([.string(route.tag)])),
      ("parameters", Self.parameters(route)), ("requestBody", Self.body(route.body)),
      ("responses", .map(Self.responses(route))), ("security", isOpen ? .list([]) : nil),
    ])
  }

  /// `get /api/v1/stacks/{stack}` is `getStacksStack`.
  private static func identifier(_ route: Route) -> String {
    let words = route.path.split { !$0.isLetter && !$0.isNumber }.filter { $0 != "api" && $0 != "v1" }
    return route.method.rawValue.lowercased() + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  private static func parameters(_ route: Route) -> ComposeValue? {
    var list = route.pathParameters.map { name in
      parameter(name, in: "path", PathRule.schema(of: name), PathRule.about(name), isRequired: true)
    }
    list += route.query.map { parameter($0.name, in: "query", $0.schema, $0.about, isRequired: $0.isRequired) }
    list += route.headers.map { parameter($0.name, in: "header", $0.schema, $0.about, isRequired: $0.isRequired) }
    if route.isIdempotent {
      list.append(
        parameter(
          "Idempotency-Key", in: "header", IdempotencyRule.schema,
          "sent again with the same call, it gets the first answer again", isRequired: false))
    }
    return list.isEmpty ? nil : .list(list)
  }

  private static func parameter(
    _ name: String, in place: String, _ schema: Schema, _ about: String, isRequired: Bool
  ) -> ComposeValue {
    Schema.fields([
      ("name", .string(name)), ("in", .string(place)), ("required", .bool(isRequired)), ("schema", schema.document),
      ("description", about.isEmpty ? nil : .string(about)),
    ])
  }

  private static func body(_ body: Route.Body) -> ComposeValue? {
    switch body {
    case .none: nil
    case .json(let schema): content("application/json", schema.document, isRequired: true)
    case .optionalJSON(let schema): content("application/json", schema.document, isRequired: false)
    case .bytes(let type, _):
      content(
        type, Schema.fields([("type", .string("string")), ("format", .string("binary"))]), isRequired: true)
    }
  }

  private static func content(_ type: String, _ schema: ComposeValue, isRequired: Bool) -> ComposeValue {
    Schema.fields([
      ("required", .bool(isRequired)), ("content", Schema.fields([(type, Schema.fields([("schema", schema)]))])),
    ])
  }

  private static func responses(_ route: Route) -> ComposeMap {
    var responses = ComposeMap()
    for answer in route.answers {
      let content = answer.schema.map { Schema.fields([(answer.type, Schema.fields([("schema", $0.document)]))]) }
      responses[String(answer.status.code)] = Schema.fields([
        ("description", .string(answer.about)),
        (
          "content",
          content
            ?? (answer.type == "application/json"
              ? nil : Schema.fields([(answer.type, Schema.fields([("schema", Schema.fields([("type", .string("string"))]))]))]))
        ),
      ])
    }
    let problem = Schema.fields([("application/problem+json", Schema.fields([("schema", ProblemBody.schema.document)]))])
    for (status, about) in refusals(of: route).sorted(by: { $0.key.code < $1.key.code }) {
      responses[String(status.code)] = Schema.fields([("description", .string(about)), ("content", problem)])
    }
    return responses
  }

  /// What a route may be refused with, by what it takes and by who may call it.
  static func refusals(of route: Route) -> [HTTPResponse.Status: String] {
    var all: [HTTPResponse.Status: String] = [
      .badRequest: "What was sent cannot be read.", .serviceUnavailable: "Not set up yet, stopping, or no space left.",
      .tooManyRequests: "Too many calls; Retry-After tells when.", .internalServerError: "A fault of the server.",
      .forbidden: "Not allowed.",
    ]
    switch route.access {
    case .anyone: break
    case .setUp: all[.unauthorized] = "Wrong name, password or code."
    case .known, .host: all[.unauthorized] = "Not logged in."
    case .may:
      all[.unauthorized] = "Not logged in."
      all[.notFound] = "It is not there, or may not be seen."
    }
    if !route.pathParameters.isEmpty { all[.notFound] = "It is not there, or may not be seen." }
    if case .may(_, .stack) = route.access {
      all[.conflict] = "The name stands for several stacks, or the stack is in another state."
    }
    switch route.body {
    case .none: break
    case .json, .optionalJSON, .bytes:
      all[.contentTooLarge] = "The body is too large."
      all[.unsupportedMediaType] = "Another type of body is wanted."
      all[.unprocessable] = "What was sent is wrong; each fault is told."
    }
    if !route.query.isEmpty { all[.unprocessable] = "What was sent is wrong; each fault is told." }
    if route.isIdempotent { all[.conflict] = "The state does not allow it, or the key was used for another call." }
    return all.merging(route.refusals) { _, own in own }
  }
}
