import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import SlipwayAPI

/// What a call gives when all went well.
struct APIAnswer: Sendable {
  enum Content: Sendable {
    case none
    case bytes([UInt8], type: String)
    /// Written as far as the client takes it.
    case stream(type: String, @Sendable (inout any ResponseBodyWriter) async throws -> Void)
  }

  var status: HTTPResponse.Status
  var headers: HTTPFields = [:]
  var content: Content

  static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> APIAnswer {
    APIAnswer(status: status, content: .bytes(Array(try Wire.encoder().encode(value)), type: "application/json"))
  }

  static let empty = APIAnswer(status: .noContent, content: .none)

  /// With the entity tag (RFC 9110, 8.8.3) of what it carries.
  func tagged(_ tag: String) -> APIAnswer {
    var answer = self
    answer.headers[.eTag] = "\"\(tag)\""
    return answer
  }

  func with(_ name: HTTPField.Name, _ value: String) -> APIAnswer {
    var answer = self
    answer.headers.append(HTTPField(name: name, value: value))
    return answer
  }
}
