import ComposeFile
import DockerEngine
import Glibc
import RevisionStore
import StackPlanning

extension StackOperations {
  // MARK: List

  /// The Compose projects on the engine that have containers of services, in name order.
  package func adoptableProjects() async throws -> [AdoptableProject] {
    let containers = try await engine.listContainers(all: true, filters: .labels([ComposeLabel.project: nil]))
    let stacks = try await readingStore()?.stacks(server: server) ?? []
    let revisions = Dictionary(
      stacks.compactMap { stack in stack.currentRevision.map { (stack.stack.project, $0) } },
      uniquingKeysWith: { first, _ in first })
    return Dictionary(grouping: containers.filter(\.isReplica)) { $0.labels[ComposeLabel.project] ?? "" }
      .filter { !$0.key.isEmpty }.sorted { $0.key < $1.key }
      .map { AdoptableProject($0.key, $0.value, revision: revisions[$0.key]) }
  }

  // MARK: Adopt

  /// Records what runs as the first revision of a stack. Creates, starts, stops and labels nothing.
  ///
  /// - Throws: `AdoptionUndecided` where the files say something else and the request does not choose.
  package func adopt(_ request: AdoptionRequest) async throws -> Adoption {
    try await recover()
    let found = try await adoptableProject(request)
    if found.hasSeveralOrigins {
      progress(
        .warning(
          "containers of \(found.name) were made from different files or folders: those of the newest count (\(found.origin.configFiles.joined(separator: ", ")))"
        ))
    }
    let live = try await EngineObserver(engine).live(project: request.project)
    let made = live.containers.compactMap { container in
      container.config.labels[ComposeLabel.operation].map { (name: container.name, operation: $0) }
    }
    if !request.takesOver { try await requireOwnership(of: made, project: request.project, in: try readingStore()) }
    var draft = try await draft(request, found.origin, live)
    if case .undecided = request.preference, !draft.differences.isEmpty {
      throw AdoptionUndecided(project: request.project, differences: draft.differences)
    }
    for note in draft.notes { progress(.warning(note)) }
    await warnOfMovedTags(live)
    if let output = draft.output { try Self.write(Array(draft.text.utf8), to: output, mode: 0o600) }
    do {
      draft.adoption.revision = try await record(draft, request, live)
    } catch {
      // WHY: without the revision the file says nothing.
      if let output = draft.output { unsafe unlink(output) }
      throw error
    }
    return draft.adoption
  }

  private func adoptableProject(_ request: AdoptionRequest) async throws -> AdoptableProject {
    let all = try await adoptableProjects()
    guard let found = all.first(where: { $0.name == request.project }) else {
      let near = Spelling.nearest(to: request.project, among: all.map(\.name)).map { "did you mean \($0)?" }
      let names = all.isEmpty ? "there is none on this engine" : "there are \(all.map(\.name).joined(separator: ", "))"
      throw OperationRefused(
        description: "no Compose project \(request.project) has containers on this engine\n  fix: \(near ?? names)")
    }
    guard found.isRunning else {
      throw OperationRefused(
        description:
          "nothing of \(found.name) runs: there is nothing to adopt\n  fix: start it first, or deploy its files with slipway deploy"
      )
    }
    if let revision = found.revision, try await readingStore()?.isDown(key(found.name)) != true {
      throw OperationRefused(
        description:
          "\(found.name) has revision \(revision) already\n  fix: see what differs with slipway drift \(found.name); slipway deploy records the files as they are now"
      )
    }
    return found
  }

  /// What will be recorded.
  private struct Draft: Sendable {
    var project: Project
    var inputs: [InputFile] = []
    var variables: [String: String?] = [:]
    var scale: [String: Int] = [:]
    var hashes: [AdoptedHash] = []
    var adoption: Adoption
    var notes: [String] = []
    /// A compose file that is to be written, and its path.
    var text = ""
    var output: String?

    var differences: ProjectDifference { adoption.differences }
  }

  private func draft(_ request: AdoptionRequest, _ origin: ProjectOrigin, _ live: LiveStack) async throws -> Draft {
    if request.files == nil, !origin.isReadable {
      let gone = origin.unreadable.joined(separator: ", ")
      let reason = origin.configFiles.isEmpty ? "its containers name no files" : "its files cannot be read here: \(gone)"
      return try rebuiltDraft(request, origin, live, reason: reason)
    }
    do {
      return try filesDraft(request, origin, live)
    } catch let problems as ComposeProblems {
      guard case .running = request.preference else {
        throw OperationRefused(
          description: "\(problems)\n  fix: correct the files, or adopt what runs without them with --as-running")
      }
      return try rebuiltDraft(request, origin, live, reason: "its files have mistakes")
    }
  }

  // MARK: From the files

  private func filesDraft(_ request: AdoptionRequest, _ origin: ProjectOrigin, _ live: LiveStack) throws -> Draft {
    let loaded = try load(request, origin, live)
    let project = loaded.project
    let comparison = StackComparison(project, live: live)
    var findings = Findings()
    for service in project.services { findings.add(service, comparison, live) }
    let known = Set(project.services.map(\.name))
    for service in live.services where !known.contains(service) {
      findings.entries.append(.init(section: "service", name: service, kind: .added, changes: []))
      findings.differing.insert(service)
    }
    findings.addResources(project, comparison, live)
    let redactor = comparison.redactor(loaded.usedVariables)
    let differences = redactor.redacted(ProjectDifference(entries: findings.entries))
    var draft = Draft(
      project: project, inputs: loaded.inputs, variables: loaded.usedVariables, hashes: findings.hashes,
      adoption: Adoption(
        project: project.name, revision: 0, services: [], files: project.configFiles, differences: differences))
    draft.notes = loaded.warnings.map { "\($0)" }
    if case .running = request.preference, !differences.isEmpty {
      try takeRunning(findings, into: &draft, request, live)
    }
    draft.adoption.services = draft.project.services.map { service in
      let source: Adoption.ServiceResult.Source =
        findings.differing.contains(service.name) ? (request.preference == .running ? .rebuilt : .changedFiles) : .files
      return .init(name: service.name, containers: live.replicas(of: service.name).count, source: source)
    }
    return draft
  }

  /// The project of the files as it was when its containers were made: services that run are in, whatever their profiles.
  private func load(_ request: AdoptionRequest, _ origin: ProjectOrigin, _ live: LiveStack) throws -> LoadedProject {
    var asked = request.files ?? LoadRequest(environment: environment, currentDirectory: origin.workingDirectory)
    if request.files == nil {
      asked.files = origin.configFiles
      asked.projectDirectory = origin.workingDirectory
      asked.envFiles = origin.environmentFiles
      // These choose files for who calls, not for this project.
      for name in ["COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COMPOSE_ENV_FILES", "COMPOSE_PROFILES"] {
        asked.environment[name] = nil
      }
    }
    asked.projectName = live.project
    let first = try ComposeLoader.load(asked, from: request.source)
    asked.activatedServices = live.services.filter { first.project.inactiveServices.contains($0) }
    return asked.activatedServices.isEmpty ? first : try ComposeLoader.load(asked, from: request.source)
  }

  /// What comes of comparing the files with what runs.
  private struct Findings {
    var entries: [ProjectDifference.Entry] = []
    /// Services, and keys of networks and volumes, that run otherwise than the files say.
    var differing: Set<String> = []
    var differingNetworks: Set<String> = []
    var differingVolumes: Set<String> = []
    var hashes: [AdoptedHash] = []

    mutating func add(_ service: Service, _ comparison: StackComparison, _ live: LiveStack) {
      let replicas = live.replicas(of: service.name)
      guard !service.isProvider, !(replicas.isEmpty && service.replicas == 0) else { return }
      guard !replicas.isEmpty else {
        entries.append(.init(section: "service", name: service.name, kind: .removed, changes: []))
        differing.insert(service.name)
        return
      }
      let expected = comparison.expectedHash(of: service)
      var changes: [AttributeChange] = []
      var accepted: Set<String> = []
      for container in replicas where container.configHash != expected {
        let found = comparison.changes(of: container, from: service)
        // Another release of Compose may hash other words for the same container; but what a container does not show may differ too.
        let isSame = service.showsInContainers && found.allSatisfy { $0.path == "config hash" }
        if isSame { accepted.insert(container.configHash) } else { changes += found.filter { !changes.contains($0) } }
      }
      if replicas.count != service.replicas {
        changes.append(AttributeChange(path: "scale", before: String(service.replicas), after: String(replicas.count)))
      }
      hashes += accepted.sorted().map { AdoptedHash(kind: .service, name: service.name, model: expected, running: $0) }
      guard !changes.isEmpty else { return }
      entries.append(.init(section: "service", name: service.name, kind: .changed, changes: changes))
      differing.insert(service.name)
    }

    mutating func addResources(_ project: Project, _ comparison: StackComparison, _ live: LiveStack) {
      let found = comparison.resourceEntries()
      for entry in found {
        entries.append(entry)
        if entry.section == "network" { differingNetworks.insert(entry.name) } else { differingVolumes.insert(entry.name) }
      }
      for network in project.networks.values.sorted(by: { $0.key < $1.key }) where !differingNetworks.contains(network.key) {
        let label = live.networks[network.name]?.labels[ComposeLabel.configHash]
        guard let label, label != network.configHash else { continue }
        hashes.append(AdoptedHash(kind: .network, name: network.key, model: network.configHash, running: label))
      }
      for volume in project.volumes.values.sorted(by: { $0.key < $1.key }) where !differingVolumes.contains(volume.key) {
        let label = live.volumes[volume.name]?.labels[ComposeLabel.configHash]
        guard let label, label != volume.configHash else { continue }
        hashes.append(AdoptedHash(kind: .volume, name: volume.key, model: volume.configHash, running: label))
      }
    }
  }

  /// Puts what runs in the place of what the files say, where they differ.
  private func takeRunning(
    _ findings: Findings, into draft: inout Draft, _ request: AdoptionRequest, _ live: LiveStack
  ) throws {
    let files = draft.project
    let rebuilt = try RebuiltProject(live, path: files.configFiles.first ?? "/compose.yaml", folder: files.workingDirectory)
    draft.notes += rebuilt.notes
    let kept = Set(files.services.map(\.name)).subtracting(findings.differing)
    var root = RecordedModel.of(files, targets: kept, over: rebuilt.loaded.project.canonical).map ?? ComposeMap()
    for (section, keys) in [("networks", findings.differingNetworks), ("volumes", findings.differingVolumes)] {
      guard var members = root[section]?.map else { continue }
      for key in keys { members[key] = rebuilt.loaded.project.canonical[section]?[key] ?? members[key] }
      root[section] = .map(members)
    }
    draft.project = try Project(
      canonical: .map(root), workingDirectory: files.workingDirectory, configFiles: files.configFiles,
      environmentFiles: files.environmentFiles, inactiveServices: files.inactiveServices)
    draft.project.resolveFileObjects(in: environment)
    accept(live, into: &draft)
    try setOutput(request, CanonicalOutput.yaml(draft.project), &draft)
  }

  // MARK: From what runs

  private func rebuiltDraft(
    _ request: AdoptionRequest, _ origin: ProjectOrigin, _ live: LiveStack, reason: String
  ) throws -> Draft {
    let folder = origin.workingDirectory.hasPrefix("/") ? origin.workingDirectory : "/"
    let path = Self.outputPath(request) ?? origin.configFiles.first ?? "\(folder)/compose.yaml"
    let rebuilt = try RebuiltProject(live, path: path, folder: folder)
    let project = rebuilt.loaded.project
    var draft = Draft(
      project: project, inputs: rebuilt.loaded.inputs,
      adoption: Adoption(
        project: project.name, revision: 0,
        services: project.services.map { .init(name: $0.name, containers: live.replicas(of: $0.name).count, source: .rebuilt) },
        files: [], reason: reason, differences: ProjectDifference(entries: [])))
    draft.notes = rebuilt.notes
    accept(live, into: &draft)
    try setOutput(request, rebuilt.text, &draft)
    return draft
  }

  /// Lets what runs count as made from the model, and tells where the model does not describe it wholly.
  private func accept(_ live: LiveStack, into draft: inout Draft) {
    let comparison = StackComparison(draft.project, live: live)
    var findings = Findings()
    for service in draft.project.services { findings.add(service, comparison, live) }
    findings.addResources(draft.project, comparison, live)
    let redactor = comparison.redactor(draft.variables)
    for entry in redactor.redacted(ProjectDifference(entries: findings.entries)).entries {
      let changes = entry.changes.map(\.text).joined(separator: "; ")
      draft.notes.append(
        changes.isEmpty
          ? "\(entry.section) \(entry.name) runs and the model has nothing of it"
          : "\(entry.section) \(entry.name) is not wholly described: \(changes)")
      // It stays as it runs all the same; of replicas that differ, the first is the one that was described.
      guard entry.section == "service", let service = draft.project.service(entry.name),
        let first = live.replicas(of: entry.name).first
      else { continue }
      let expected = comparison.expectedHash(of: service)
      findings.hashes.append(AdoptedHash(kind: .service, name: service.name, model: expected, running: first.configHash))
    }
    draft.hashes = findings.hashes
  }

  private static func outputPath(_ request: AdoptionRequest) -> String? { request.output.map { "\($0)/compose.yaml" } }

  private func setOutput(_ request: AdoptionRequest, _ text: String, _ draft: inout Draft) throws {
    guard let path = Self.outputPath(request) else { return }
    guard DiskFiles().kind(of: path) == nil else {
      throw OperationRefused(description: "\(path) exists, and is not written over\n  fix: choose another folder with --output")
    }
    draft.text = text
    draft.output = path
    draft.adoption.output = path
  }

  // MARK: Record

  private func record(_ draft: Draft, _ request: AdoptionRequest, _ live: LiveStack) async throws -> Int {
    var deploy = DeployRequest(project: draft.project, inputs: draft.inputs, variables: draft.variables)
    deploy.kind = .adopt
    deploy.message = Self.message(draft, request)
    deploy.options.scale = draft.scale
    var revision = try newRevision(deploy, draft.project.canonical, isKept: true)
    revision.adopted = draft.hashes
    for service in draft.project.services {
      guard let container = live.replicas(of: service.name).first else { continue }
      let image = live.images[container.imageID].map { ObservedImage(id: $0.id, repoDigests: $0.digests.sorted()) }
      let reference = draft.project.imageReference(of: service)
      revision.images[service.name] = ImageRecord(
        reference: reference, digest: image.flatMap { Self.digest(of: $0, for: reference) }, imageID: container.imageID)
    }
    let store = try writingStore()
    let operation = try await store.beginOperation(
      NewOperation(stack: key(request.project), kind: .deploy, revision: revision, title: "adopt", author: author))
    progress(.recorded(operation: operation.id))
    do {
      try await store.advance(operation.handle, to: .planning)
      // Looked at again, now that the stack's lock is held.
      let now = try await engine.listContainers(all: true, filters: .labels([ComposeLabel.project: request.project]))
      guard Set(now.filter(\.isReplica).map(\.id)) == Set(live.containers.map(\.id)) else {
        throw OperationRefused(description: "\(request.project) was changed meanwhile\n  fix: adopt it again")
      }
      try await finish(store, operation.handle, .done, .deployed, "adopted as it runs; nothing was changed", restored: nil)
    } catch {
      let isCancelled = error is CancellationError || Task.isCancelled
      try await finish(
        store, operation.handle, isCancelled ? .cancelled : .failed, isCancelled ? .cancelled : .failed, Self.reason(error),
        restored: nil)
      throw error
    }
    return operation.revision ?? 0
  }

  private static func message(_ draft: Draft, _ request: AdoptionRequest) -> String {
    let rebuilt = draft.adoption.services.filter { $0.source == .rebuilt }.map(\.name)
    let how =
      if let reason = draft.adoption.reason {
        "rebuilt from what runs, because \(reason)"
      } else if rebuilt.isEmpty {
        "adopted from its files"
      } else {
        "adopted from its files; rebuilt from what runs: \(rebuilt.joined(separator: ", "))"
      }
    return request.message.isEmpty ? how : "\(request.message) (\(how))"
  }

  /// A tag that stands for another image by now would replace its containers at the next deploy, as with Docker Compose.
  private func warnOfMovedTags(_ live: LiveStack) async {
    let references = Set(live.containers.map(\.config.image)).filter { !$0.hasPrefix("sha256:") && !$0.isEmpty }
    guard let present = try? await EngineObserver(engine).images(references.sorted()) else { return }
    for container in live.containers {
      let reference = container.config.image
      guard let image = present[reference], image.id != container.imageID, image.id != container.config.labels[ComposeLabel.image]
      else { continue }
      progress(
        .warning(
          "\(container.name) runs another image than \(reference) is now: the revision has the one that runs, and the next deploy takes the new one"
        ))
    }
  }
}

extension Service {
  /// All that its hash counts can be seen in its containers: neither commands that run beside them, nor files copied into them,
  /// nor names of other containers, of which the engine tells ids.
  fileprivate var showsInContainers: Bool {
    ![networkMode, pid, ipc].contains { $0?.hasPrefix("container:") ?? false } && postStart.isEmpty && preStop.isEmpty
      && preStart.isEmpty && secrets.isEmpty && configs.isEmpty
  }
}
