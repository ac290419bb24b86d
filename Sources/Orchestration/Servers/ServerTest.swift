import DockerEngine
import Glibc
package import SSHTransport
import Synchronization

/// What was found on the way to a server's engine, one step after the other.
package struct ServerTest: Sendable {
  package enum Outcome: String, Sendable {
    case ok, fail
    /// A step before it failed.
    case notTried = "not tried"
  }

  package struct Step: Hashable, Sendable {
    /// `address`, `connection`, `host key`, `login`, `forwarding`, `socket` or `engine`; over TCP `connection`, `certificates` or `engine`.
    package var name: String
    /// As errors name the host.
    package var hop: String
    package var outcome: Outcome
    package var message: String
    /// What to do; nil when all is well.
    package var remedy: String?
    /// Nil when it was not tried, or has no time of its own.
    package var milliseconds: Int?
  }

  package private(set) var steps: [Step] = []
  /// How the socket was reached.
  package private(set) var dial: SSHLink.Dial?

  /// A server that could not even be tried, such as one whose secrets do not open.
  package init(_ name: String, failure: any Error) {
    let finding = Finding("store", failure: failure)
    steps = [Step(name: finding.name, hop: name, outcome: .fail, message: finding.message, remedy: finding.remedy)]
  }

  init() {}

  package var failure: Step? { steps.first { $0.outcome == .fail } }

  /// Tries the whole way, from the first host to the engine's answer. Takes at most `limits.connect` and half a minute.
  ///
  /// What was found before about the socket is not relied on.
  ///
  /// - Parameter hasEngine: false for a host that only leads to others.
  package static func run(
    _ way: ServerDirectory.Way, hasEngine: Bool = true, limits: SSHLink.Limits = SSHLink.Limits()
  ) async -> ServerTest {
    let clock = StageClock()
    let link = SSHLink(hops: way.hops, socket: way.socket, limits: limits, onStage: { clock.begin($1, at: $0) })
    var test = ServerTest()
    do throws(SSHError) {
      _ = try await link.session()
      test.addLogins(way.hops, clock.ended(), failure: nil)
      if hasEngine { await test.tryEngine(way, link) }
    } catch {
      test.addLogins(way.hops, clock.ended(), failure: error)
      if hasEngine { test.skip(["forwarding", "socket", "engine"], way.name) }
    }
    await link.close()
    return test
  }

  // MARK: Logins

  private static let stages: [SSHError.Stage] = [.resolving, .connecting, .handshake, .authentication]

  private static func name(_ stage: SSHError.Stage) -> String {
    switch stage {
    case .resolving: "address"
    case .connecting: "connection"
    case .handshake: "host key"
    case .authentication: "login"
    case .opening: "forwarding"
    }
  }

  private mutating func addLogins(_ hops: [SSHHop], _ spans: [StageClock.Span], failure: SSHError?) {
    for (index, hop) in hops.enumerated() {
      // The name of a host behind another is looked up there.
      for stage in Self.stages.dropFirst(index == 0 ? 0 : 1) {
        var step = Step(name: Self.name(stage), hop: hop.name, outcome: .notTried, message: "")
        if let span = spans.last(where: { $0.hop == index && $0.stage == stage }) {
          step.milliseconds = span.milliseconds
          step.outcome = .ok
          step.message = Self.words(hop, stage, before: index == 0 ? nil : hops[index - 1].name)
          if let failure, span.isLast {
            step.outcome = .fail
            step.message = failure.message
            step.remedy = failure.fix
          }
        }
        steps.append(step)
      }
    }
    // Refused before anything was tried.
    if let failure, self.failure == nil, !steps.isEmpty {
      steps[0].outcome = .fail
      steps[0].message = failure.message
      steps[0].remedy = failure.fix
    }
  }

  private static func words(_ hop: SSHHop, _ stage: SSHError.Stage, before: String?) -> String {
    switch stage {
    case .resolving: return "\(hop.address.host) has an address"
    case .connecting: return "port \(hop.address.port) is open" + (before.map { ", through \($0)" } ?? "")
    case .handshake:
      guard case .pinned(let keys) = hop.hostKey, let key = keys.first, keys.count == 1 else { return "known" }
      return "\(key), as pinned"
    case .authentication, .opening:
      return switch hop.credential {
      case .key: "\(hop.address.user), by the stored key"
      case .agent: "\(hop.address.user), by a key of the agent"
      case .password: "\(hop.address.user), by the stored password"
      }
    }
  }

  // MARK: Engine

  private mutating func tryEngine(_ way: ServerDirectory.Way, _ link: SSHLink) async {
    let begin = ContinuousClock.now
    let client = EngineClient(connector: SSHEngineConnector(link, name: link.name), limits: Self.limits)
    do throws(SSHError) {
      // Closed unused: what matters is that it can be opened.
      close(try await link.openEngine())
    } catch {
      addRefusal(error, way, milliseconds: begin.milliseconds)
      await client.shutdown()
      return
    }
    let dial = await link.dial
    self.dial = dial
    add("forwarding", way.name, Self.words(dial), milliseconds: begin.milliseconds)
    add("socket", way.name, "\(way.socket.text) can be opened", milliseconds: nil)
    let asked = ContinuousClock.now
    do {
      let identity = try await client.identity()
      add("engine", way.name, "\(identity.server) answers, API \(identity.apiVersion)", milliseconds: asked.milliseconds)
    } catch {
      fail("engine", way.name, error, milliseconds: asked.milliseconds)
    }
    await client.shutdown()
  }

  static var limits: EngineLimits {
    var limits = EngineLimits()
    limits.read = .seconds(10)
    return limits
  }

  private static func words(_ dial: SSHLink.Dial?) -> String {
    switch dial {
    case .socket?, nil: "the server forwards sockets"
    case .dialStdio?: "not by the server; docker system dial-stdio stands in"
    case .socat?: "not by the server; socat stands in"
    }
  }

  private mutating func addRefusal(_ error: SSHError, _ way: ServerDirectory.Way, milliseconds: Int) {
    func failed(_ name: String) -> Step {
      Step(
        name: name, hop: way.name, outcome: .fail, message: error.message, remedy: error.fix, milliseconds: milliseconds)
    }
    switch error {
    case .socketMissing, .socketForbidden:
      // The server's answer is the same when it forwards nothing.
      skip(["forwarding"], way.name)
      steps.append(failed("socket"))
      skip(["engine"], way.name)
    case .engineDown:
      skip(["forwarding"], way.name)
      add("socket", way.name, "\(way.socket.text) is there, and this user may open it", milliseconds: nil)
      steps.append(failed("engine"))
    default:
      steps.append(failed("forwarding"))
      skip(["socket", "engine"], way.name)
    }
  }

  mutating func add(_ name: String, _ hop: String, _ message: String, milliseconds: Int?) {
    steps.append(Step(name: name, hop: hop, outcome: .ok, message: message, milliseconds: milliseconds))
  }

  mutating func fail(_ name: String, _ hop: String, _ failure: any Error, milliseconds: Int?) {
    let finding = Finding(name, failure: failure)
    steps.append(
      Step(
        name: name, hop: hop, outcome: .fail, message: finding.message, remedy: finding.remedy, milliseconds: milliseconds))
  }

  mutating func skip(_ names: [String], _ hop: String) {
    steps += names.map { Step(name: $0, hop: hop, outcome: .notTried, message: "") }
  }
}

extension OperationRefused {
  /// What a test has found of a server that was to be added.
  init(_ failure: ServerTest.Step) {
    self.init(description: "\(failure.message); nothing was stored" + (failure.remedy.map { "\n  fix: \($0)" } ?? ""))
  }
}

extension ServerDirectory.Way {
  /// As errors name the server.
  package var name: String { hops.last?.name ?? "" }
}

extension ContinuousClock.Instant {
  /// From then to now.
  var milliseconds: Int { duration(to: .now).milliseconds }
}

extension Duration {
  var milliseconds: Int { Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000) }
}

/// Notes when the stages on the way began.
private final class StageClock: Sendable {
  struct Span: Sendable {
    var hop: Int
    var stage: SSHError.Stage
    var milliseconds: Int
    /// Nothing began after it.
    var isLast: Bool
  }

  private let begun = Mutex<[(hop: Int, stage: SSHError.Stage, at: ContinuousClock.Instant)]>([])

  func begin(_ stage: SSHError.Stage, at hop: Int) { begun.withLock { $0.append((hop, stage, .now)) } }

  /// The stages that began, the last of them ending now.
  func ended() -> [Span] {
    let now = ContinuousClock.now
    let begun = begun.withLock { $0 }
    return begun.enumerated().map { index, entry in
      let end = index + 1 < begun.count ? begun[index + 1].at : now
      return Span(
        hop: entry.hop, stage: entry.stage, milliseconds: entry.at.duration(to: end).milliseconds,
        isLast: index + 1 == begun.count)
    }
  }
}
