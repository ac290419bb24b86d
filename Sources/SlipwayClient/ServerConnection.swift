package import ComposeFile
import FoundationEssentials
import NIOCore
import NIOHTTP1
package import SlipwayAPI

/// The way to a server: calls with JSON, downloads, and what it tells as it happens.
///
/// Each call opens a connection of its own and ends it; nothing is kept between two. Safe to use from several tasks.
package struct ServerConnection: Sendable {
  /// How long things may take. The server's own limits are S-WEB-6's.
  package struct Limits: Sendable {
    package var connecting: Duration = .seconds(10)
    /// Of a call, from its beginning to the end of the answer.
    package var call: Duration = .seconds(120)
    /// Between two parts of a download or two frames of a socket; the server sends a ping every 20 s.
    package var silence: Duration = .seconds(60)
    /// After the last part of an upload, which the engine unpacks meanwhile.
    package var unpacking: Duration = .seconds(600)
    /// How long a lost socket is tried again.
    package var reconnecting: Duration = .seconds(60)
    package var answerBytes = 64 << 20

    package init() {}
  }

  package enum Method: String, Sendable { case get = "GET", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE" }

  /// An answer that is read whole.
  package struct Answer: Sendable {
    package var status: Int
    /// Names in lower case.
    package var headers: [String: String]
    package var bytes: [UInt8]
    /// Cookies that the server sets, `NAME=VALUE`.
    package var cookies: [String]
  }

  package let address: ServerAddress
  package let trust: ServerTrust
  package var limits = Limits()
  /// Goes into `Authorization` (S-AUTH-10); never into an address or an error.
  private let token: String?
  /// For the calls of a login, before there is a token.
  package var cookie: String?

  package init(_ address: ServerAddress, token: String? = nil, trust: ServerTrust = .system) {
    self.address = address
    self.token = token
    self.trust = trust
  }

  /// As messages name it.
  package var name: String { "\(address)" }

  // MARK: Calls

  /// Calls and gives the answer whole.
  ///
  /// - Throws: `ServerProblem` for a status of 400 or more, `ConnectionFailure`.
  package func call(
    _ method: Method, _ path: String, query: [(String, String)] = [], body: [UInt8]? = nil, headers: [(String, String)] = []
  ) async throws -> Answer {
    let head = head(method, path, query, bodyBytes: body?.count, headers)
    let answer = try await withTimeLimit(
      limits.call, failure: .timedOut(server: name, what: "\(method.rawValue) \(path)", limit: limits.call)
    ) { try await exchange(head, body ?? []) }
    guard answer.status >= 400 else { return answer }
    throw problem(answer)
  }

  /// Sends a value and reads one, with names in snake_case.
  package func call<Value: Decodable & Sendable>(
    _ method: Method, _ path: String, query: [(String, String)] = [], sending body: (any Encodable)? = nil,
    as type: Value.Type
  ) async throws -> Value {
    let answer = try await call(method, path, query: query, body: try body.map(Self.bytes))
    do {
      return try Self.decoder().decode(type, from: Data(answer.bytes))
    } catch {
      throw ConnectionFailure.unreadable(server: name, reason: "\(method.rawValue) \(path) gave another JSON than expected")
    }
  }

  /// Sends a value and reads any JSON.
  package func value(
    _ method: Method, _ path: String, query: [(String, String)] = [], sending body: (any Encodable)? = nil
  ) async throws -> ComposeValue {
    let answer = try await call(method, path, query: query, body: try body.map(Self.bytes))
    guard !answer.bytes.isEmpty else { return .null }
    do {
      return try ComposeValue(json: answer.bytes)
    } catch {
      throw ConnectionFailure.unreadable(server: name, reason: "\(method.rawValue) \(path) gave no JSON")
    }
  }

  /// All items of a list that comes in pages (`items`, `next`), at most `limit`.
  package func items<Item: WireType>(
    _ path: String, query: [(String, String)] = [], as type: Item.Type, limit: Int = 100_000
  ) async throws -> [Item] {
    var items: [Item] = []
    var next: String?
    repeat {
      let page = try await call(
        .get, path, query: query + (next.map { [("cursor", $0)] } ?? []), as: Page<Item>.self)
      items += page.items
      next = page.next
    } while next != nil && items.count < limit
    return Array(items.prefix(limit))
  }

  /// Whether a server answers here; false also when nobody listens.
  package func isAlive() async -> Bool {
    var quick = self
    quick.limits.connecting = .seconds(2)
    quick.limits.call = .seconds(2)
    // WHY try?: the answer is that it is not.
    guard let answer = try? await quick.call(.get, "/healthz") else { return false }
    return answer.status == 200
  }

  // MARK: Parts of a request

  /// By this the server knows that a token is used by the command line.
  private static let agent = "slipway/client"

  func head(
    _ method: Method, _ path: String, _ query: [(String, String)], bodyBytes: Int?, _ extra: [(String, String)] = []
  ) -> HTTPRequestHead {
    var fields = HTTPHeaders([
      ("Host", address.authority), ("User-Agent", Self.agent), ("Accept", "application/json"), ("Connection", "close"),
    ])
    if let token { fields.add(name: "Authorization", value: "Bearer \(token)") }
    if let cookie {
      fields.add(name: "Cookie", value: cookie)
      // A call by cookie says which page it is of; ours is none other than the server's own.
      fields.add(name: "Origin", value: address.description)
    }
    if let bodyBytes {
      fields.add(name: "Content-Type", value: "application/json")
      fields.add(name: "Content-Length", value: String(bodyBytes))
    } else if method != .get {
      fields.add(name: "Content-Length", value: "0")
    }
    for (name, value) in extra { fields.add(name: name, value: value) }
    let words = query.map { "\(Self.escaped($0.0))=\(Self.escaped($0.1))" }.joined(separator: "&")
    return HTTPRequestHead(
      version: .http1_1, method: HTTPMethod(rawValue: method.rawValue), uri: words.isEmpty ? path : "\(path)?\(words)",
      headers: fields)
  }

  /// A part of a path or a query, percent-encoded but for what RFC 3986 calls unreserved, and `@`.
  package static func escaped(_ text: String) -> String {
    text.utf8.map { byte in
      let scalar = Character(UnicodeScalar(byte))
      let isPlain = byte < 128 && (scalar.isLetter || scalar.isNumber || "-._~@".contains(scalar))
      return isPlain ? String(scalar) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }

  func problem(_ answer: Answer) -> any Error {
    // A problem names its members itself: the rule for names of other bodies would not find those of two words.
    if let body = try? JSONDecoder().decode(ProblemBody.self, from: Data(answer.bytes)) {
      return ServerProblem(server: name, body: body)
    }
    return ConnectionFailure.unreadable(server: name, reason: "status \(answer.status)")
  }

  /// A value as JSON, with names in snake_case.
  package static func bytes(_ value: any Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .withoutEscapingSlashes
    return Array(try encoder.encode(value))
  }

  static func decoder() -> JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }
}
