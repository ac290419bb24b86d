/// A container that a step acts on: one that exists already, or one that an earlier step of the plan makes.
package enum ContainerReference: Hashable, Sendable, Codable {
  case existing(id: String, name: String, service: String)
  case planned(service: String, number: Int, name: String)

  /// The name as it was, or as it will be, in the end.
  package var name: String {
    switch self {
    case .existing(_, let name, _), .planned(_, _, let name): name
    }
  }

  package var service: String {
    switch self {
    case .existing(_, _, let service), .planned(let service, _, _): service
    }
  }
}

/// What a service must reach before a plan goes on.
package enum AwaitedCondition: String, Hashable, Sendable, Codable {
  /// Every replica is healthy (`service_healthy`).
  case healthy
  /// The first replica ended with 0 (`service_completed_successfully`).
  case completed
  /// Every replica runs, and is healthy where it has a health check (`--wait`, and the gate of a deploy).
  case ready
}

/// One call to the engine (or one wait).
package enum PlanAction: Hashable, Sendable, Codable {
  case pullImage(reference: String, services: [String])
  /// Makes the image of a service from its `build`.
  case buildImage(reference: String, service: String)
  case createNetwork(key: String, name: String)
  case removeNetwork(id: String, name: String)
  /// Makes a network again as it was observed (undo).
  case restoreNetwork(ObservedNetwork)
  case createVolume(key: String, name: String)
  case removeVolume(name: String)
  case removeImage(reference: String)
  /// `temporaryName` is the name until the replaced container has given its own up.
  case createContainer(service: String, number: Int, name: String, temporaryName: String?, replaces: String?)
  /// Brings project files to the server that containers mount; `sources` are shown, from the project folder on.
  case sendFiles(sources: [String])
  /// Puts the content of secrets and configs that are not host files into a container that is not started yet.
  case copyFiles(ContainerReference)
  case connect(ContainerReference, networkKey: String, networkName: String)
  /// Attaches a container again as it was observed (undo).
  case reconnect(ContainerReference, networkName: String, endpoint: ObservedContainer.Endpoint)
  case disconnect(ContainerReference, networkName: String)
  /// `timeoutSeconds` nil: the container's own grace period.
  case stop(ContainerReference, timeoutSeconds: Int?)
  case rename(ContainerReference, to: String)
  case start(ContainerReference)
  case unpause(ContainerReference)
  /// Undo only: it was paused before.
  case pause(ContainerReference)
  /// A container of its own that must end with 0 before the first container of its service starts; that one is named here.
  case preStartHook(ContainerReference, index: Int)
  case preStopHook(ContainerReference, index: Int)
  case postStartHook(ContainerReference, index: Int)
  case await(service: String, condition: AwaitedCondition, containers: [ContainerReference], isRequired: Bool)
  case remove(ContainerReference, withAnonymousVolumes: Bool)
}

/// When a step runs. A phase begins when the one before it has ended whole.
package enum PlanPhase: String, Hashable, Sendable, Codable, CaseIterable {
  /// Images are fetched and built; nothing changes.
  case pull
  /// New objects are made beside the running ones.
  case prepare
  /// Old gives way to new, in dependency order. Old containers are kept.
  case apply
  /// The new ones must prove themselves.
  case verify
  /// No way back from here: what was replaced is removed.
  case commit
}

/// A numbered step of a plan, with the reason for it.
package struct PlanStep: Hashable, Sendable, Codable {
  /// From 1, in an order in which the steps could be done one by one.
  package var number: Int
  package var phase: PlanPhase
  package var action: PlanAction
  /// Why the step is needed, in words for the user.
  package var cause: String
  /// Numbers of the steps of the same phase that must be done before.
  package var dependencies: [Int]
  /// A service is not reachable for a time because of this step.
  package var causesDowntime: Bool
  package var losesData: Bool
}
