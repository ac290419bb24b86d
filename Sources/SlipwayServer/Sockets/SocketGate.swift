import Accounts
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOWebSocket
import Synchronization

/// What a WebSocket was let in with.
struct SocketPass: Sendable {
  var principal: Principal
  var kind: SocketKind
}

/// Which sockets there are.
enum SocketKind: Hashable, Sendable {
  /// `/api/v1/socket`: events, logs, stats and operations, as subscriptions (decision 12).
  case live
  /// `/api/v1/exec/{id}`: one terminal.
  case terminal(String)

  init?(path: Substring) {
    if path == "/api/v1/socket" {
      self = .live
      return
    }
    guard path.hasPrefix("/api/v1/exec/") else { return nil }
    let id = path.dropFirst("/api/v1/exec/".count)
    guard (1...64).contains(id.utf8.count), id.utf8.allSatisfy({ PathRule.isAlphanumeric($0) }) else { return nil }
    self = .terminal(String(id))
  }
}

/// Decides about each WebSocket before it is opened (S-WEB-2).
///
/// The same questions as for a call: host, page, caller. Who is refused is told why, as for a call.
struct SocketGate: Sendable {
  let gate: RequestGate
  let facts: ListenerFacts
  let accounts: AccountService
  let sockets: OpenSockets
  let logger: Logger
  let serve: @Sendable (NIOAsyncChannel<WebSocketFrame, SocketOutput>, SocketPass) async -> Void

  /// Why not; nil: it is let in, and counted from now on.
  func refusal(of head: HTTPRequestHead, _ channel: any Channel) async -> Problem? {
    do {
      guard let kind = SocketKind(path: head.uri.prefix { $0 != "?" }) else { throw Problem.notFound("such socket") }
      let principal = try await admit(HTTPRequest(head, secure: facts.isEncrypted, splitCookie: false), channel)
      if let fault = SocketHandshake.fault(in: head) { throw fault }
      try sockets.reserve(channel, SocketPass(principal: principal, kind: kind))
      return nil
    } catch {
      let problem = Problem(error)
      await note(problem, head, channel)
      return problem
    }
  }

  private func note(_ problem: Problem, _ head: HTTPRequestHead, _ channel: any Channel) async {
    guard problem.isDenial, let request = try? HTTPRequest(head, secure: facts.isEncrypted, splitCookie: false) else { return }
    await gate.note(
      problem, request.headerFields, await facts.origin(request.headerFields, channel), action: "socket.open",
      target: String(head.uri.prefix { $0 != "?" }), callID: CallID.next(), logger)
  }

  /// Who may open a socket with this request.
  ///
  /// - Throws: a `Problem` that says why not.
  func admit(_ request: HTTPRequest, _ channel: any Channel) async throws -> Principal {
    try gate.requireHost(request.authority)
    let origin = await facts.origin(request.headerFields, channel)
    guard try await accounts.isSetUp() || origin.localUser != nil else { throw Problem.setupRequired }
    guard let principal = try await gate.principal(request.headerFields, origin, callID: CallID.next()) else {
      throw RequestGate.unauthenticated
    }
    let isByCookie = request.headerFields[.authorization] == nil && origin.localUser == nil
    if isByCookie {
      // Unlike a call, a socket by cookie must say which page it is of: pages elsewhere may open them too.
      guard let page = request.headerFields[.origin] else {
        throw Problem(.forbidden, "origin_missing", "a socket with a session's cookie must say which page it comes from")
      }
      guard gate.isOurs(page, authority: request.authority, isSecure: origin.isSecure) else {
        throw Problem(.forbidden, "origin_not_allowed", "a page of \(page.prefix(200)) may not open a socket here")
      }
    }
    try sockets.requireRoom(for: principal)
    return principal
  }
}

/// The WebSockets that are open, so that no one has too many, and each ends when the rights behind it do (S-AUTH-6, S-WEB-3).
final class OpenSockets: Sendable {
  private struct Entry {
    var pass: SocketPass
    var close: (@Sendable (SocketClose) -> Void)?
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var isStopping = false
  }

  private let state = Mutex(State())

  init() {}

  var count: Int { state.withLock { $0.entries.count } }

  func requireRoom(for principal: Principal) throws {
    let (total, own, isStopping) = state.withLock { state in
      (
        state.entries.count, state.entries.values.count { $0.pass.principal.credential == principal.credential },
        state.isStopping
      )
    }
    if isStopping { throw Problem(.serviceUnavailable, "stopping", "the server stops") }
    if total >= SocketLimits.sockets { throw Problem(.serviceUnavailable, "too_many_sockets", "all sockets are in use") }
    if own >= SocketLimits.socketsPerSession, principal.credential != .local {
      throw Problem(
        .tooManyRequests, "too_many_sockets", "\(SocketLimits.socketsPerSession) sockets of this session are open already")
    }
  }

  /// Counts a socket that is about to be opened, until its channel closes.
  func reserve(_ channel: any Channel, _ pass: SocketPass) throws {
    try requireRoom(for: pass.principal)
    let id = ObjectIdentifier(channel)
    state.withLock { $0.entries[id] = Entry(pass: pass) }
    channel.closeFuture.whenComplete { [self] _ in state.withLock { $0.entries[id] = nil } }
  }

  func pass(of channel: any Channel) -> SocketPass? {
    state.withLock { $0.entries[ObjectIdentifier(channel)]?.pass }
  }

  /// Tells how an open socket is closed.
  func opened(_ channel: any Channel, close: @escaping @Sendable (SocketClose) -> Void) {
    let isStopping = state.withLock { state in
      state.entries[ObjectIdentifier(channel)]?.close = close
      return state.isStopping
    }
    if isStopping { close(.goingAway) }
  }

  /// Closes those whose rights have ended, and asks the others of a changed user to look again.
  func apply(_ change: AccountChange) {
    let closing = state.withLock { state in
      state.entries.values.filter { entry in
        switch change {
        case .sessionEnded(let id): entry.pass.principal.credential == .session(id: id)
        case .tokenEnded(let id): entry.pass.principal.credential == .token(id: id)
        // What a subscription shows was decided when it was made: it is made anew with the rights of now.
        case .userChanged(let id): entry.pass.principal.userID == id
        }
      }.compactMap(\.close)
    }
    for close in closing { close(.policy("the session or its rights have changed")) }
  }

  /// Closes all: the server stops.
  func stop() {
    let closing = state.withLock { state in
      state.isStopping = true
      return state.entries.values.compactMap(\.close)
    }
    for close in closing { close(.goingAway) }
  }
}
