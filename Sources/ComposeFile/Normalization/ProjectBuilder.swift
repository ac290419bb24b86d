/// Makes a project of a merged document: defaults, profiles, consistency, files that services name, names.
enum ProjectBuilder {
  /// The project; nil when there are problems. Files that are read through `source` are added to `inputs`.
  static func build(
    _ document: MergedDocument, from source: some FileSource, inputs: inout [InputFile],
    warnings: inout [ComposeWarning], problems: inout [ComposeProblem]
  ) -> Project? {
    var assembly = ProjectAssembly(document)
    assembly.readServices()
    assembly.readResources()
    assembly.selectProfiles()
    assembly.addDefaultNetwork()
    if document.request.isConsistencyChecked { assembly.checkConsistency() }
    assembly.selectServices()
    assembly.checkTotal()
    var files = ServiceFiles(source, environment: document.environment)
    assembly.resolveFiles(&files)
    assembly.warnOfFileObjects()
    for file in files.inputs where !inputs.contains(where: { $0.path == file.path && $0.role == file.role }) {
      inputs.append(file)
    }
    warnings += assembly.warnings
    let found = assembly.problems + files.problems
    problems += found
    guard found.isEmpty else { return nil }
    return assembly.project(problems: &problems)
  }
}

/// The steps of a build, in order.
struct ProjectAssembly {
  let document: MergedDocument
  var drafts: [ServiceDraft] = []
  /// Services that are part of the project.
  var active: [ServiceDraft] = []
  /// Canonical resources by section and key.
  var resources: [String: [String: ComposeValue]] = [:]
  var warnings: [ComposeWarning] = []
  var problems: [ComposeProblem] = []

  init(_ document: MergedDocument) { self.document = document }

  mutating func readServices() {
    let normalization = ServiceNormalization(workingDirectory: document.workingDirectory)
    for entry in document.root["services"]?.entries ?? [] {
      guard entry.value.entries != nil else { continue }
      guard problems.count < ComposeProblems.gatheringLimit else { return }
      ValueChecks.check(entry.value, at: "services.\(entry.key)", problems: &problems)
      let node = document.request.isNormalized ? normalization.normalized(entry.value) : entry.value
      var encoder = ShapeEncoder(at: AttributePath("services", entry.key))
      var canonical = encoder.object(node, as: ServiceShape.service)?.map ?? ComposeMap()
      problems += encoder.problems
      // Hooks keep the files that they inherit; of the service itself they are used up by `resolveFiles`.
      if document.request.readsServiceFiles { canonical["env_file"] = nil }
      drafts.append(ServiceDraft(entry, canonical: canonical, node: node))
    }
    drafts.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// No service has too many containers, and neither have all together.
  mutating func checkTotal() {
    var total = 0
    for draft in active {
      // Each is checked on its own: one that is beyond its limit has been told.
      total += min(max(0, draft.replicas), ScaleLimits.service)
      guard total > ScaleLimits.project else { continue }
      problems.append(
        ComposeProblem(
          .limit, at: draft.position, "\(draft.path): up to here the services have more than \(ScaleLimits.project) containers",
          fix: "make several projects, or scale less"))
      return
    }
  }

  mutating func readResources() {
    for kind in [ResourceNormalization.Kind.networks, .volumes, .secrets, .configs] {
      var normalization = ResourceNormalization(
        kind, projectName: document.request.isNormalized ? document.projectName : nil)
      var section: [String: ComposeValue] = [:]
      for entry in document.root[kind.rawValue]?.entries ?? [] { section[entry.key] = normalization.canonical(entry) }
      resources[kind.rawValue] = section
      warnings += normalization.warnings
      problems += normalization.problems
    }
    var models: [String: ComposeValue] = [:]
    for entry in document.root["models"]?.entries ?? [] {
      var encoder = ShapeEncoder(at: AttributePath("models", entry.key))
      models[entry.key] = encoder.object(entry.value, as: ResourceShape.model)
      problems += encoder.problems
    }
    resources["models"] = models
  }

  /// Leaves the services of active profiles; a service that the user names activates its own profiles.
  mutating func selectProfiles() {
    var selection = ProfileSelection(profiles: Set(document.profiles))
    let named = Set(document.request.services)
    for draft in drafts where named.contains(draft.name) && !selection.isActive(draft) {
      selection.profiles.formUnion(draft.profiles)
    }
    active = drafts.filter(selection.isActive)
    activate(document.request.activatedServices, beside: selection)
  }

  private mutating func activate(_ names: [String], beside selection: ProfileSelection) {
    guard !names.isEmpty else { return }
    requireKnown(names, among: Set(drafts.map(\.name)))
    let own = Set(drafts.filter { names.contains($0.name) }.flatMap(\.profiles))
    let wider = ProfileSelection(profiles: selection.profiles.union(own))
    let byName = Dictionary(drafts.filter(wider.isActive).map { ($0.name, $0) }) { first, _ in first }
    let activated = ProfileSelection.closure(of: names, in: byName)
    active = drafts.filter { selection.isActive($0) || activated.contains($0.name) }
  }

  mutating func addDefaultNetwork() {
    let usesDefault = active.contains { $0.canonical["networks"]?["default"] != nil }
    if usesDefault, resources["networks"]?["default"] == nil, document.root["networks"]?["default"] == nil {
      resources["networks"]?["default"] = .map(
        ComposeMap([("name", .string("\(document.projectName)_default")), ("ipam", .map(ComposeMap()))]))
    }
  }

  mutating func checkConsistency() {
    func defined(_ section: String) -> Set<String> {
      Set((document.root[section]?.entries ?? []).map(\.key)).union(resources[section]?.keys.map { $0 } ?? [])
    }
    var checks = ConsistencyChecks(
      services: Dictionary(active.map { ($0.name, $0) }) { first, _ in first }, known: Set(drafts.map(\.name)),
      networks: defined("networks"), volumes: defined("volumes"), secrets: defined("secrets"),
      configs: defined("configs"), models: defined("models"))
    for service in scopeOfChecks() { checks.check(service) }
    checks.checkContainerNames(active)
    problems += checks.problems
    problems += DependencyCycles.check(active)
  }

  /// The services of the project as it is without names on the command line, and those that are named with what they need.
  private func scopeOfChecks() -> [ServiceDraft] {
    guard !document.request.services.isEmpty else { return active }
    let usual = ProfileSelection(profiles: Set(document.profiles))
    let byName = Dictionary(active.map { ($0.name, $0) }) { first, _ in first }
    let named = ProfileSelection.closure(of: document.request.services, in: byName)
    return active.filter { usual.isActive($0) || named.contains($0.name) }
  }

  /// Leaves the services that the user named, and what they need.
  mutating func selectServices() {
    let wanted = document.request.services
    if !wanted.isEmpty {
      let byName = Dictionary(active.map { ($0.name, $0) }) { first, _ in first }
      requireKnown(wanted, among: Set(byName.keys))
      let selected = ProfileSelection.closure(of: wanted, in: byName)
      active.removeAll { !selected.contains($0.name) }
    }
  }

  private mutating func requireKnown(_ names: [String], among services: Set<String>) {
    let known = drafts.map(\.name)
    for name in names where !services.contains(name) {
      problems.append(
        ComposeProblem(
          .undefinedService, at: SourcePosition(file: document.configFiles.first ?? "", line: 0, column: 0),
          "no such service: `\(name)`",
          fix: Spelling.nearest(to: name, among: known).map { "did you mean `\($0)`?" }
            ?? "name one of: \(known.joined(separator: ", "))"))
    }
  }

  mutating func resolveFiles(_ files: inout ServiceFiles<some FileSource>) {
    if document.request.readsServiceFiles, !files.admit(active) { return }
    for index in active.indices {
      files.resolve(&active[index], readsEnvFiles: document.request.readsServiceFiles)
      warnings += SwarmWarnings.check(active[index])
    }
  }

  /// What only a Swarm honours of the secrets and configs in use.
  mutating func warnOfFileObjects() {
    let used = ResourceUse(active)
    for (section, keys) in [("secrets", used.secrets), ("configs", used.configs)] {
      for entry in document.root[section]?.entries ?? [] where keys.contains(entry.key) {
        warnings += SwarmWarnings.check(entry, in: section)
      }
    }
  }

  func project(problems: inout [ComposeProblem]) -> Project? {
    let names = Set(active.map(\.name))
    do {
      var project = try Project(
        canonical: canonical(), workingDirectory: document.workingDirectory, configFiles: document.configFiles,
        environmentFiles: document.environmentFiles,
        inactiveServices: drafts.map(\.name).filter { !names.contains($0) })
      project.resolveFileObjects(in: document.environment)
      return project
    } catch {
      problems += error.problems
      return nil
    }
  }

  private func canonical() -> ComposeValue {
    var root = ComposeMap([("name", .string(document.projectName))])
    var services = ComposeMap()
    for draft in active { services[draft.name] = .map(ServicePrinting.ordered(draft.canonical)) }
    root["services"] = .map(services)
    let used = ResourceUse(active)
    for (section, keys) in [
      ("networks", used.networks), ("volumes", used.volumes), ("secrets", used.secrets), ("configs", used.configs),
      ("models", used.models),
    ] {
      var map = ComposeMap()
      let all = resources[section] ?? [:]
      for key in all.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) })
      where document.request.keepsUnusedResources || keys.contains(key) {
        map[key] = all[key]
      }
      if !map.isEmpty { root[section] = .map(map) }
    }
    for entry in document.root.entries ?? [] where entry.key.hasPrefix("x-") { root[entry.key] = entry.value.plain }
    return .map(root)
  }
}

/// The resources that services use.
struct ResourceUse {
  var networks: Set<String> = []
  var volumes: Set<String> = []
  var secrets: Set<String> = []
  var configs: Set<String> = []
  var models: Set<String> = []

  init(_ services: [ServiceDraft]) {
    for service in services {
      let value = service.canonical
      networks.formUnion(value["networks"]?.map?.keys ?? [])
      for mount in value["volumes"]?.list ?? [] where mount["type"]?.string == "volume" {
        if let source = mount["source"]?.string { volumes.insert(source) }
      }
      for secret in (value["secrets"]?.list ?? []) + (value["build"]?["secrets"]?.list ?? []) {
        if let source = secret["source"]?.string { secrets.insert(source) }
      }
      configs.formUnion((value["configs"]?.list ?? []).compactMap { $0["source"]?.string })
      models.formUnion(value["models"]?.map?.keys ?? [])
      for hook in value["pre_start"]?.list ?? [] {
        networks.formUnion(hook["networks"]?.map?.keys ?? [])
        secrets.formUnion((hook["secrets"]?.list ?? []).compactMap { $0["source"]?.string })
        configs.formUnion((hook["configs"]?.list ?? []).compactMap { $0["source"]?.string })
      }
    }
  }
}

/// The order in which `config` prints the attributes of a service: its own, then those of any container, then the rest.
enum ServicePrinting {
  private static let first = [
    "annotations", "attach", "container_name", "deploy", "develop", "external_links", "links", "post_start", "pre_start",
    "pre_stop", "profiles", "provider", "restart", "scale",
  ]
  private static let last = ["build", "depends_on", "expose", "healthcheck", "ports", "stdin_open", "tty"]

  private static let ranks: [String: Int] = {
    let outer = Set(first + last)
    let middle = ServiceShape.service.parts.map(\.key).filter { !outer.contains($0) }
    return Dictionary((first + middle + last).enumerated().map { ($1, $0) }) { first, _ in first }
  }()

  static func ordered(_ service: ComposeMap) -> ComposeMap {
    ComposeMap(service.pairs.sorted { (ranks[$0.key] ?? Int.max) < (ranks[$1.key] ?? Int.max) }.map { ($0.key, $0.value) })
  }
}

extension Project {
  /// Sets the values of secrets and configs that come from the environment.
  package mutating func resolveFileObjects(in environment: [String: String]) {
    func resolve(_ objects: inout [String: FileObject]) {
      for (key, object) in objects {
        guard case .environment(let name, _) = object.source else { continue }
        objects[key]?.source = .environment(name: name, value: environment[name])
      }
    }
    resolve(&secrets)
    resolve(&configs)
  }
}
