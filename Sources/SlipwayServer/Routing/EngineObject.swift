import Accounts
import DockerEngine
import Orchestration
import RevisionStore

/// Something of an engine that a path names, with the stack whose rights count for it.
struct EngineObject: Sendable {
  enum Kind: String, Sendable {
    case container, network, volume

    /// What lets somebody see one.
    var reading: Action {
      switch self {
      case .container: .containerRead
      case .network: .networkRead
      case .volume: .volumeRead
      }
    }
  }

  enum Found: Sendable {
    case container(ContainerInspection)
    case network(NetworkInspection)
    case volume(VolumeInspection)
  }

  let server: String
  let found: Found

  var id: String {
    switch found {
    case .container(let container): container.id
    case .network(let network): network.id
    case .volume(let volume): volume.name
    }
  }

  var name: String {
    switch found {
    case .container(let container): container.name
    case .network(let network): network.name
    case .volume(let volume): volume.name
    }
  }

  var labels: [String: String] {
    switch found {
    case .container(let container): container.config.labels
    case .network(let network): network.labels
    case .volume(let volume): volume.labels
    }
  }

  /// The name of the stack that it belongs to.
  var stackName: String? { Self.stackName(labels) }

  var stack: StackKey? { stackName.map { StackKey(server: server, project: $0) } }

  /// As the audit log names it.
  var target: String {
    let kind: Kind =
      switch found {
      case .container: .container
      case .network: .network
      case .volume: .volume
      }
    return "\(kind.rawValue):\(server)/\(name)"
  }

  /// A label that is no stack's name belongs to none: then the right on the server counts, which is the greater one.
  static func stackName(_ labels: [String: String]) -> String? {
    labels[ComposeLabel.project].flatMap { StackName($0)?.text }
  }

  static func resource(_ server: String, _ stack: String?) -> Resource {
    stack.map { .stack(server: server, name: $0) } ?? .server(server)
  }
}

/// Finds what a path names on an engine, among what its caller may see (S-AZ-2).
struct EngineObjectLookup: Sendable {
  let fleet: Fleet
  let accounts: AccountService

  /// A name is looked up on the server only, and what is found is judged by its own stack, whatever the client thinks it belongs to.
  ///
  /// What is not there and what may not be seen give the same answer.
  func resolve(
    _ kind: EngineObject.Kind, _ name: String, on server: String, for principal: Principal, _ action: Action
  ) async throws -> EngineObject {
    // Who may see nothing of a server does not get as far as its engine (S-AZ-3).
    if accounts.authorize(principal, action, on: .server(server)) == .notFound {
      try await accounts.require(principal, action, on: .server(server))
    }
    let missing = Problem.notFound("\(kind.rawValue) \(name)")
    let object: EngineObject
    do {
      object = EngineObject(server: server, found: try await find(kind, name, try await fleet.member(server).engine))
    } catch {
      guard case EngineError.notFound = error else { throw error }
      throw missing
    }
    let resource = EngineObject.resource(server, object.stackName)
    switch accounts.authorize(principal, kind.reading, on: resource) {
    // One of no stack is not there either, for who has rights on some stacks of the server only.
    case .notFound, .forbidden(.role):
      do {
        try await accounts.require(principal, kind.reading, on: resource)
      } catch {
        switch error {
        case .notFound, .forbidden: throw missing
        default: throw error
        }
      }
    case .allowed, .forbidden, .needsStepUp: try await accounts.require(principal, action, on: resource)
    }
    return object
  }

  private func find(_ kind: EngineObject.Kind, _ name: String, _ engine: EngineClient) async throws -> EngineObject.Found {
    switch kind {
    case .container: .container(try await engine.inspectContainer(name))
    case .network: .network(try await engine.inspectNetwork(name))
    case .volume: .volume(try await engine.inspectVolume(name))
    }
  }
}
