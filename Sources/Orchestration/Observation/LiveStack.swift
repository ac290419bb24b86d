import DockerEngine

/// All that the engine tells of the objects of one project: each container and image inspected.
///
/// More calls than a deploy makes; for looking closely (drift, adoption).
struct LiveStack: Sendable {
  var project: String
  /// Containers of services, one-off ones and those of hooks left out; by service and number.
  var containers: [ContainerInspection]
  /// What the images that they run give by themselves, by image ID; absent: the engine has lost the image.
  var images: [String: ImageInspection]
  /// All networks and volumes of the engine, by name.
  var networks: [String: NetworkInspection]
  var volumes: [String: VolumeInspection]
  var defaults: EngineDefaults
  var apiVersion: APIVersion

  /// Containers of a service, lowest number first.
  func replicas(of service: String) -> [ContainerInspection] { containers.filter { $0.service == service } }

  var services: [String] { Set(containers.map(\.service)).sorted() }

  var neighbours: Neighbours {
    var result = Neighbours()
    for container in containers {
      result.add(Neighbours.Container(id: container.id, name: container.name, number: container.number), of: container.service)
    }
    return result
  }
}

/// What the engine puts in where nothing is asked for.
struct EngineDefaults: Hashable, Sendable {
  var logDriver = "json-file"
  var runtime = "runc"
  /// `private` or `host`.
  var cgroupNamespace = "private"
  /// 64 MiB; a daemon may be set to another.
  var sharedMemoryBytes: Int64 = 64 << 20
  var limitsSwap = true

  init() {}

  init(_ info: EngineInfo) {
    if !info.loggingDriver.isEmpty { logDriver = info.loggingDriver }
    if !info.defaultRuntime.isEmpty { runtime = info.defaultRuntime }
    limitsSwap = info.hasSwapLimit
    cgroupNamespace = info.cgroupVersion == "1" ? "host" : "private"
  }
}

extension ContainerInspection {
  var service: String { config.labels[ComposeLabel.service] ?? "" }
  var number: Int { ComposeLabel.replica(config.labels) }
  var configHash: String { config.labels[ComposeLabel.configHash] ?? "" }
  var isUp: Bool { [.running, .paused, .restarting].contains(state.status) }
}

extension ContainerSummary {
  /// Of a service, and neither of a hook nor a one-off one, nor one that a deploy has replaced and could not remove.
  var isReplica: Bool {
    labels[ComposeLabel.service] != nil && labels[ComposeLabel.configHash] != nil && labels[ComposeLabel.hook] == nil
      && labels[ComposeLabel.oneOff]?.lowercased() != "true" && !name.hasSuffix("-replaced-\(id.prefix(12))")
  }
}

extension EngineObserver {
  /// Calls under way at once.
  private static let callLimit = 8

  /// Looks at a project closely. A container that goes away meanwhile is left out.
  ///
  /// - Parameter otherImages: also of these images, by ID or reference, what they give.
  func live(project: String, otherImages: Set<String> = []) async throws -> LiveStack {
    async let networks = engine.listNetworks()
    async let volumes = engine.listVolumes()
    async let info = engine.info()
    async let identity = engine.identity()
    let listed = try await engine.listContainers(all: true, filters: .labels([ComposeLabel.project: project]))
    let engine = engine
    let found = try await Self.each(listed.filter(\.isReplica).map(\.id)) { id in
      try await unlessAbsent { try await engine.inspectContainer(id) }
    }
    let containers = found.compactMap(\.value).sorted { ($0.service, $0.number, $0.name) < ($1.service, $1.number, $1.name) }
    let wanted = Set(containers.map(\.imageID)).union(otherImages).subtracting([""])
    let images = try await Self.each(wanted.sorted()) { id in try await unlessAbsent { try await engine.inspectImage(id) } }
    return LiveStack(
      project: project, containers: containers,
      images: Dictionary(
        images.compactMap { pair in pair.value.map { (pair.key, $0) } }, uniquingKeysWith: { first, _ in first }),
      networks: Dictionary(try await networks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
      volumes: Dictionary(try await volumes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
      defaults: EngineDefaults(try await info), apiVersion: try await identity.apiVersion)
  }

  /// Calls `body` for each key, some at once.
  private static func each<Value: Sendable>(
    _ keys: [String], _ body: @escaping @Sendable (String) async throws -> Value
  ) async throws -> [(key: String, value: Value)] {
    try await withThrowingTaskGroup(of: (key: String, value: Value).self) { group in
      var result: [(key: String, value: Value)] = []
      for (index, key) in keys.enumerated() {
        if index >= callLimit, let next = try await group.next() { result.append(next) }
        group.addTask { (key, try await body(key)) }
      }
      for try await next in group { result.append(next) }
      return result
    }
  }
}
