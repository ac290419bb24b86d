package import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// The API of one Docker engine (or Podman's compatible one) over any connected byte channel.
///
/// Short calls share a few kept connections; each stream has its own. All methods may be called from any task.
/// Cancelling the calling task closes its connection. Errors are `EngineError`s. Reads are tried up to three times when
/// the connection fails before an answer begins; writes are never repeated.
/// `shutdown()` ends all connections and the event loop's thread; a client that is dropped does the same by itself.
package final class EngineClient: Sendable {
  /// The connector's name, as in errors.
  package let name: String
  package let limits: EngineLimits
  /// Whether a network lies between.
  package var isRemote: Bool { connector.isRemote }

  private let connector: any EngineConnector
  private let loops: EventLoops
  private let pool: ConnectionPool
  private let logger: Logger?
  private let known = Mutex<EngineIdentity?>(nil)
  private let negotiation = Permits(1)

  /// Makes a client; nothing is connected or started before the first call.
  package init(connector: any EngineConnector, limits: EngineLimits = EngineLimits(), logger: Logger? = nil) {
    let loops = EventLoops()
    self.connector = connector
    self.loops = loops
    self.limits = limits
    self.logger = logger
    name = connector.name
    pool = ConnectionPool(limit: limits.parallelCalls) { () async throws(EngineError) in
      try await connect(connector, loops: loops, limit: limits.connect)
    }
  }

  /// Makes a client of an engine on this machine.
  package convenience init(_ endpoint: EngineEndpoint, limits: EngineLimits = EngineLimits(), logger: Logger? = nil) {
    self.init(connector: UnixSocketConnector(endpoint), limits: limits, logger: logger)
  }

  /// Ends all connections; calls under way and later ones fail.
  package func shutdown() async {
    negotiation.close()
    await pool.close()
    await loops.shutdown()
  }

  // MARK: Version

  /// What the engine is, and the version spoken with it: asked once, by a ping, at the first call.
  package func identity() async throws(EngineError) -> EngineIdentity {
    if let known = known.withLock({ $0 }) { return known }
    let call = EngineCall(method: "GET", path: "/_ping", endpoint: name)
    guard await negotiation.take() else { throw Task.isCancelled ? .cancelled(call: call) : .shutDown(endpoint: name) }
    defer { negotiation.give() }
    if let known = known.withLock({ $0 }) { return known }
    let identity = try await ping()
    known.withLock { $0 = identity }
    return identity
  }

  /// What `identity` has found; nil: it was not asked yet. Waits for nothing.
  package var knownIdentity: EngineIdentity? { known.withLock { $0 } }

  /// Asks the engine whether it is there; nothing is remembered.
  ///
  /// On a new connection: an engine that shuts down answers on those it has, and takes no others.
  package func ping() async throws(EngineError) -> EngineIdentity {
    var request = EngineRequest(.GET, "/_ping", limit: limits.ping, answerBytes: 4096)
    request.isOnNewConnection = true
    let answer = try await exchange(request, prefix: "")
    guard let text = answer.headers.first(name: "Api-Version"), let served = APIVersion(text) else {
      throw .malformedAnswer(call: call(request), reason: "no Api-Version header: this is not a Docker engine")
    }
    guard served >= .oldest else {
      throw .apiTooOld(endpoint: name, served: "\(served)", needed: "\(APIVersion.oldest)")
    }
    let server = answer.headers.first(name: "Server") ?? ""
    return EngineIdentity(
      apiVersion: min(served, .newest), servedVersion: served, server: printable(server, limit: 200),
      osType: printable(answer.headers.first(name: "Ostype") ?? "", limit: 40),
      isPodman: answer.headers.contains(name: "Libpod-Api-Version") || server.hasPrefix("Libpod"))
  }

  /// Throws `unsupported` unless the version spoken is at least this one.
  func require(_ version: APIVersion, for feature: String) async throws(EngineError) {
    let spoken = try await identity().apiVersion
    guard spoken >= version else {
      throw .unsupported(feature: feature, reason: "the engine at \(name) speaks API \(spoken), it needs \(version)")
    }
  }

  // MARK: Short calls

  /// Sends a call and decodes its answer.
  func decoded<Value: Decodable & Sendable>(_ type: Value.Type, _ request: EngineRequest) async throws(EngineError) -> Value {
    let answer = try await perform(request)
    return try await decodeAnswer(type, from: answer.body, call: call(request))
  }

  /// Sends a call and waits for its whole answer, of a good status.
  func perform(_ request: EngineRequest) async throws(EngineError) -> EngineAnswer {
    let version = try await identity().apiVersion
    return try await exchange(request, prefix: "/v\(version)")
  }

  private func exchange(_ request: EngineRequest, prefix: String) async throws(EngineError) -> EngineAnswer {
    let clock = ContinuousClock()
    let start = clock.now
    let deadline = start.advanced(by: request.limit)
    var tries = 1
    while true {
      do {
        let answer = try await exchangeOnce(request, prefix: prefix, deadline: deadline)
        log(request, status: answer.status, start: start)
        return try await accepted(answer, request)
      } catch let error where error.isWorthRepeating && request.isRead && tries < EngineLimits.readTries {
        tries += 1
        log(request, error: error, start: start)
        // 20 ms, then 40 ms: an engine that restarts is back much later, one that dropped a kept connection is there now.
        try? await Task.sleep(for: .milliseconds(10 << (tries - 1)))
      } catch {
        log(request, error: error, start: start)
        throw error
      }
    }
  }

  private func exchangeOnce(
    _ request: EngineRequest, prefix: String, deadline: ContinuousClock.Instant
  ) async throws(EngineError) -> EngineAnswer {
    try await mapping(request) { [self] in
      try await withDeadline(ContinuousClock.now.duration(to: deadline)) { [self] in
        guard let connection = try await pool.take(isNew: request.isOnNewConnection) else { throw noConnection(request) }
        var isReusable = false
        defer { pool.giveBack(connection, isReusable: isReusable) }
        let (head, body) = requestHead(request, prefix: prefix)
        connection.send(head, body: body)
        do {
          let answer = try await wholeAnswer(on: connection, limit: request.answerBytes)
          isReusable = answer.keepsAlive
          return answer
        } catch let failure as TransportFailure {
          throw AttemptFailure(failure: failure, hadAnswer: connection.hasReceivedAnything)
        }
      }
    }
  }

  // MARK: Streams

  /// Sends a call on a connection of its own and waits for the head of its answer, of a good status.
  func open(_ request: EngineRequest, upgrades: Bool = false) async throws(EngineError) -> AnswerStream {
    let version = try await identity().apiVersion
    let start = ContinuousClock.now
    do {
      let stream = try await mapping(request) { [self] in
        try await withDeadline(request.limit) { [self] in
          let connection = try await connect(connector, loops: loops, limit: limits.connect)
          var (head, body) = requestHead(request, prefix: "/v\(version)")
          if upgrades {
            head.headers.replaceOrAdd(name: "Connection", value: "Upgrade")
            head.headers.add(name: "Upgrade", value: "tcp")
          }
          connection.send(head, body: body, upgrades: upgrades)
          return try await answerStream(on: connection, request)
        }
      }
      log(request, status: stream.status, start: start)
      return stream
    } catch {
      log(request, error: error, start: start)
      throw error
    }
  }

  /// Sends a call with a streamed body on a connection of its own and collects its answer.
  ///
  /// An answer with an error status ends the sending. `silence` limits each wait for the engine: to take more of the body, and
  /// to send more of its answer.
  func upload<Body: AsyncSequence & Sendable>(
    _ request: EngineRequest, contentType: String, body: Body, silence: Duration
  ) async throws(EngineError) -> EngineAnswer where Body.Element == [UInt8] {
    let version = try await identity().apiVersion
    let start = ContinuousClock.now
    var request = request
    request.limit = silence
    do {
      let answer = try await mapping(request) { [self, request] in
        let connection = try await withDeadline(limits.connect) { [self] in
          try await connect(connector, loops: loops, limit: limits.connect)
        }
        defer { connection.close() }
        connection.sendHead(uploadHead(request, prefix: "/v\(version)", contentType: contentType))
        return try await exchangeBody(body, on: connection, request, silence: silence)
      }
      log(request, status: answer.status, start: start)
      return try await accepted(answer, request)
    } catch {
      log(request, error: error, start: start)
      throw error
    }
  }

  /// Sends a call with a streamed body on a connection of its own; gives its answer as a stream when all was sent.
  ///
  /// An answer with an error status ends the sending. `silence` limits each wait for the engine to take more of the body, the
  /// request's limit the wait for the head of the answer after that.
  func openUpload<Body: AsyncSequence & Sendable>(
    _ request: EngineRequest, contentType: String, body: Body, silence: Duration
  ) async throws(EngineError) -> AnswerStream where Body.Element == [UInt8] {
    let version = try await identity().apiVersion
    let start = ContinuousClock.now
    do {
      let stream = try await mapping(request) { [self] in
        let connection = try await withDeadline(limits.connect) { [self] in
          try await connect(connector, loops: loops, limit: limits.connect)
        }
        do {
          connection.sendHead(uploadHead(request, prefix: "/v\(version)", contentType: contentType))
          return try await streamedExchange(body, on: connection, request, silence: silence)
        } catch {
          connection.close()
          throw error
        }
      }
      log(request, status: stream.status, start: start)
      return stream
    } catch {
      log(request, error: error, start: start)
      throw error
    }
  }

  private func uploadHead(_ request: EngineRequest, prefix: String, contentType: String) -> HTTPRequestHead {
    var (head, _) = requestHead(request, prefix: prefix)
    head.headers.remove(name: "Content-Length")
    head.headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
    head.headers.replaceOrAdd(name: "Content-Type", value: contentType)
    return head
  }

  private func send<Body: AsyncSequence & Sendable>(
    _ body: Body, on connection: EngineConnection, silence: Duration
  ) async throws where Body.Element == [UInt8] {
    do {
      for try await chunk in body {
        try await withDeadline(silence) { try await connection.sendBody(chunk) }
      }
      try await connection.endBody()
    } catch TransportFailure.closed {
      // WHY not thrown: an engine that refuses early answers and closes; the reading side has the answer or the failure.
    }
  }

  private func streamedExchange<Body: AsyncSequence & Sendable>(
    _ body: Body, on connection: EngineConnection, _ request: EngineRequest, silence: Duration
  ) async throws -> AnswerStream where Body.Element == [UInt8] {
    try await withThrowingTaskGroup(of: AnswerStream?.self) { group in
      group.addTask { [self] in
        try await send(body, on: connection, silence: silence)
        return nil
      }
      group.addTask { [self] in try await answerStream(on: connection, request) }
      defer { group.cancelAll() }
      var answer: AnswerStream?
      var isSent = false
      while let finished = try await group.next() {
        if let finished {
          answer = finished
        } else {
          isSent = true
          // From here on the engine's silence counts.
          group.addTask {
            try await Task.sleep(for: request.limit)
            throw DeadlinePassed()
          }
        }
        if isSent, let answer { return answer }
      }
      throw TransportFailure.closed(reason: "no answer")
    }
  }

  private func exchangeBody<Body: AsyncSequence & Sendable>(
    _ body: Body, on connection: EngineConnection, _ request: EngineRequest, silence: Duration
  ) async throws -> EngineAnswer where Body.Element == [UInt8] {
    try await withThrowingTaskGroup(of: EngineAnswer?.self) { group in
      group.addTask { [self] in
        try await send(body, on: connection, silence: silence)
        return nil
      }
      group.addTask { try await wholeAnswer(on: connection, limit: request.answerBytes) }
      defer { group.cancelAll() }
      while let finished = try await group.next() {
        if let answer = finished { return answer }
        // All is sent: from here on the engine's silence counts.
        group.addTask {
          try await Task.sleep(for: silence)
          throw DeadlinePassed()
        }
      }
      throw TransportFailure.closed(reason: "no answer")
    }
  }

  private func answerStream(on connection: EngineConnection, _ request: EngineRequest) async throws -> AnswerStream {
    do {
      guard case .head(let head) = try await connection.next() else {
        throw TransportFailure.malformed(reason: "a body without a head")
      }
      if head.status.code < 300 || head.status == .switchingProtocols {
        return AnswerStream(connection: connection, head: head, call: call(request))
      }
      let body = try await collected(on: connection, limit: limits.errorBytes, cuts: true)
      throw refusal(EngineAnswer(head: head, body: body), call: call(request))
    } catch {
      connection.close()
      throw error
    }
  }

  // MARK: Parts of a call

  func call(_ request: EngineRequest) -> EngineCall {
    EngineCall(
      method: request.method.rawValue, path: request.path, endpoint: name,
      subject: request.subject.map { printable($0, limit: 300) })
  }

  private func noConnection(_ request: EngineRequest) -> EngineError {
    Task.isCancelled ? .cancelled(call: call(request)) : .shutDown(endpoint: name)
  }

  private func requestHead(_ request: EngineRequest, prefix: String) -> (HTTPRequestHead, [UInt8]?) {
    // The engine ignores the name, but Go's server refuses requests without one.
    var headers: HTTPHeaders = ["Host": "docker", "User-Agent": "slipway"]
    for header in request.headers { headers.add(name: header.name, value: header.value) }
    var body: [UInt8]?
    switch request.body {
    case .none:
      if request.method != .GET, request.method != .HEAD { headers.add(name: "Content-Length", value: "0") }
    case .json(let bytes):
      headers.add(name: "Content-Type", value: "application/json")
      headers.add(name: "Content-Length", value: String(bytes.count))
      body = bytes
    }
    let uri = prefix + request.path + request.query.text
    return (
      HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: request.method.rawValue), uri: uri, headers: headers), body
    )
  }

  /// Turns what a call's inner parts throw into an `EngineError` of this call.
  private func mapping<Value: Sendable>(
    _ request: EngineRequest, _ body: () async throws -> Value
  ) async throws(EngineError) -> Value {
    do {
      return try await body()
    } catch let error as EngineError {
      if Task.isCancelled, case .unreachable = error { throw .cancelled(call: call(request)) }
      throw error
    } catch let failure as TransportFailure {
      throw EngineError(failure, call: call(request))
    } catch let attempt as AttemptFailure {
      if case .closed(let reason) = attempt.failure, attempt.hadAnswer {
        throw .malformedAnswer(call: call(request), reason: "it ended early: \(reason)")
      }
      throw EngineError(attempt.failure, call: call(request))
    } catch is DeadlinePassed {
      throw .timedOut(call: call(request), limit: request.limit)
    } catch {
      if Task.isCancelled || error is CancellationError { throw .cancelled(call: call(request)) }
      throw .connectionLost(call: call(request), reason: "\(error)")
    }
  }

  private func accepted(_ answer: EngineAnswer, _ request: EngineRequest) async throws(EngineError) -> EngineAnswer {
    if (200..<300).contains(answer.status) { return answer }
    throw refusal(answer, call: call(request))
  }

  private func log(_ request: EngineRequest, status: Int, start: ContinuousClock.Instant) {
    logger?.debug(
      "engine call",
      metadata: [
        "engine": "\(name)", "method": "\(request.method.rawValue)", "path": "\(request.path)", "status": "\(status)",
        "duration": "\(start.duration(to: .now))",
      ])
  }

  private func log(_ request: EngineRequest, error: EngineError, start: ContinuousClock.Instant) {
    logger?.debug(
      "engine call failed",
      metadata: [
        "engine": "\(name)", "method": "\(request.method.rawValue)", "path": "\(request.path)", "error": "\(error)",
        "duration": "\(start.duration(to: .now))",
      ])
  }
}

/// A client for the length of `body`; its connections and thread are gone afterwards.
@discardableResult
package func withEngine<Value>(
  _ endpoint: EngineEndpoint, limits: EngineLimits = EngineLimits(), logger: Logger? = nil,
  _ body: (EngineClient) async throws -> Value
) async throws -> Value {
  let client = EngineClient(endpoint, limits: limits, logger: logger)
  do {
    let value = try await body(client)
    await client.shutdown()
    return value
  } catch {
    await client.shutdown()
    throw error
  }
}

/// A failure of one try, with what decides whether another may follow.
private struct AttemptFailure: Error {
  var failure: TransportFailure
  var hadAnswer: Bool
}

private func connect(
  _ connector: any EngineConnector, loops: EventLoops, limit: Duration
) async throws(EngineError) -> EngineConnection {
  if loops.haveEnded { throw .shutDown(endpoint: connector.name) }
  let channel: EngineChannel
  do {
    channel = try await withDeadline(limit) { try await connector.connect() }
  } catch let error as EngineError {
    throw error
  } catch {
    throw .unreachable(
      endpoint: connector.name, reason: "no connection within \(limit)", hint: "check the way to the engine's server")
  }
  return try await EngineConnection.open(channel, name: connector.name, loops: loops, limit: limit)
}

extension EngineError {
  init(_ failure: TransportFailure, call: EngineCall) {
    self =
      switch failure {
      case .closed(let reason): .connectionLost(call: call, reason: reason)
      case .refused(let reason, let hint): .unreachable(endpoint: call.endpoint, reason: reason, hint: hint)
      case .malformed(let reason): .malformedAnswer(call: call, reason: reason)
      case .tooLarge(let limit): .tooLarge(call: call, limitBytes: limit)
      case .silent(let limit): .timedOut(call: call, limit: limit)
      case .cancelled: .cancelled(call: call)
      }
  }

  /// Whether the connection failed before an answer began, in a way that may pass by itself.
  fileprivate var isWorthRepeating: Bool {
    if Task.isCancelled { return false }
    return if case .connectionLost = self { true } else { false }
  }
}
