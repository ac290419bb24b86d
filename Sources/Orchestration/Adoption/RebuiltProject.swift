import ComposeFile
import DockerEngine
import StackPlanning

/// A compose file made from what runs, and the project that the loader makes of it.
struct RebuiltProject: Sendable {
  var text: String
  var loaded: LoadedProject
  /// What could not be written down, in words.
  var notes: [String]

  /// - Parameters:
  ///   - path: what the file will be called.
  ///   - folder: where the project was; keys of secrets and configs count from it.
  init(_ live: LiveStack, path: String, folder: String) throws {
    var writer = ProjectWriter(live, folder: folder)
    let root = writer.root()
    let text =
      "# Made from what ran by slipway adopt. Values of variables stand here as they were.\n"
      + CanonicalOutput.yaml(.map(root), doublesDollars: true)
    var request = LoadRequest(environment: [:], currentDirectory: folder)
    request.files = [path]
    request.projectName = live.project
    request.projectDirectory = folder
    do {
      loaded = try ComposeLoader.load(request, from: OneFile(path: path, bytes: Array(text.utf8)))
    } catch {
      throw OperationRefused(
        description:
          "what runs as \(live.project) cannot be written as a compose file: \(error)\n  fix: name its files with -f, or report this with slipway doctor --json"
      )
    }
    self.text = text
    notes = writer.notes
  }

  /// A file that is nowhere yet.
  private struct OneFile: FileSource {
    var path: String
    var bytes: [UInt8]

    func kind(of path: String) -> FileKind? { path == self.path ? .file : nil }

    func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
      guard path == self.path else { throw .missing }
      guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
      return bytes
    }
  }
}

/// Writes the root of a compose file from what runs.
private struct ProjectWriter {
  private let live: LiveStack
  private var names: ObjectNames
  private(set) var notes: [String] = []

  init(_ live: LiveStack, folder: String) {
    self.live = live
    names = ObjectNames(live)
    names.folder = folder
    for network in live.networks.values {
      names.networks[network.name] = Self.key(network.labels, ComposeLabel.network, network.name, live)
    }
    for volume in live.volumes.values {
      names.volumes[volume.name] = Self.key(volume.labels, ComposeLabel.volume, volume.name, live)
    }
    // The engine's own are no networks of a project.
    for name in ["bridge", "host", "none"] { names.networks[name] = nil }
  }

  /// The key of the project's own; of others, their name.
  private static func key(_ labels: [String: String], _ label: String, _ name: String, _ live: LiveStack) -> String {
    guard labels[ComposeLabel.project] == live.project, let key = labels[label] else { return ObjectNames.key(name) }
    return key
  }

  mutating func root() -> ComposeMap {
    var services = ComposeMap()
    var objects: (secrets: [String: String], configs: [String: String]) = ([:], [:])
    for service in live.services {
      guard let container = live.replicas(of: service).first else { continue }
      let image = live.images[container.imageID]
      if image == nil {
        notes.append("the engine has lost the image of \(container.name): what it gave by itself stands in the file")
      }
      let reading = ContainerReading(
        container: container, image: image?.config, names: names, defaults: live.defaults, form: .file)
      var attributes = reading.attributes()
      attributes["image"] = .string(reference(container, image))
      let count = live.replicas(of: service).count
      if count > 1 { attributes["scale"] = .int(count) }
      keepKnownServices(in: &attributes, of: service)
      services[service] = .map(attributes)
      let files = reading.fileObjects()
      objects.secrets.merge(files.secrets) { first, _ in first }
      objects.configs.merge(files.configs) { first, _ in first }
    }
    var root = ComposeMap([("name", .string(live.project)), ("services", .map(services))])
    root.set("networks", networks())
    root.set("volumes", volumes())
    for (section, files) in [("secrets", objects.secrets), ("configs", objects.configs)] {
      root.set(
        section, ComposeMap(files.sorted { $0.key < $1.key }.map { ($0.key, .map(ComposeMap([("file", .string($0.value))]))) }))
    }
    return root
  }

  /// The reference that it was made from, else a name of its image, else the image's ID.
  private func reference(_ container: ContainerInspection, _ image: ImageInspection?) -> String {
    let written = container.config.image
    guard written.isEmpty || written.hasPrefix("sha256:") else { return written }
    return image?.tags.sorted().first ?? container.imageID
  }

  /// A service that is gone cannot be named in the file.
  private mutating func keepKnownServices(in attributes: inout ComposeMap, of service: String) {
    let known = Set(live.services)
    guard var dependencies = attributes["depends_on"]?.map else { return }
    for name in dependencies.keys where !known.contains(name) {
      notes.append("\(service) was made to depend on \(name), which has no container: left out")
      dependencies[name] = nil
    }
    attributes["depends_on"] = dependencies.isEmpty ? nil : .map(dependencies)
  }

  // MARK: Networks and volumes

  private func networks() -> ComposeMap {
    var used: [String: Bool] = [:]
    for container in live.containers {
      for (name, endpoint) in container.networkSettings.networks where names.networks[name] != nil {
        let isFixed = !(endpoint.ipam?.ipv4Address ?? "").isEmpty || !(endpoint.ipam?.ipv6Address ?? "").isEmpty
        used[name] = (used[name] ?? false) || isFixed
      }
    }
    let entries = used.sorted { $0.key < $1.key }.compactMap { name, isFixed -> (String, ComposeValue)? in
      guard let network = live.networks[name], let key = names.networks[name] else { return nil }
      guard network.labels[ComposeLabel.project] == live.project, network.labels[ComposeLabel.network] != nil else {
        return (key, Self.external(name))
      }
      var form = ResourceReading.definition(of: network, key: key, hasFixedAddresses: isFixed)
      if form["ipam"]?.map?.isEmpty ?? false { form["ipam"] = nil }
      return (key, shortened(form, key))
    }
    return ComposeMap(entries.filter { $0.0 != "default" || !($0.1.map?.isEmpty ?? true) })
  }

  private func volumes() -> ComposeMap {
    var used: Set<String> = []
    for container in live.containers {
      used.formUnion(container.mounts.filter { $0.kind == "volume" }.map(\.name))
      used.formUnion(container.hostConfig.binds.map { String($0.prefix { $0 != ":" }) })
      used.formUnion(container.hostConfig.mounts.filter { $0.kind == "volume" }.map(\.source))
    }
    let anonymous = used.filter(VolumeName.isAnonymous)
    return ComposeMap(
      used.subtracting(anonymous).sorted().compactMap { name -> (String, ComposeValue)? in
        guard let volume = live.volumes[name], let key = names.volumes[name] else { return nil }
        guard volume.labels[ComposeLabel.project] == live.project, volume.labels[ComposeLabel.volume] != nil else {
          return (key, Self.external(name))
        }
        return (key, shortened(ResourceReading.definition(of: volume), key))
      })
  }

  private static func external(_ name: String) -> ComposeValue {
    .map(ComposeMap([("name", .string(name)), ("external", .bool(true))]))
  }

  /// Without the name that it has anyway.
  private func shortened(_ form: ComposeMap, _ key: String) -> ComposeValue {
    var form = form
    if form["name"]?.string == "\(live.project)_\(key)" { form["name"] = nil }
    return .map(form)
  }
}
