import FoundationEssentials
import NIOCore
import NIOHTTP1

/// A whole answer.
struct EngineAnswer: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var keepsAlive: Bool
  var body: Data

  init(head: HTTPResponseHead, body: Data) {
    status = Int(head.status.code)
    headers = head.headers
    keepsAlive = head.isKeepAlive
    self.body = body
  }
}

/// Reads one whole answer; larger ones end the connection.
func wholeAnswer(on connection: EngineConnection, limit: Int) async throws(TransportFailure) -> EngineAnswer {
  guard case .head(let head) = try await connection.next() else { throw .malformed(reason: "a body without a head") }
  guard head.status != .switchingProtocols else { throw .malformed(reason: "the protocol was switched without being asked") }
  if let announced = head.headers.first(name: "Content-Length").flatMap({ Int($0) }), announced > limit {
    throw .tooLarge(limitBytes: limit)
  }
  return EngineAnswer(head: head, body: try await collected(on: connection, limit: limit, cuts: false))
}

/// Reads the rest of an answer's body: what is beyond the limit is cut off, or an error.
///
/// The depth of JSON is checked while it arrives, so that a hostile answer costs no more than one round of reading.
func collected(on connection: EngineConnection, limit: Int, cuts: Bool) async throws(TransportFailure) -> Data {
  var body = Data()
  var depth = JSONDepth(limit: EngineLimits.jsonDepth)
  while true {
    switch try await connection.next() {
    case .head: throw .malformed(reason: "a second head within one answer")
    case .end: return body
    case .bytes(let buffer):
      if body.count + buffer.readableBytes > limit {
        if cuts { return body }
        throw .tooLarge(limitBytes: limit)
      }
      let isSane = unsafe buffer.withUnsafeReadableBytes { bytes in
        unsafe body.append(contentsOf: bytes)
        return unsafe depth.take(bytes)
      }
      guard isSane else { throw .malformed(reason: "JSON nested deeper than \(EngineLimits.jsonDepth)") }
    }
  }
}

/// Decodes off the caller's actor: lists of hundreds of containers take milliseconds.
@concurrent
func decodeAnswer<Value: Decodable & Sendable>(
  _ type: Value.Type, from data: Data, call: EngineCall
) async throws(EngineError) -> Value {
  do {
    return try JSONDecoder().decode(type, from: data)
  } catch {
    throw .malformedAnswer(call: call, reason: decodingText(error))
  }
}

/// Where in the JSON the decoder stopped, without the values (they may be secret).
func decodingText(_ error: any Error) -> String {
  func place(_ path: [any CodingKey]) -> String {
    path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
  }
  guard let error = error as? DecodingError else { return "JSON: \(error)" }
  return switch error {
  case .typeMismatch(let type, let context): "JSON at \(place(context.codingPath)): expected \(type)"
  case .valueNotFound(let type, let context): "JSON at \(place(context.codingPath)): null instead of \(type)"
  case .keyNotFound(let key, let context): "JSON at \(place(context.codingPath)): no \(key.stringValue)"
  case .dataCorrupted(let context): "JSON at \(place(context.codingPath)): \(context.debugDescription)"
  @unknown default: "JSON: not as expected"
  }
}

func encodedJSON(_ value: some Encodable) throws(EngineError) -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .withoutEscapingSlashes
  do {
    return Array(try encoder.encode(value))
  } catch {
    throw .badArgument("the request cannot be written as JSON: \(error)")
  }
}

/// The error of an answer with a status outside 2xx.
func refusal(_ answer: EngineAnswer, call: EngineCall) -> EngineError {
  let message = refusalMessage(answer)
  return switch answer.status {
  case 304: .notModified(call: call)
  case 404: .notFound(call: call, message: message)
  case 409: .conflict(call: call, message: message)
  // Podman 4 answers a taken name with 500.
  case 500 where call.path == "/containers/create" && message.contains("name") && message.contains("is already in use"):
    .conflict(call: call, message: message)
  default: .api(call: call, status: answer.status, message: message)
  }
}

private func refusalMessage(_ answer: EngineAnswer) -> String {
  if let message = try? JSONDecoder().decode(EngineMessage.self, from: answer.body) {
    if !message.message.isEmpty { return printable(message.message, limit: 4096) }
    if !message.cause.isEmpty { return printable(message.cause, limit: 4096) }
  }
  let text = printable(String(decoding: answer.body.prefix(1024), as: UTF8.self), limit: 1024)
  return text.isEmpty ? "no reason given" : text
}

/// Text from outside for people's terminals: control characters become spaces, the length is bounded.
func printable(_ text: String, limit: Int) -> String {
  let scalars = text.unicodeScalars.prefix(limit).map { scalar -> Unicode.Scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: " "
    default: scalar
    }
  }
  var view = String.UnicodeScalarView()
  view.append(contentsOf: scalars)
  let cleaned = String(view)
  guard let start = cleaned.firstIndex(where: { $0 != " " }), let end = cleaned.lastIndex(where: { $0 != " " }) else { return "" }
  return String(cleaned[start...end])
}
