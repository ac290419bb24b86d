import Accounts
import HTTPTypes
import SlipwayAPI

/// One call of the API: what it is called, who may make it, what it takes and gives, and what it does.
///
/// The router, the check of rights, the check of what is sent, and the OpenAPI document are all made of this.
struct Route: Sendable {
  /// Who may make the call (S-AZ-1). There is no way to leave it out.
  enum Access: Sendable {
    /// Anybody, also before the first user is there.
    case anyone
    /// Anybody, once there is a user: logging in.
    case setUp
    /// Whoever is known, about themselves.
    case known
    /// Only who comes by the unix socket of the data directory, and so owns it; also before the first user is there.
    case host
    /// Who may do this with what the path names.
    case may(Action, Target)
  }

  /// What an action is about, by the parameters of the path.
  enum Target: Sendable {
    /// Everything; a list then shows only what its caller may see.
    case all
    /// `{server}`
    case server
    /// Some of what is on `{server}`: the list shows only what its caller may see there.
    case within
    /// `{stack}`, as NAME or NAME@SERVER.
    case stack
    /// `{container}`, `{network}` or `{volume}` of `{server}`: the stack that it belongs to, else the server.
    case object(EngineObject.Kind)
  }

  struct Parameter: Sendable {
    var name: String
    var schema: Schema
    var about: String
    var isRequired = false

    static func optional(_ name: String, _ schema: Schema, _ about: String) -> Parameter {
      Parameter(name: name, schema: schema, about: about)
    }
  }

  enum Body: Sendable {
    case none
    case json(Schema)
    /// Of these, all members may be left out, and then the body too.
    case optionalJSON(Schema)
    /// A stream of bytes of this type, with a limit.
    case bytes(type: String, limit: Int)
  }

  /// One of the answers when all is well.
  struct Answer: Sendable {
    var status: HTTPResponse.Status
    var about: String
    var type = "application/json"
    var schema: Schema?

    static func json(_ schema: Schema, _ about: String, status: HTTPResponse.Status = .ok) -> Answer {
      Answer(status: status, about: about, schema: schema)
    }

    static func empty(_ about: String, status: HTTPResponse.Status = .noContent) -> Answer {
      Answer(status: status, about: about)
    }

    /// Long work has begun.
    static let accepted = Answer(
      status: .accepted, about: "The operation that does it; follow it by its events.", schema: OperationBody.schema)
  }

  var method: HTTPRequest.Method
  /// As OpenAPI writes it: `/api/v1/stacks/{stack}`.
  var path: String
  var access: Access
  var tag: String
  var summary: String
  var details = ""
  var query: [Parameter] = []
  var headers: [Parameter] = []
  var body = Body.none
  var answers: [Answer]
  /// Refusals of its own, beside those that every call has.
  var refusals: [HTTPResponse.Status: String] = [:]
  /// Answered again with the first answer when it is sent again with the same `Idempotency-Key`.
  var isIdempotent = false
  /// Takes a stack's files: `bundleBytes` instead of `jsonBytes`.
  var takesBundle = false
  var handle: @Sendable (APICall) async throws -> APIAnswer

  /// The names in braces of the path.
  var pathParameters: [String] {
    path.split(separator: "/").compactMap { part in
      part.hasPrefix("{") && part.hasSuffix("}") ? String(part.dropFirst().dropLast()) : nil
    }
  }

  var changesState: Bool { method != .get && method != .head }
}
