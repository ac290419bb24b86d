import Accounts
import ComposeFile
import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import NIOCore
import RevisionStore
import SlipwayAPI

/// One call, checked as far as its route says: its caller is known and may make it, and what it sent has the right shape.
struct APICall: Sendable {
  let id: String
  let route: Route
  let principal: Principal?
  let origin: RequestOrigin
  let headers: HTTPFields
  /// By name; percent-decoded.
  let path: [String: String]
  let query: [String: [String]]
  /// The body where the route takes JSON; `.null` without one.
  let json: ComposeValue
  let bytes: [UInt8]
  /// The body where the route takes a stream.
  let stream: RequestBody?
  /// What the path names, where the route's access says so.
  let stack: StackKey?
  let object: EngineObject?

  /// Who it is; there always is one where the route's access asks for it.
  func caller() throws -> Principal {
    guard let principal else { throw Problem(.unauthorized, "unauthenticated", "log in first") }
    return principal
  }

  /// A parameter of the path.
  func parameter(_ name: String) throws -> String {
    guard let value = path[name] else { throw Problem.notFound(name) }
    return value
  }

  /// The stack that the path names.
  func stackKey() throws -> StackKey {
    guard let stack else { throw Problem.notFound("stack") }
    return stack
  }

  /// The container, network or volume that the path names.
  func engineObject() throws -> EngineObject {
    guard let object else { throw Problem.notFound("such object") }
    return object
  }

  func value(_ name: String) -> String? { query[name]?.last }

  func flag(_ name: String) -> Bool { value(name).map { $0 == "true" || $0 == "1" } ?? false }

  func number(_ name: String) -> Int? { value(name).flatMap { Int($0) } }

  /// The body as a type of the wire.
  func body<Body: Decodable>(_ type: Body.Type) throws -> Body {
    do {
      return try Wire.decoder().decode(type, from: Data(bytes.isEmpty ? Array("{}".utf8) : bytes))
    } catch {
      // The shape was checked; what is left are numbers out of range.
      throw Problem(.unprocessable, "invalid_body", "the body cannot be used")
    }
  }
}

/// Where a call came from.
struct RequestOrigin: Sendable {
  /// The client's address, as far as trusted proxies tell it; nil on the unix socket.
  var address: String?
  var userAgent: String
  /// Whether the way to the client is encrypted, or never leaves this machine.
  var isSecure: Bool
  /// The user of the process at the other end of the unix socket.
  var localUser: String?

  /// As the accounts take it.
  func account(_ way: Way, callID: String) -> Origin {
    Origin(address: address, userAgent: userAgent, way: way, requestID: callID)
  }
}

/// How JSON is written and read: names in snake_case, times in RFC 3339.
enum Wire {
  static func encoder() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    return encoder
  }

  static func decoder() -> JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }
}
