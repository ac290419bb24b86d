package import DockerEngine
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Stands between a client and a real engine, counts the calls, and lets chosen ones go wrong.
///
/// Bytes pass unchanged, hijacked and streaming traffic too; each client connection has one connection to the engine.
package final class FaultProxy: Sendable {
  package enum Fault: String, Hashable, Sendable, CaseIterable {
    /// The engine does not see the call; the client gets status 500.
    case answer500
    /// The engine does not see the call; the connection ends.
    case dropBefore
    /// The engine executes the call; the connection ends in place of the answer.
    case dropAfter
    /// The engine does not see the call; nothing is answered.
    case hang
  }

  /// Which calls a number counts.
  package enum Counting: Hashable, Sendable {
    case writes
    case allCalls
  }

  /// When an action of `interrupt` happens.
  package enum Moment: String, Hashable, Sendable, CaseIterable {
    /// The engine has not seen the call, and never will.
    case beforeCall
    /// The engine has executed the call; its answer does not reach the client.
    case afterCall
  }

  package struct Call: Hashable, Sendable, CustomStringConvertible {
    package var method: String
    /// Without version and query.
    package var path: String
    /// Among the writes, from 1; nil for a read.
    package var writeNumber: Int?
    /// Among all calls, from 1.
    package var number: Int
    package var fault: Fault?

    package var description: String { "\(method) \(path)\(fault.map { " [\($0.rawValue)]" } ?? "")" }
  }

  private struct Trap: Hashable {
    var counting: Counting
    var number: Int
    var fault: Fault
  }

  private struct Interruption {
    var counting: Counting
    var number: Int
    var moment: Moment
    var action: @Sendable () -> Void
  }

  private enum Treatment {
    case pass
    case hold(@Sendable () async -> Void)
    case fault(Fault)
    case interrupt(Moment, @Sendable () -> Void)
  }

  private struct State {
    var calls: [Call] = []
    var writes = 0
    var traps: [Trap] = []
    var interruptions: [Interruption] = []
    var remarks: [(counting: Counting, number: Int, action: @Sendable () -> Void)] = []
    var standing: Fault?
    /// By path; each holds one call.
    var holds: [String: @Sendable () async -> Void] = [:]
  }

  /// Where clients connect.
  package let endpoint: EngineEndpoint
  private let upstream: EngineEndpoint
  private let state = Mutex(State())

  private init(endpoint: EngineEndpoint, upstream: EngineEndpoint) {
    self.endpoint = endpoint
    self.upstream = upstream
  }

  /// Runs a proxy in front of an engine for the length of `body`; `path` is its socket's, made up when nil.
  package static func with<Value: Sendable>(
    upstream: EngineEndpoint, path: String? = nil,
    _ body: @escaping @concurrent @Sendable (FaultProxy) async throws -> Value
  ) async throws -> Value {
    let path = path ?? "/tmp/slipway-proxy-\(UInt64.random(in: 0 ... .max)).sock"
    defer {
      removeFile(path)
      removeFile(path + ".away")
    }
    let proxy = FaultProxy(endpoint: try EngineEndpoint(parsing: path), upstream: upstream)
    return try await withSocketServer(path: path, group: MultiThreadedEventLoopGroup.singleton, halfCloses: true) { connection in
      await proxy.serve(connection)
    } _: {
      try await body(proxy)
    }
  }

  /// As `with(upstream:)`; the engine is named as in `DOCKER_HOST`.
  package static func with<Value: Sendable>(
    address: String, _ body: @escaping @concurrent @Sendable (FaultProxy) async throws -> Value
  ) async throws -> Value {
    try await with(upstream: try EngineEndpoint(parsing: address), body)
  }

  /// As `with(upstream:)`, in front of the engine of `SLIPWAY_TEST_ENGINE`.
  package static func withTestEngine<Value: Sendable>(
    _ body: @escaping @concurrent @Sendable (FaultProxy) async throws -> Value
  ) async throws -> Value {
    try await with(address: EngineFixture.address ?? "", body)
  }

  /// What `DOCKER_HOST` must hold to go through this proxy.
  package var address: String { "unix://\(endpoint.socketPath)" }

  /// Lets the n-th call (from 1, counted since the last `reset`) go wrong.
  package func inject(_ fault: Fault, at number: Int, of counting: Counting = .writes) {
    state.withLock { $0.traps.append(Trap(counting: counting, number: number, fault: fault)) }
  }

  /// Runs an action at the n-th write (from 1, counted since the last `reset`) and ends its connection.
  package func interrupt(atWrite number: Int, _ moment: Moment, _ action: @escaping @Sendable () -> Void) {
    interrupt(at: number, of: .writes, moment, action)
  }

  /// Runs an action at the n-th call (from 1, counted since the last `reset`) and ends its connection.
  package func interrupt(
    at number: Int, of counting: Counting, _ moment: Moment, _ action: @escaping @Sendable () -> Void
  ) {
    state.withLock {
      $0.interruptions.append(Interruption(counting: counting, number: number, moment: moment, action: action))
    }
  }

  /// Runs an action at the n-th call (from 1, counted since the last `reset`), which then passes as any other.
  package func remark(at number: Int, of counting: Counting, _ action: @escaping @Sendable () -> Void) {
    state.withLock { $0.remarks.append((counting, number, action)) }
  }

  /// Lets the next call of this path (without version and query) reach the engine only after `wait`.
  package func hold(_ path: String, _ wait: @escaping @Sendable () async -> Void) {
    state.withLock { $0.holds[path] = wait }
  }

  /// Every call goes wrong from now on; nil: none does, the single ones of `inject` excepted.
  package func always(_ fault: Fault?) {
    state.withLock { $0.standing = fault }
  }

  /// No client can connect, and calls on open connections end, until `comeBack`.
  package func goAway() {
    always(.dropBefore)
    unsafe rename(endpoint.socketPath, endpoint.socketPath + ".away")
  }

  package func comeBack() {
    unsafe rename(endpoint.socketPath + ".away", endpoint.socketPath)
    always(nil)
  }

  /// Forgets faults and calls, and counts from 1 again.
  package func reset() {
    state.withLock { $0 = State() }
  }

  /// What was called since the last `reset`, in order of arrival.
  package var calls: [Call] { state.withLock { $0.calls } }

  /// How many writes were called since the last `reset`.
  package var writeCount: Int { state.withLock { $0.writes } }

  // MARK: Serving

  private func note(_ head: HTTPRequestScanner.Head) -> Treatment {
    let isWrite = ["POST", "PUT", "DELETE", "PATCH"].contains(head.method)
    return state.withLock { state in
      if isWrite { state.writes += 1 }
      let number = state.calls.count + 1
      let writes = state.writes
      func isThis(_ counting: Counting, _ wanted: Int) -> Bool {
        switch counting {
        case .writes: isWrite && wanted == writes
        case .allCalls: wanted == number
        }
      }
      let trap = state.traps.firstIndex { isThis($0.counting, $0.number) }
      let fault = trap.map { state.traps.remove(at: $0).fault } ?? state.standing
      state.calls.append(
        Call(
          method: head.method, path: unversioned(head.target), writeNumber: isWrite ? writes : nil, number: number, fault: fault))
      if let fault { return .fault(fault) }
      if let wait = state.holds.removeValue(forKey: unversioned(head.target)) { return .hold(wait) }
      if let index = state.remarks.firstIndex(where: { isThis($0.counting, $0.number) }) {
        let action = state.remarks.remove(at: index).action
        return .hold { action() }
      }
      guard let index = state.interruptions.firstIndex(where: { isThis($0.counting, $0.number) }) else { return .pass }
      let interruption = state.interruptions.remove(at: index)
      return .interrupt(interruption.moment, interruption.action)
    }
  }

  private func serve(_ client: ByteChannel) async {
    do {
      // First: a channel whose streams are never taken up ends the process.
      try await client.executeThenClose { fromClient, toClient in
        let connected = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .channelOption(.allowRemoteHalfClosure, value: true).channelOption(.autoRead, value: false)
          .connect(unixDomainSocketPath: self.upstream.socketPath).get()
        let engine = try await ByteChannel.reading(connected)
        try await engine.executeThenClose { fromEngine, toEngine in
          try await self.pass(fromClient, toClient, fromEngine, toEngine)
        }
      }
    } catch {
      // WHY dropped: both ends may go away at any time, and a fault ends a connection by throwing; the client sees it end.
      client.channel.close(promise: nil)
    }
  }

  /// The connection is to end now.
  private struct Dropped: Error {}

  private func pass(
    _ fromClient: NIOAsyncChannelInboundStream<ByteBuffer>, _ toClient: NIOAsyncChannelOutboundWriter<ByteBuffer>,
    _ fromEngine: NIOAsyncChannelInboundStream<ByteBuffer>, _ toEngine: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) async throws {
    let swallowing = Swallowing()
    try await withThrowingTaskGroup { group in
      group.addTask {
        for try await buffer in fromEngine {
          if let action = swallowing.action {
            action()
            throw Dropped()
          }
          try await toClient.write(buffer)
        }
        toClient.finish()
      }
      group.addTask {
        try await self.passRequests(fromClient, toClient, toEngine, swallowing)
        toEngine.finish()
      }
      // Not `waitForAll`: that would wait for the other direction before it passes on what one has thrown.
      while try await group.next() != nil {}
    }
  }

  private func passRequests(
    _ fromClient: NIOAsyncChannelInboundStream<ByteBuffer>, _ toClient: NIOAsyncChannelOutboundWriter<ByteBuffer>,
    _ toEngine: NIOAsyncChannelOutboundWriter<ByteBuffer>, _ swallowing: Swallowing
  ) async throws {
    var scanner = HTTPRequestScanner()
    var fault: Fault?
    for try await buffer in fromClient {
      for event in try scanner.take(Array(buffer.readableBytesView)) {
        switch (event, fault) {
        case (.head(let head, let bytes), _):
          fault = nil
          switch note(head) {
          case .fault(.dropBefore): throw Dropped()
          case .interrupt(.beforeCall, let action):
            action()
            throw Dropped()
          case .fault(.dropAfter):
            swallowing.begin {}
            try await toEngine.write(ByteBuffer(bytes: bytes))
          case .interrupt(.afterCall, let action):
            swallowing.begin(action)
            try await toEngine.write(ByteBuffer(bytes: bytes))
          case .hold(let wait):
            await wait()
            try await toEngine.write(ByteBuffer(bytes: bytes))
          case .pass: try await toEngine.write(ByteBuffer(bytes: bytes))
          case .fault(let kind): fault = kind
          }
        case (.end, .answer500):
          fault = nil
          try await toClient.write(ByteBuffer(bytes: Self.refusal))
        case (_, .answer500), (_, .hang), (.end, _): break
        case (.body(let bytes), _), (.raw(let bytes), _): try await toEngine.write(ByteBuffer(bytes: bytes))
        }
      }
    }
  }

  private static let refusal: [UInt8] = {
    let body = #"{"message":"fault injected by the test proxy"}"#
    let head =
      "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    return Array((head + body).utf8)
  }()
}

/// Tells the way back that the engine's next bytes are not to reach the client, and what happens in their place.
private final class Swallowing: Sendable {
  private let state = Mutex<(@Sendable () -> Void)?>(nil)
  var action: (@Sendable () -> Void)? { state.withLock { $0 } }
  func begin(_ action: @escaping @Sendable () -> Void) { state.withLock { $0 = action } }
}

/// A request's path without `/v1.41` and without its query.
private func unversioned(_ target: String) -> String {
  let path = target.prefix { $0 != "?" }
  guard path.hasPrefix("/v1."), let slash = path.dropFirst().firstIndex(of: "/") else { return String(path) }
  return String(path[slash...])
}
