import ComposeFile
import DockerEngine
import Glibc
import StackPlanning

/// Asks the engine and the host what the policy must know and no file says.
struct PolicyFacts {
  let engine: EngineClient
  /// Of an engine on this machine.
  let socketPath: String?

  /// Adds what is there of all that the containers name.
  ///
  /// What the engine does not have is left out: it cannot lead anywhere yet.
  func add(_ containers: [JudgedContainer], volumes: [JudgedVolume], to context: inout PolicyContext) async throws {
    if let socketPath {
      context.engineSockets = [socketPath, Self.resolved(socketPath)]
      let devices = volumes.compactMap { $0.options["device"] }
      for path in containers.flatMap({ $0.binds.map(\.source) }) + devices where path.hasPrefix("/") { follow(path, &context) }
    }
    try await addVolumes(Set(containers.flatMap(\.volumes)), &context)
    try await addNetworks(Set(containers.flatMap { $0.networks + [$0.networkMode] }), &context)
    try await addContainers(Set(containers.flatMap { Self.joined($0) }), &context)
  }

  private func follow(_ path: String, _ context: inout PolicyContext) {
    for spelling in Set([path, PathText.cleaned(path)]) {
      let real = Self.resolved(spelling)
      if real != spelling { context.resolvedPaths[spelling] = real }
    }
  }

  /// The path with all links followed; what is not there yet stays as written below the last folder that is.
  static func resolved(_ path: String) -> String {
    var (head, tail) = (path, [String]())
    var links = 0
    while head != "/", head != "." {
      if let real = DiskFiles.realPath(head) { return PathText.joined(real, tail.reversed().joined(separator: "/")) }
      // A link that leads nowhere yet: the engine would make what it names.
      if links < linkLimit, let target = link(at: head) {
        links += 1
        head = PathText.joined(PathText.directory(of: head), target)
        continue
      }
      tail.append(PathText.lastComponent(of: head))
      head = PathText.directory(of: head)
    }
    return PathText.cleaned(path)
  }

  /// As many as the kernel follows (path_resolution(7)).
  private static let linkLimit = 40

  private static func link(at path: String) -> String? {
    var characters = [CChar](repeating: 0, count: Int(PATH_MAX))
    // SAFETY: no more is written than the array has room for, and as much of it is read as came back.
    let count = unsafe readlink(path, &characters, characters.count)
    return count > 0 ? String(decoding: characters.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }

  private func addVolumes(_ names: Set<String>, _ context: inout PolicyContext) async throws {
    for name in names.sorted() {
      guard let volume = try await held({ try await engine.inspectVolume(name) }) else { continue }
      context.volumes[name] = PolicyContext.HeldVolume(
        driver: volume.driver, options: volume.options, owner: volume.labels[ComposeLabel.project])
      if socketPath != nil, let device = volume.options["device"], device.hasPrefix("/") { follow(device, &context) }
    }
  }

  private func addNetworks(_ names: Set<String>, _ context: inout PolicyContext) async throws {
    let builtIn: Set<String> = ["", "host", "none", "bridge", "default", "nat"]
    for name in names.sorted() where !builtIn.contains(name) && !name.contains(":") {
      let network = try await held { try await engine.inspectNetwork(name) }
      context.networkOwners[name] = network?.labels[ComposeLabel.project]
    }
  }

  private func addContainers(_ names: Set<String>, _ context: inout PolicyContext) async throws {
    for name in names.sorted() {
      let container = try await held { try await engine.inspectContainer(name) }
      context.containerOwners[name] = container?.config.labels[ComposeLabel.project]
    }
  }

  /// The containers whose namespaces or volumes one shares.
  private static func joined(_ container: JudgedContainer) -> [String] {
    ([container.networkMode, container.pid, container.ipc] + container.volumesFrom).compactMap { mode in
      mode.hasPrefix("container:") ? String(mode.dropFirst(10).prefix { $0 != ":" }) : nil
    }
  }

  private func held<Value>(_ ask: () async throws -> Value) async throws -> Value? {
    do {
      return try await ask()
    } catch {
      // A name that the engine would not even take is not there either.
      guard let answer = error as? EngineError else { throw error }
      switch answer {
      case .notFound, .badArgument: return nil
      default: throw error
      }
    }
  }
}
