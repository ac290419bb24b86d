import Accounts
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI
import Synchronization

/// Commands and programs that were asked for, and wait for their socket.
///
/// The call that asks is checked and written down; what it gives can be used once, by who asked, within a minute.
final class Terminals: Sendable {
  /// What the socket is joined to.
  enum Work: Sendable {
    /// A command in a running container.
    case exec(ExecSpec)
    /// The same, started and left.
    case detachedExec(ExecSpec)
    /// The program of a running container.
    case attach(takesInput: Bool, detachKeys: String?)
    /// A one-off container that was made, and starts when the socket is there.
    case oneOff(OneOffContainer, takesInput: Bool)

    /// Whether it is the program that a container is there for.
    var isOfContainer: Bool {
      switch self {
      case .attach, .oneOff: true
      case .exec, .detachedExec: false
      }
    }
  }

  struct Waiting: Sendable {
    var work: Work
    var server: String
    var container: String
    var stack: String?
    var name: String
    /// Input and output are base64, and each input is acknowledged.
    var isBytes: Bool
    var hasTTY: Bool
    var credential: Principal.Credential
    var until: ContinuousClock.Instant = .now + Terminals.waitLimit
  }

  static let waitLimit: Duration = .seconds(60)
  private static let limit = 100

  private let waiting = Mutex<[String: Waiting]>([:])

  init() {}

  /// - Parameter abandoned: nobody has come for it.
  /// - Throws: a `Problem` when too many wait.
  func add(_ terminal: Waiting, abandoned: (@Sendable (Waiting) async -> Void)? = nil) throws -> TerminalBody {
    let id = CallID.next() + CallID.next()
    try waiting.withLock { waiting in
      waiting = waiting.filter { $0.value.until > .now || $0.value.work.isOfContainer }
      guard waiting.count < Self.limit else {
        throw Problem(.tooManyRequests, "too_many_terminals", "\(Self.limit) terminals wait to be opened").retrying(after: 10)
      }
      waiting[id] = terminal
    }
    if let abandoned {
      // Of these there are no more than may wait.
      Task { [self] in
        try await Task.sleep(for: Self.waitLimit)
        if let left = waiting.withLock({ $0.removeValue(forKey: id) }) { await abandoned(left) }
      }
    }
    return TerminalBody(id: id, socket: "/api/v1/exec/\(id)", tty: terminal.hasTTY)
  }

  /// Nil: there is none, or it is another's.
  func take(_ id: String, by principal: Principal) -> Waiting? {
    waiting.withLock { waiting in
      guard let found = waiting[id], found.credential == principal.credential, found.until > .now else { return nil }
      waiting[id] = nil
      return found
    }
  }
}
