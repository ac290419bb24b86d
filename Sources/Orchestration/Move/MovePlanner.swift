import ComposeFile
import DockerEngine
package import StackPlanning

/// Makes the plan of a move, or says everything that stands against it. Pure.
package struct MovePlanner {
  private let facts: MoveFacts
  private var steps: [MovePlan.Step] = []
  private var problems: [PlanProblem] = []
  private var warnings: [String] = []

  /// - Throws: all reasons why the stack cannot be moved; nothing was touched.
  package static func plan(_ facts: MoveFacts) throws(PlanProblems) -> MovePlan {
    var planner = MovePlanner(facts)
    return try planner.plan()
  }

  private init(_ facts: MoveFacts) { self.facts = facts }

  private mutating func plan() throws(PlanProblems) -> MovePlan {
    checkNames()
    checkPorts()
    checkImages()
    checkSpace()
    let deploy = deployPlan()
    warnOfMounts()
    guard problems.isEmpty else { throw PlanProblems(problems) }
    planImages()
    for step in deploy.steps(in: .prepare) {
      switch step.action {
      case .createNetwork, .createVolume, .sendFiles: add(.before, step)
      default: break
      }
    }
    planVolumes(deploy)
    planEnd()
    return MovePlan(
      project: facts.project.name, source: facts.source, target: facts.target, revision: facts.revision, steps: steps,
      servicesWithDowntime: downtime, staying: staying, warnings: warnings + deploy.warnings,
      findings: deploy.findings ?? [])
  }

  private mutating func add(_ part: MovePlan.Step.Part, _ step: PlanStep) {
    let words = step.action.words
    steps.append(MovePlan.Step(part, words.verb, "\(words.object)", cause: step.cause))
  }

  // MARK: Refusals

  private mutating func checkNames() {
    let (name, target) = (facts.project.name, facts.target)
    if facts.running.containers.isEmpty {
      problems.append(
        PlanProblem("\(name) has no containers on \(facts.source)", fix: "name the server that it is on with --server"))
    }
    let own = facts.there.containers.map(\.name).sorted()
    if !own.isEmpty {
      problems.append(
        PlanProblem(
          "a stack \(name) is on \(target) already: \(own.prefix(5).joined(separator: ", "))",
          fix: "take it down there first: slipway down -p \(name)\(Self.option(target))"))
    }
    for network in facts.project.networks.values.sorted(by: { $0.name < $1.name }) where !network.isExternal {
      guard let there = facts.there.networks[network.name], there.project != name else { continue }
      problems.append(
        PlanProblem(
          "network \(network.name) is on \(target) already, and not of this stack", fix: "remove or rename it there, or here"))
    }
    guard !facts.options.withoutVolumes else { return }
    for volume in facts.volumes where volume.key != nil && !volume.isElsewhere && facts.there.volumes[volume.name] != nil {
      problems.append(
        PlanProblem(
          "volume \(volume.name) is on \(target) already, and what is in it is not overwritten",
          fix:
            "when it is left from before and no longer needed, remove it with slipway down -v -p \(name)\(Self.option(target)); or keep what is in it with --without-volumes"
        ))
    }
  }

  private mutating func checkPorts() {
    for service in facts.project.services {
      let wanted = Set(DeployPlanner.publishedPorts(of: service))
      for container in facts.containersThere where container.isUp && container.project != facts.project.name {
        for port in Set(container.ports).sorted() where wanted.contains(port) {
          problems.append(
            PlanProblem(
              "port \(port) of \(service.name) is taken on \(facts.target) by container \(container.name)",
              fix: "stop it there, or publish another port"))
        }
      }
    }
  }

  private mutating func checkImages() {
    let wanted = Self.architectures[facts.architectureThere] ?? facts.architectureThere
    for image in facts.images where !wanted.isEmpty && !image.architecture.isEmpty && image.architecture != wanted {
      problems.append(
        PlanProblem(
          "image \(image.reference) is for \(image.architecture), and \(facts.target) is \(wanted)",
          fix: "deploy an image for \(wanted) first, or choose another server"))
    }
  }

  /// What the kernel's machine names are called in images; others are the same in both.
  private static let architectures = [
    "x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "armv6l": "arm", "i686": "386", "i386": "386",
  ]

  private mutating func checkSpace() {
    guard let free = facts.freeBytesThere else { return }
    let images = facts.images.filter { !$0.isOnTarget }.map(\.sizeBytes).clampedSum()
    let volumes = facts.copiedVolumes.map { $0.sizeBytes ?? 0 }.clampedSum()
    let needed = images.clampedAdding(volumes)
    guard needed > free else { return }
    problems.append(
      PlanProblem(
        "\(facts.target) has \(Self.size(free)) free, and images and volumes need \(Self.size(needed))",
        fix: "free space there, or choose another server"))
  }

  private mutating func deployPlan() -> Plan {
    switch facts.deploy {
    case .failure(let found):
      problems += found.problems.map { PlanProblem("\(facts.target): \($0.message)", fix: $0.remedy) }
      return Plan(project: facts.project.name)
    case .success(let plan):
      let taken = Dictionary(facts.containersThere.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
      for step in plan.steps {
        guard case .createContainer(_, _, let name, _, _) = step.action, let holder = taken[name],
          holder.project != facts.project.name
        else { continue }
        problems.append(
          PlanProblem(
            "the container name \(name) is taken on \(facts.target)", fix: "remove or rename that container, or this one"))
      }
      return plan
    }
  }

  // MARK: What is told

  private mutating func warnOfMounts() {
    for service in facts.project.services {
      for mount in service.volumes {
        switch mount.kind {
        case .bind:
          guard let path = mount.source else { continue }
          guard !Self.isWithin(path, facts.project.workingDirectory) else {
            if !mount.isReadOnly {
              warnings.append(
                "what \(service.name) writes into \(path) does not move: \(facts.target) gets the files that this machine has there before the stop"
              )
            }
            continue
          }
          warnings.append(
            "\(service.name) mounts \(path), which is not in the project's folder and does not move: it must be on \(facts.target)"
          )
        case .tmpfs: warnings.append("what is in the tmpfs \(mount.target) of \(service.name) is lost, as with every stop")
        case .volume, .npipe, .cluster, .image: continue
        }
      }
    }
    for volume in facts.volumes {
      if !volume.isElsewhere, volume.key == nil ? volume.mounts.isEmpty : !facts.isWanted(volume) {
        warnings.append("volume \(volume.name) is used by nothing of revision \(facts.revision), and stays without a copy")
      }
      if !facts.options.withoutVolumes, volume.isElsewhere {
        warnings.append(
          "volume \(volume.name) is not copied: what it holds is where its driver and options say, and \(facts.target) must reach that"
        )
      }
      if !volume.otherUsers.isEmpty {
        warnings.append(
          "volume \(volume.name) is used by \(volume.otherUsers.joined(separator: ", ")) too, which runs on and stays")
      }
    }
    let services = Set(facts.project.services.map(\.name))
    let left = facts.running.containers.filter { $0.isOneOff || !services.contains($0.service) }.map(\.name).sorted()
    if !left.isEmpty {
      warnings.append(
        "not of revision \(facts.revision), and so neither stopped nor moved: \(left.joined(separator: ", "))")
    }
  }

  private static func isWithin(_ path: String, _ folder: String) -> Bool {
    path == folder || path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
  }

  // MARK: Steps

  private mutating func planImages() {
    for image in facts.images where !image.isOnTarget {
      let object = "image \(image.reference)" + (image.sizeBytes > 0 ? " (\(Self.size(image.sizeBytes)))" : "")
      steps.append(
        image.digest == nil
          ? MovePlan.Step(
            .before, "copy", object, cause: "not on \(facts.target), and has no digest to pull it by: sent from \(facts.source)")
          : MovePlan.Step(
            .before, "pull", object, cause: "not on \(facts.target); by its digest, or sent from \(facts.source)"))
    }
  }

  private var downtime: [String] {
    let services = Set(facts.project.services.map(\.name))
    return Set(facts.running.containers.filter { $0.isUp && !$0.isOneOff && services.contains($0.service) }.map(\.service))
      .sorted()
  }

  private mutating func planVolumes(_ deploy: Plan) {
    let copied = facts.copiedVolumes
    for volume in copied where volume.key == nil {
      steps.append(
        MovePlan.Step(.before, "create", "anonymous volume of \(Self.users(volume))", cause: "its data comes along"))
    }
    let creates = deploy.steps.filter { if case .createContainer = $0.action { true } else { false } }
    if !creates.isEmpty {
      steps.append(
        MovePlan.Step(
          .before, "try", "\(creates.count) container\(creates.count == 1 ? "" : "s")",
          cause: "created and removed, so that what the engine refuses shows before the stop"))
    }
    for name in downtime {
      steps.append(MovePlan.Step(.downtime, "stop", "service \(name) on \(facts.source)", cause: "moves to \(facts.target)"))
    }
    for volume in copied {
      let size = volume.sizeBytes.map { " (\(Self.size($0)))" } ?? ""
      let object = volume.key == nil ? "anonymous volume of \(Self.users(volume))" : "volume \(volume.name)"
      steps.append(
        MovePlan.Step(.downtime, "copy", object + size, cause: "its data moves; read back and compared on \(facts.target)"))
    }
    for step in creates {
      steps.append(
        MovePlan.Step(.downtime, step.action.words.verb, step.action.words.object, cause: "after the data, which it must find"))
    }
    for step in deploy.steps {
      switch step.action {
      case .start, .await: add(.downtime, step)
      default: break
      }
    }
  }

  private static func users(_ volume: MoveFacts.Volume) -> String {
    volume.mounts.map { "\($0.container) at \($0.path)" }.joined(separator: ", ")
  }

  private mutating func planEnd() {
    steps.append(
      MovePlan.Step(.after, "record", "a revision on \(facts.target)", cause: "moved from \(facts.source)"))
    guard !facts.options.keepsSource else { return }
    let services = Set(facts.project.services.map(\.name))
    for container in facts.running.containers where !container.isOneOff && services.contains(container.service) {
      steps.append(
        MovePlan.Step(.after, "remove", "container \(container.name) on \(facts.source)", cause: "runs on \(facts.target)"))
    }
    for network in facts.running.networks.values.sorted(by: { $0.name < $1.name }) where network.project == facts.project.name {
      steps.append(MovePlan.Step(.after, "remove", "network \(network.name) on \(facts.source)", cause: "no longer used"))
    }
  }

  private var staying: [String] {
    var lines: [String] = []
    if facts.options.keepsSource {
      lines.append(
        "containers and networks, stopped (remove them: slipway down -p \(facts.project.name)\(Self.option(facts.source)))")
    }
    let named = facts.volumes.filter { $0.key != nil && !$0.isElsewhere }.map(\.name)
    if !named.isEmpty {
      lines.append(
        "volumes with their data: \(named.joined(separator: ", ")) (remove them: slipway down -v -p \(facts.project.name)\(Self.option(facts.source)))"
      )
    }
    let anonymous = facts.volumes.filter { $0.key == nil }.map(\.name)
    if !anonymous.isEmpty {
      lines.append("anonymous volumes: \(anonymous.joined(separator: ", ")) (remove them: docker volume rm)")
    }
    let images = facts.images.map(\.reference)
    if !images.isEmpty { lines.append("images: \(Set(images).sorted().joined(separator: ", "))") }
    return lines
  }

  /// What names a server on the command line.
  static func option(_ server: String) -> String { server.contains("://") ? " -H \(server)" : " --server \(server)" }

  /// `840 B`, `12.3 kB`, `4.5 MB`.
  static func size(_ bytes: Int64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    var (tenths, unit) = (max(0, bytes), 0)
    guard tenths >= 1000 else { return "\(tenths) B" }
    tenths /= 100
    unit = 1
    while tenths >= 10_000, unit + 1 < units.count {
      tenths /= 1000
      unit += 1
    }
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}
