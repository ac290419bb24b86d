package import StackPlanning

/// What a user wants done with the containers that a stack has.
package enum ServiceCommand: Hashable, Sendable, Codable {
  /// With `waits`, until all are up, and healthy where they have a health check.
  case start(waits: Bool)
  /// nil: the containers' own grace period; so for the others.
  case stop(graceSeconds: Int?)
  case restart(graceSeconds: Int?, withDependents: Bool)
  /// nil: `SIGKILL`.
  case kill(signal: String?)
  case pause
  case unpause
  /// Only what does not run, unless it is stopped first.
  case remove(stopsFirst: Bool, withAnonymousVolumes: Bool)

  /// As people type it.
  package var verb: String {
    switch self {
    case .start: "start"
    case .stop: "stop"
    case .restart: "restart"
    case .kill: "kill"
    case .pause: "pause"
    case .unpause: "unpause"
    case .remove: "rm"
    }
  }
}

/// One call to the engine, or one wait, of a command on containers that exist.
package enum ServiceAction: Hashable, Sendable, Codable {
  case start(ContainerReference)
  case stop(ContainerReference, graceSeconds: Int?)
  case restart(ContainerReference, graceSeconds: Int?)
  case kill(ContainerReference, signal: String?)
  case pause(ContainerReference)
  case unpause(ContainerReference)
  case remove(ContainerReference, withAnonymousVolumes: Bool)
  case preStopHook(ContainerReference, index: Int)
  case postStartHook(ContainerReference, index: Int)
  case await(AwaitedCondition, service: String, containers: [ContainerReference])

  /// The container that changes; nil for waits and hooks.
  package var changed: ContainerReference? {
    switch self {
    case .start(let container), .stop(let container, _), .restart(let container, _), .kill(let container, _),
      .pause(let container), .unpause(let container), .remove(let container, _):
      container
    case .preStopHook, .postStartHook, .await: nil
    }
  }

  /// What it does and what it is like when it is done: "stop", "container shop-web-1", "stopped".
  package var words: (verb: String, object: String, done: String) {
    switch self {
    case .start(let container): ("start", "container \(container.name)", "started")
    case .stop(let container, _): ("stop", "container \(container.name)", "stopped")
    case .restart(let container, _): ("restart", "container \(container.name)", "restarted")
    case .kill(let container, let signal?): ("send \(signal) to", "container \(container.name)", "got \(signal)")
    case .kill(let container, nil): ("kill", "container \(container.name)", "killed")
    case .pause(let container): ("pause", "container \(container.name)", "paused")
    case .unpause(let container): ("unpause", "container \(container.name)", "unpaused")
    case .remove(let container, _): ("remove", "container \(container.name)", "removed")
    case .preStopHook(let container, let index): ("run", "pre_stop[\(index)] in \(container.name)", "done")
    case .postStartHook(let container, let index): ("run", "post_start[\(index)] in \(container.name)", "done")
    case .await(let condition, let service, _): ("wait for", "service \(service)", condition.rawValue)
    }
  }
}

/// An action with what must be done before it.
package struct ServiceStep: Hashable, Sendable, Codable {
  /// From 1, in an order in which the steps could be done one by one.
  package var number: Int
  package var action: ServiceAction
  package var dependencies: [Int]
}

/// Why a command on services was not begun.
package struct ServiceRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String
}
