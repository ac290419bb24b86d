import Accounts
import HTTPTypes
import Logging
import NIOCore
import Orchestration
import RevisionStore

/// What stands before every call and every socket: which host was meant, which page sent it, who it is.
struct RequestGate: Sendable {
  /// Names of hosts that are meant by this server; addresses are always taken, because no page can make a name of its own one.
  let hosts: Set<String>
  /// Origins of pages that may call, as `https://slipway.example`.
  let origins: Set<String>
  let accounts: AccountService

  /// Whether the host that the client means is this server (S-WEB-1): a page elsewhere cannot rebind its own name to us.
  func requireHost(_ authority: String?) throws {
    guard let authority, let host = Self.host(of: authority) else {
      throw Problem(.badRequest, "host_missing", "the request names no host")
    }
    guard hosts.contains(host) || Self.isAddress(host) else {
      throw Problem(
        .forbidden, "host_not_allowed", "this server is not known as \(host)",
        remedy: "add it with --public-url https://\(host)")
    }
  }

  /// Whether a call that changes something, and is known by its cookie, comes from a page of ours (S-WEB-1).
  ///
  /// - Parameter isSecure: whether the way to the client is encrypted.
  func requireOrigin(_ fields: HTTPFields, authority: String?, isSecure: Bool) throws {
    if let origin = fields[.origin] {
      guard isOurs(origin, authority: authority, isSecure: isSecure) else {
        throw Problem(.forbidden, "origin_not_allowed", "a page of \(origin.prefix(200)) may not call this server")
      }
      return
    }
    guard fields[.secFetchSite] == "same-origin" else {
      throw Problem(
        .forbidden, "origin_missing", "a call with a session's cookie must say which page it comes from",
        remedy: "send the Origin header, or use an API token")
    }
  }

  /// Scheme, host and port must be those that the request itself went to, or configured.
  func isOurs(_ origin: String, authority: String?, isSecure: Bool) -> Bool {
    let text = origin.lowercased()
    if origins.contains(text) { return true }
    guard let authority else { return false }
    return text == (isSecure ? "https://" : "http://") + authority.lowercased()
  }

  /// Who calls: by the bearer token, else by the unix socket, else by the session's cookie; nil: nobody known.
  ///
  /// - Throws: a token that is not one of ours, also where a good cookie is beside it.
  func principal(_ fields: HTTPFields, _ origin: RequestOrigin, callID: String) async throws -> Principal? {
    if let credentials = fields[.authorization] {
      let parts = credentials.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Self.unknown }
      let isOurs = origin.userAgent.hasPrefix("slipway/")
      do {
        return try await accounts.principal(
          token: String(parts[1]), origin: origin.account(isOurs ? .cli : .api, callID: callID))
      } catch {
        guard case .unauthenticated = error else { throw error }
        throw Self.unknown
      }
    }
    if let user = origin.localUser { return Principal.local(user: user, requestID: callID) }
    guard let secret = cookie(fields, isSecure: origin.isSecure) else { return nil }
    do {
      return try await accounts.principal(session: secret, origin: origin.account(.ui, callID: callID))
    } catch {
      guard case .unauthenticated = error else { throw error }
      return nil
    }
  }

  /// Writes down that a call or a socket was refused; what is refused stays so where that cannot be written.
  func note(
    _ problem: Problem, _ fields: HTTPFields, _ origin: RequestOrigin, action: String, target: String, callID: String,
    _ logger: Logger
  ) async {
    // WHY try?: who shows no credential that counts is unknown.
    let caller = try? await self.principal(fields, origin, callID: callID)
    let from = origin.account(caller?.origin.way ?? .api, callID: callID)
    do {
      try await accounts.noteRefusal(of: caller, from: from, action: action, target: target, code: problem.code)
    } catch {
      logger.error("a refusal is not written down", metadata: ["request": "\(callID)", "error": "\(error)"])
    }
  }

  /// The secret of the session's cookie.
  func cookie(_ fields: HTTPFields, isSecure: Bool) -> String? {
    let name = isSecure ? SessionCookies.secureName : SessionCookies.plainName
    for header in fields[values: .cookie] {
      for pair in header.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name else { continue }
        return String(parts[1])
      }
    }
    return nil
  }

  private static let unknown = Problem(
    .unauthorized, "invalid_token", "this token is not known, has expired or was taken back")

  static let unauthenticated = Problem(
    .unauthorized, "unauthenticated", "this call needs a login or a token",
    remedy: "log in with POST /api/v1/login, or send Authorization: Bearer TOKEN")

  /// Without the port, in lower case; nil for what is no authority.
  static func host(of authority: String) -> String? {
    let text = authority.lowercased()
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      return String(text[text.index(after: text.startIndex)..<end])
    }
    let host = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
    return host.isEmpty ? nil : host
  }

  private static func isAddress(_ host: String) -> Bool {
    (try? SocketAddress(ipAddress: host, port: 0)) != nil
  }
}
