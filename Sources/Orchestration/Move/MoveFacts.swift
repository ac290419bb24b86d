package import ComposeFile
package import StackPlanning

/// All that a move is planned from: what there is on both sides.
package struct MoveFacts: Sendable {
  package struct Image: Hashable, Sendable {
    package var reference: String
    package var services: [String]
    /// On the source.
    package var id: String
    /// `name@sha256:…`, when it came from a registry.
    package var digest: String?
    package var sizeBytes: Int64
    /// As images and Go name it: `amd64`.
    package var architecture: String
    package var isOnTarget: Bool

    package init(
      reference: String, services: [String], id: String, digest: String? = nil, sizeBytes: Int64 = 0, architecture: String = "",
      isOnTarget: Bool = false
    ) {
      self.reference = reference
      self.services = services
      self.id = id
      self.digest = digest
      self.sizeBytes = sizeBytes
      self.architecture = architecture
      self.isOnTarget = isOnTarget
    }
  }

  package struct Volume: Hashable, Sendable {
    package var name: String
    /// Nil: it is anonymous.
    package var key: String?
    package var driver = "local"
    package var driverOptions: [String: String] = [:]
    /// Nil: the engine does not tell.
    package var sizeBytes: Int64?
    /// Containers of the stack that mount it, and where.
    package var mounts: [Mount] = []
    /// Running containers that are not of the stack and mount it.
    package var otherUsers: [String] = []

    package struct Mount: Hashable, Sendable {
      package var container: String
      package var path: String

      package init(container: String, path: String) {
        self.container = container
        self.path = path
      }
    }

    package init(name: String, key: String?) {
      self.name = name
      self.key = key
    }

    /// What it holds is not with the engine: a file system of a network, a folder of the host, a driver's own place.
    var isElsewhere: Bool { driver != "local" || !driverOptions.isEmpty }
  }

  package struct Container: Hashable, Sendable {
    package var name: String
    package var project: String?
    package var ports: [Int]
    package var isUp: Bool

    package init(name: String, project: String? = nil, ports: [Int] = [], isUp: Bool = true) {
      self.name = name
      self.project = project
      self.ports = ports
      self.isUp = isUp
    }
  }

  package var project: Project
  package var revision: Int
  package var source: String
  package var target: String
  package var images: [Image] = []
  package var volumes: [Volume] = []
  /// The stack on the source.
  package var running: ObservedStack
  /// What the target has of the stack's name, and all its networks and volumes.
  package var there: ObservedStack
  /// All containers of the target.
  package var containersThere: [Container] = []
  /// As the kernel names it: `x86_64`; empty: not known.
  package var architectureThere = ""
  /// Where the target's engine keeps its data; nil: not known.
  package var freeBytesThere: Int64?
  /// The plan of the deploy on the target, or why there is none.
  package var deploy: Result<Plan, PlanProblems>
  package var options = MoveOptions()

  package init(
    project: Project, revision: Int, source: String, target: String, running: ObservedStack, there: ObservedStack,
    deploy: Result<Plan, PlanProblems>
  ) {
    self.project = project
    self.revision = revision
    self.source = source
    self.target = target
    self.running = running
    self.there = there
    self.deploy = deploy
  }

  /// The volumes whose data goes along.
  var copiedVolumes: [Volume] {
    options.withoutVolumes ? [] : volumes.filter { !$0.isElsewhere && ($0.key == nil ? !$0.mounts.isEmpty : isWanted($0)) }
  }

  /// Whether the stack uses a named volume on the target.
  func isWanted(_ volume: Volume) -> Bool {
    guard there.volumes[volume.name] == nil, case .success(let plan) = deploy else { return true }
    return plan.steps.contains { $0.action == .createVolume(key: volume.key ?? "", name: volume.name) }
  }
}
