import Accounts
import ComposeFile
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import RevisionStore
import SlipwayAPI

/// The way of every call: known host, known caller, allowed, well-formed, and then its route (S-AZ-1, S-WEB-1, S-WEB-6).
struct CallPipeline: Sendable {
  let gate: RequestGate
  let accounts: AccountService
  let stacks: StackLookup
  let objects: EngineObjectLookup
  let counts: RequestCounts
  let repeats: RepeatedCalls
  let limits: HTTPLimits
  let headers: SecurityHeaders
  let facts: ListenerFacts
  let logger: Logger

  /// The answer to a call, whatever comes of it.
  func respond(_ route: Route, _ request: Request, _ context: CallContext) async -> Response {
    let begin = ContinuousClock.now
    let response = await response(to: route, request, context)
    counts.take(route, response.status, begin.duration(to: .now))
    return response
  }

  private func response(to route: Route, _ request: Request, _ context: CallContext) async -> Response {
    let id = CallID.next()
    let origin = await facts.origin(request.headers, context.channel)
    do {
      return response(try await answer(route, request, context, origin, id), id, isHead: request.method == .head)
    } catch {
      await note(error, route, request, origin, id)
      return refusal(error, id, request)
    }
  }

  /// Refusals that no right has decided; those of rights stand in the audit log already (S-AUD-1).
  private func note(_ error: any Error, _ route: Route, _ request: Request, _ origin: RequestOrigin, _ id: String) async {
    guard let problem = error as? Problem, problem.isDenial else { return }
    let action = if case .may(let action, _) = route.access { action.rawValue } else { "call" }
    await gate.note(
      problem, request.headers, origin, action: action, target: "\(route.method) \(request.uri.path)", callID: id, logger)
  }

  /// The answer to a call of no route.
  func respondToUnknown(_ request: Request, _ context: CallContext, allowed: [HTTPRequest.Method]) async -> Response {
    let response = await refusalOfUnknown(request, context, allowed: allowed)
    counts.takeUnknown(response.status)
    return response
  }

  private func refusalOfUnknown(
    _ request: Request, _ context: CallContext, allowed: [HTTPRequest.Method]
  ) async -> Response {
    let id = CallID.next()
    do {
      try gate.requireHost(request.head.authority)
      guard try await accounts.isSetUp() else { throw Problem.setupRequired }
      guard try await gate.principal(request.headers, await facts.origin(request.headers, context.channel), callID: id) != nil
      else {
        throw RequestGate.unauthenticated
      }
      if allowed.isEmpty { throw Problem(.notFound, "unknown_call", "there is no such call; see GET /api/v1/openapi.json") }
      var problem = Problem(
        .methodNotAllowed, "method_not_allowed",
        "\(request.method.rawValue.prefix(20)) is not done here", remedy: "use \(allowed.map(\.rawValue).joined(separator: ", "))"
      )
      problem.headers[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
      throw problem
    } catch {
      return refusal(error, id, request)
    }
  }

  private func answer(
    _ route: Route, _ request: Request, _ context: CallContext, _ origin: RequestOrigin, _ id: String
  ) async throws -> APIAnswer {
    guard request.uri.description.utf8.count <= limits.targetBytes else {
      throw Problem(HTTPResponse.Status(code: 414), "uri_too_long", "the address is longer than \(limits.targetBytes) bytes")
    }
    try gate.requireHost(request.head.authority)
    let principal = try await requireAccess(route, request, origin, id)
    let path = try Self.path(route, context)
    let (stack, object) = try await authorize(route, path, principal)
    let query = try Self.query(route, request)
    let (bytes, json) = try await body(route, request)
    let call = APICall(
      id: id, route: route, principal: principal, origin: origin, headers: request.headers, path: path, query: query,
      json: json, bytes: bytes, stream: Self.streams(route) ? request.body : nil, stack: stack, object: object)
    guard route.isIdempotent, let key = request.headers[.idempotencyKey] else { return try await route.handle(call) }
    return try await repeats.once(key, call) { try await route.handle(call) }
  }

  // MARK: Who

  private func requireAccess(
    _ route: Route, _ request: Request, _ origin: RequestOrigin, _ id: String
  ) async throws -> Principal? {
    if case .anyone = route.access { return nil }
    guard try await accounts.isSetUp() || origin.localUser != nil else { throw Problem.setupRequired }
    let principal = try await gate.principal(request.headers, origin, callID: id)
    let isOpen = if case .setUp = route.access { true } else { false }
    if principal == nil, !isOpen { throw RequestGate.unauthenticated }
    if case .host = route.access, principal?.credential != .local { throw Problem.hostOnly }
    // A token cannot be sent by a page that does not have it.
    let hasCookie =
      gate.cookie(request.headers, isSecure: origin.isSecure) != nil && request.headers[.authorization] == nil
      && origin.localUser == nil
    if route.changesState, hasCookie || isOpen && request.headers[.origin] != nil {
      try gate.requireOrigin(request.headers, authority: request.head.authority, isSecure: origin.isSecure)
    }
    return principal
  }

  /// Gives the stack or the object that the path names; what may not be seen is not there.
  private func authorize(
    _ route: Route, _ path: [String: String], _ principal: Principal?
  ) async throws -> (StackKey?, EngineObject?) {
    guard case .may(let action, let target) = route.access, let principal else { return (nil, nil) }
    switch target {
    case .all: try await accounts.require(principal, action)
    case .server: try await accounts.require(principal, action, on: .server(path["server"] ?? ""))
    case .within:
      let server = Resource.server(path["server"] ?? "")
      switch accounts.authorize(principal, action, on: server) {
      case .allowed: break
      case .notFound: try await accounts.require(principal, action, on: server)
      // Of something there, maybe: each thing of the list is asked for by itself.
      case .forbidden, .needsStepUp: try await accounts.require(principal, action)
      }
    case .stack:
      let key = try await stacks.resolve(path["stack"] ?? "", for: principal, action)
      try await accounts.require(principal, action, on: .stack(server: key.server, name: key.project))
      return (key, nil)
    case .object(let kind):
      return (nil, try await objects.resolve(kind, path[kind.rawValue] ?? "", on: path["server"] ?? "", for: principal, action))
    }
    return (nil, nil)
  }

  // MARK: What

  private static func path(_ route: Route, _ context: CallContext) throws -> [String: String] {
    var path: [String: String] = [:]
    for name in route.pathParameters {
      let text = context.parameters.get(name).flatMap { PercentText.decoded($0) } ?? ""
      let faults = PathRule.schema(of: name).faults(in: .string(text))
      guard faults.isEmpty else {
        throw Problem(
          .badRequest, "invalid_path", "\(name) is not usable",
          faults: faults.map { ProblemBody.Fault(place: name, message: $0.message) })
      }
      path[name] = text
    }
    return path
  }

  private static func query(_ route: Route, _ request: Request) throws -> [String: [String]] {
    var query: [String: [String]] = [:]
    for (name, value) in request.uri.queryParameters { query[String(name), default: []].append(String(value)) }
    var faults: [ProblemBody.Fault] = []
    for (name, values) in query.sorted(by: { $0.key < $1.key }) {
      guard let parameter = route.query.first(where: { $0.name == name }) else {
        let known = route.query.map(\.name).joined(separator: ", ")
        faults.append(
          ProblemBody.Fault(
            place: String(name.prefix(100)), message: "is no parameter of this call",
            remedy: known.isEmpty ? "leave it out" : "use \(known)"))
        continue
      }
      faults += values.flatMap { value in
        parameter.schema.faults(in: Self.typed(value, as: parameter.schema)).map {
          ProblemBody.Fault(place: name, message: $0.message)
        }
      }
    }
    faults += route.query.filter { $0.isRequired && query[$0.name] == nil }.map {
      ProblemBody.Fault(place: $0.name, message: "is missing")
    }
    guard faults.isEmpty else {
      throw Problem(.unprocessable, "invalid_query", "the address has parameters that cannot be used", faults: faults)
    }
    return query
  }

  /// A text of the query as the value that a schema speaks of.
  private static func typed(_ text: String, as schema: Schema) -> ComposeValue {
    switch schema {
    case .integer: Int(text).map { .int($0) } ?? .string(text)
    case .number: Double(text).map { .double($0) } ?? .string(text)
    case .boolean: ["true", "1"].contains(text) ? .bool(true) : ["false", "0"].contains(text) ? .bool(false) : .string(text)
    default: .string(text)
    }
  }

  private static func streams(_ route: Route) -> Bool { if case .bytes = route.body { true } else { false } }

  private func body(_ route: Route, _ request: Request) async throws -> ([UInt8], ComposeValue) {
    let schema: Schema
    let isOptional: Bool
    switch route.body {
    case .none, .bytes: return ([], .null)
    case .json(let wanted): (schema, isOptional) = (wanted, false)
    case .optionalJSON(let wanted): (schema, isOptional) = (wanted, true)
    }
    let limit = route.takesBundle ? limits.bundleBytes : limits.jsonBytes
    let bytes = try await request.body.bytes(limit: limit, announced: request.headers[.contentLength])
    if bytes.isEmpty, isOptional { return ([], .map(ComposeMap())) }
    let type = request.headers[.contentType]?.split(separator: ";").first?.lowercased() ?? ""
    guard type.filter({ $0 != " " }) == "application/json" else {
      throw Problem(.unsupportedMediaType, "json_wanted", "the body must be application/json")
    }
    let json: ComposeValue
    do {
      json = try ComposeValue(json: bytes)
    } catch {
      throw Problem(.badRequest, "invalid_json", "the body is no JSON: \(error)")
    }
    guard json.nests(within: Self.depthLimit) else {
      throw Problem(.badRequest, "invalid_json", "the body is nested deeper than \(Self.depthLimit)")
    }
    let faults = schema.faults(in: json)
    guard faults.isEmpty else {
      throw Problem(
        .unprocessable, "invalid_body", "the body is not as this call takes it",
        faults: faults.map { ProblemBody.Fault(place: $0.pointer.isEmpty ? "/" : $0.pointer, message: $0.message) })
    }
    return (bytes, json)
  }

  /// S-WEB-6.
  private static let depthLimit = 64

  // MARK: Answers

  private func response(_ answer: APIAnswer, _ id: String, isHead: Bool) -> Response {
    var fields = headers.forAPI.merging(answer.headers)
    fields[.requestID] = id
    switch answer.content {
    case .none: return Response(status: answer.status, headers: fields)
    case .bytes(let bytes, let type):
      fields[.contentType] = type
      return Response(status: answer.status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    case .stream(let type, let write):
      fields[.contentType] = type
      // Nobody gets it.
      if isHead { return Response(status: answer.status, headers: fields, body: ResponseBody { try await $0.finish(nil) }) }
      return Response(
        status: answer.status, headers: fields,
        body: ResponseBody { writer in
          try await write(&writer)
          try await writer.finish(nil)
        })
    }
  }

  private func refusal(_ error: any Error, _ id: String, _ request: Request) -> Response {
    let problem = Problem(error)
    if problem.status.code >= 500 {
      // What a part of the server says of itself is no news: not set up yet, stopping.
      let level: Logger.Level =
        if problem.status == .internalServerError { .error } else if error is Problem { .debug } else { .info }
      logger.log(
        level: level, "call failed",
        metadata: ["request": "\(id)", "method": "\(request.method)", "path": "\(request.uri.path)", "error": "\(error)"])
    }
    let (fields, body) = problem.answer(id, headers)
    return Response(status: problem.status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }
}

extension ComposeValue {
  /// Whether no value is nested deeper.
  fileprivate func nests(within depth: Int) -> Bool {
    switch self {
    case .null, .bool, .int, .double, .string: true
    case .list(let items): depth > 0 && items.allSatisfy { $0.nests(within: depth - 1) }
    case .map(let map): depth > 0 && map.pairs.allSatisfy { $0.value.nests(within: depth - 1) }
    }
  }
}

extension RequestBody {
  /// All of it.
  ///
  /// - Parameter announced: `Content-Length`, where there is one: what is too much is not read first.
  /// - Throws: a `Problem` for more than `limit` bytes.
  func bytes(limit: Int, announced: String? = nil) async throws -> [UInt8] {
    let tooLarge = Problem(.contentTooLarge, "body_too_large", "the body has more than \(limit) bytes")
    if let length = announced.flatMap({ Int($0) }), length > limit { throw tooLarge }
    var bytes: [UInt8] = []
    do {
      for try await part in self {
        guard bytes.count + part.readableBytes <= limit else { throw tooLarge }
        bytes += part.readableBytesView
      }
    } catch let fault as HTTPParserError {
      // The connection has told it to the client.
      throw Problem(fault)
    }
    return bytes
  }
}
