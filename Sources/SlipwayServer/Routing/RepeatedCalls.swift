import Accounts
import HTTPTypes
import RevisionStore

/// Answers a call that is sent again under the same key with the first answer, and does it once.
struct RepeatedCalls: Sendable {
  let store: RevisionStore

  func once(_ key: String, _ call: APICall, _ body: () async throws -> APIAnswer) async throws -> APIAnswer {
    guard IdempotencyRule.isUsable(key) else {
      throw Problem(.badRequest, "invalid_idempotency_key", "the key must have 8 to 128 letters, digits, - or _")
    }
    let owner = try call.caller().name
    let text =
      "\(call.route.method) \(call.route.path) \(call.path.sorted { $0.key < $1.key }) \(call.query.sorted { $0.key < $1.key })"
    var digest = FileDigest()
    digest.add(Array(text.utf8)[...])
    digest.add(call.bytes[...])
    switch try await store.beginIdempotent(key: key, principal: owner, requestHash: digest.finish()) {
    case .running:
      throw Problem(.conflict, "still_running", "the call with this key is still being done").retrying(after: 1)
    case .done(let status, let bytes): return KeptAnswer.answer(HTTPResponse.Status(code: status), bytes)
    case .new: break
    }
    do {
      let answer = try await body()
      try await store.finishIdempotent(
        key: key, principal: owner, status: answer.status.code, body: KeptAnswer.bytes(of: answer))
      return answer
    } catch {
      // What was refused has done nothing: it may be tried again under the same key.
      try? await store.forgetIdempotent(key: key, principal: owner)
      throw error
    }
  }
}

/// An answer as it is kept: its headers that clients go by, a line each, then its JSON behind an empty line.
enum KeptAnswer {
  /// None of them holds a secret; a cookie is never kept.
  private static let headers: [HTTPField.Name] = [.location, .eTag]

  static func bytes(of answer: APIAnswer) -> [UInt8] {
    var head = ""
    for name in headers {
      if let value = answer.headers[name] { head += "\(name.canonicalName): \(value)\n" }
    }
    guard case .bytes(let body, _) = answer.content else { return Array((head + "\n").utf8) }
    return Array((head + "\n").utf8) + body
  }

  static func answer(_ status: HTTPResponse.Status, _ kept: [UInt8]) -> APIAnswer {
    var answer = APIAnswer(status: status, content: .none)
    var rest = kept[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let line = String(decoding: rest[..<end], as: UTF8.self)
      rest = rest[(end + 1)...]
      if line.isEmpty { break }
      guard let colon = line.firstRange(of: ": "), let name = HTTPField.Name(String(line[..<colon.lowerBound])) else { continue }
      answer.headers[name] = String(line[colon.upperBound...])
    }
    if !rest.isEmpty { answer.content = .bytes(Array(rest), type: "application/json") }
    return answer
  }
}
