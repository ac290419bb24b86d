import ComposeFile
import DockerEngine
import RevisionStore
package import StackPlanning

extension StackOperations {
  /// How long a finding stays confirmed that an admin allowed with a deploy: 90 days (decision 16).
  package static let confirmationMilliseconds: Int64 = 90 * 86_400_000

  // MARK: Findings

  /// What the policy finds about a deploy; nothing is changed, and nothing refused.
  package func findings(of request: DeployRequest) async throws -> [PolicyFinding] {
    guard case .bound(let binding) = standing else {
      return judged(request, ComposePolicy(level: .open, context: Self.ownContext(request.project, dataDirectory)))
    }
    let rules = try await rules(binding, key(request.project.name))
    var context = rules.context
    context.pinnedServices = Set(request.options.pinnedImages.keys)
    let containers = Self.containers(of: request.project)
    try await PolicyFacts(engine: engine, socketPath: rules.socketPath).add(
      containers + Self.builds(of: request.project),
      volumes: request.project.volumes.values.map {
        JudgedVolume(name: $0.name, driver: $0.driver ?? "", options: $0.driverOptions)
      }, to: &context)
    let findings = rules.exceptions.applied(to: judged(request, ComposePolicy(level: rules.level, context: context)))
    // Who asks knows the stack's folder, and not where the server keeps it.
    let folder = (rules.context.ownFolder ?? "") + "/"
    return findings.map { finding in
      var finding = finding
      if finding.place.hasPrefix(folder) { finding.place = String(finding.place.dropFirst(folder.utf8.count)) }
      return finding
    }
  }

  /// The findings about a deploy that may go on.
  ///
  /// - Throws: `PolicyDenied`, after it was written down.
  @discardableResult
  package func requirePolicy(_ request: DeployRequest) async throws -> [PolicyFinding] {
    let findings = try await findings(of: request)
    guard case .bound(let binding) = standing, findings.contains(where: \.isDenied) else { return findings }
    let denied = PolicyDenied(findings)
    try await note(denied, request.project.name, binding)
    throw denied
  }

  /// As `requirePolicy`, of the builds of a request's services alone: nothing of them is run.
  package func requireBuildPolicy(_ request: DeployRequest) async throws {
    let findings = try await findings(of: request).filter(\.isOfBuild)
    guard case .bound(let binding) = standing, findings.contains(where: \.isDenied) else { return }
    let denied = PolicyDenied(findings)
    try await note(denied, request.project.name, binding)
    throw denied
  }

  /// Findings of what was deployed or adopted as a revision.
  package func findings(ofRevision number: Int, of project: String) async throws -> [PolicyFinding] {
    try await findings(of: try await rollbackSubject(of: project, to: number))
  }

  /// What a rollback would deploy, as far as the policy must know it: no image is looked for, and nothing is pulled.
  ///
  /// - Parameter number: nil: the deployed revision before the current one.
  /// - Throws: `OperationRefused` where there is none.
  package func rollbackSubject(of project: String, to number: Int?) async throws -> DeployRequest {
    guard let store = try readingStore() else {
      throw OperationRefused(description: "there are no revisions of \(project)\n  fix: deploy it first")
    }
    let revision = try await target(of: key(project), number, store)
    var request = try await request(of: revision, in: store, options: PlanOptions(), waits: WaitLimits())
    request.options.pinnedImages = revision.images.compactMapValues { $0.imageID.isEmpty ? nil : $0.imageID }
    request.message = "rollback to revision \(revision.number)"
    return request
  }

  /// The plan with what the policy finds, the denied first.
  static func with(_ findings: [PolicyFinding], _ plan: Plan) -> Plan {
    var plan = plan
    plan.findings = findings.isEmpty ? nil : PolicyDenied(findings).findings
    return plan
  }

  /// One line for who is not bound by the policy; nil: it finds nothing.
  static func summary(of findings: [PolicyFinding]) -> String? {
    guard !findings.isEmpty else { return nil }
    let rules = PolicyRule.allCases.filter { rule in findings.contains { $0.rule == rule } }.map(\.rawValue)
    let services = Set(findings.compactMap(\.service)).sorted()
    return
      "policy \(rules.joined(separator: ", "))\(services.isEmpty ? "" : " in \(services.joined(separator: ", "))"): a server would ask an admin; slipway plan shows why"
  }

  // MARK: Exceptions

  /// Confirms what the policy denies about a deploy, as far as `rules` name it: exactly these findings, for 90 days, in the name
  /// of who asks. The caller has made sure that they may.
  ///
  /// Gives the findings as they are then.
  package func confirm(_ rules: Set<PolicyRule>, for request: DeployRequest) async throws -> [PolicyFinding] {
    let findings = try await findings(of: request)
    guard case .bound(let binding) = standing else { return findings }
    let confirmed = findings.filter { $0.isDenied && rules.contains($0.rule) }
    guard !confirmed.isEmpty else { return findings }
    let stack = key(request.project.name)
    let reason = request.message.isEmpty ? "confirmed at a deploy" : request.message
    var exceptions: [NewPolicyException] = []
    var entries: [AuditEntry] = []
    for rule in PolicyRule.allCases {
      let subjects = confirmed.filter { $0.rule == rule }.map(\.key)
      guard !subjects.isEmpty else { continue }
      exceptions.append(
        NewPolicyException(
          stack: stack, rule: rule.rawValue, subjects: subjects, reason: reason, grantedBy: binding.entry.actor,
          lifetimeMilliseconds: Self.confirmationMilliseconds))
      var entry = binding.entry
      entry.action = "policy.exception"
      entry.target = "\(stack)"
      entry.detail = [
        "rule": rule.rawValue, "what": "confirm", "reason": String(reason.prefix(500)),
        "findings": String(subjects.joined(separator: "; ").prefix(2000)),
      ]
      entries.append(entry)
    }
    let store = try writingStore()
    let granted = try await store.grantPolicyExceptions(exceptions, entries)
    return PolicyExceptions(exceptions: granted).applied(to: findings)
  }

  // MARK: Requests to the engine

  /// The way to what a deploy makes: judged once more, request by request.
  func writes(for project: String) async throws -> EngineWrites {
    guard case .bound(let binding) = standing else { return EngineWrites(engine: engine, stack: project, rules: nil) }
    return EngineWrites(engine: engine, stack: project, rules: try await rules(binding, key(project)))
  }

  /// What of the policy a plan is made from (R-PLAN-1); nothing where it binds nobody.
  func policyInputs() async throws -> [String] {
    guard case .bound = standing else { return [] }
    let settings = try await PolicySettings(in: try writingStore())
    return ["policy\t\(settings.level.rawValue)"]
  }

  /// For plans without a project: they start, stop and remove what is there.
  var writesOfNothing: EngineWrites { EngineWrites(engine: engine, stack: "", rules: nil) }

  /// Writes down that the policy has refused something.
  func note(_ denied: PolicyDenied, _ project: String, _ binding: PolicyBinding) async throws {
    var entry = binding.entry
    entry.action = "policy.denied"
    entry.target = "\(key(project))"
    entry.outcome = .denied
    entry.detail = [
      "rules": denied.rules.map(\.rawValue).joined(separator: " "),
      "findings": String(denied.denied.map(\.key).joined(separator: "; ").prefix(3000)),
    ]
    try await writingStore().appendAudit([entry])
  }

  // MARK: Parts

  private func rules(_ binding: PolicyBinding, _ stack: StackKey) async throws -> EngineWrites.Rules {
    let store = try writingStore()
    let settings = try await PolicySettings(in: store)
    var context = PolicyContext()
    context.ownFolder = "\(binding.stacksRoot)/\(stack.project)"
    context.allowedRoots = settings.roots
    context.dataDirectories = Array(Set([dataDirectory, PolicyFacts.resolved(dataDirectory), binding.stacksRoot])).sorted()
    context.registries = settings.registries
    return EngineWrites.Rules(
      level: settings.level, context: context,
      exceptions: PolicyExceptions(exceptions: try await store.policyExceptions(of: stack)), socketPath: binding.socketPath)
  }

  /// For the machine's own user the stack's folder is wherever its files are.
  private static func ownContext(_ project: Project, _ dataDirectory: String) -> PolicyContext {
    var context = PolicyContext()
    context.ownFolder = project.workingDirectory
    context.dataDirectories = [dataDirectory]
    return context
  }

  private static func containers(of project: Project) -> [JudgedContainer] {
    project.services.flatMap { service in
      ([service] + service.preStart.indices.compactMap { service.preStartService($0) }).map { JudgedContainer($0, in: project) }
    }
  }

  /// The networks that images are built in.
  private static func builds(of project: Project) -> [JudgedContainer] {
    project.services.compactMap { service in
      guard let network = service.buildSection?.network, !network.isEmpty else { return nil }
      var judged = JudgedContainer(service, in: project)
      judged.networkMode = network
      return judged
    }
  }

  private func judged(_ request: DeployRequest, _ policy: ComposePolicy) -> [PolicyFinding] {
    var context = policy.context
    context.secretNames = Set(request.project.services.flatMap(\.environment.keys).filter(SecretName.looksSecret))
    let targets = request.options.services.isEmpty ? nil : DeployPlanner.targets(request.project, request.options)
    let policy = ComposePolicy(level: policy.level, context: context)
    let findings = policy.findings(in: request.project, services: targets)
    guard !findings.isEmpty else { return [] }
    let placed = places(of: request).map { policy.findings(in: request.project, services: targets, places: $0) } ?? findings
    let redactor = Redactor(project: request.project, variables: request.variables, secrets: request.secretVariables)
    return placed.map { finding in
      var finding = finding
      finding.message = redactor.redacted(finding.message)
      return finding
    }
  }

  /// Where the values of a request were written; those of a stored revision are found by reading its files once more.
  private func places(of request: DeployRequest) -> SourcePlaces? {
    if let places = request.places { return places }
    let files = RecordedFiles(request.inputs)
    guard files.holds(request.project.configFiles) else { return nil }
    var load = LoadRequest(
      environment: request.variables.compactMapValues { $0 }, currentDirectory: request.project.workingDirectory)
    load.files = request.project.configFiles
    load.envFiles = request.project.environmentFiles
    load.projectName = request.project.name
    load.projectDirectory = request.project.workingDirectory
    load.profiles = request.profiles
    load.activatedServices = request.project.services.map(\.name)
    load.isConsistencyChecked = false
    load.readsServiceFiles = false
    // WHY try?: without places a finding names the attribute, which is enough.
    return (try? ComposeLoader.load(load, from: files))?.places
  }
}

/// The files that a project was made from, as they were read.
private struct RecordedFiles: FileSource {
  private let bytes: [String: [UInt8]]

  init(_ inputs: [InputFile]) {
    bytes = Dictionary(inputs.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
  }

  func holds(_ paths: [String]) -> Bool { !paths.isEmpty && paths.allSatisfy { bytes[$0] != nil } }

  func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
    guard let found = bytes[path] else { throw .missing }
    guard found.count <= limit else { throw .tooLarge(limit: limit) }
    return found
  }

  func kind(of path: String) -> FileKind? {
    if bytes[path] != nil { return .file }
    return bytes.keys.contains { $0.hasPrefix(path == "/" ? path : path + "/") } ? .directory : nil
  }
}
