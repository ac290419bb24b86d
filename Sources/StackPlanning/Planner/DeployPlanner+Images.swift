package import ComposeFile
import ImageVersioning

extension DeployPlanner {
  /// When an image is fetched that the engine has already.
  private enum PullRule {
    case always, missing, never
    /// When the last pull is longer ago than this.
    case olderThan(seconds: Int)

    /// As Docker Compose reads `pull_policy` (observed with 5.6.1): what it does not know is `missing`.
    init(_ policy: String) {
      switch policy {
      case "always": self = .always
      case "never": self = .never
      case "daily": self = .olderThan(seconds: 24 * 3600)
      case "weekly": self = .olderThan(seconds: 7 * 24 * 3600)
      default:
        if policy.hasPrefix("every_"), let nanoseconds = GoDuration.parse(String(policy.dropFirst(6))) {
          self = .olderThan(seconds: nanoseconds / 1_000_000_000)
        } else {
          self = .missing
        }
      }
    }
  }

  /// Every image that containers of the project are made from, or that they mount; sorted.
  package static func imageReferences(of project: Project) -> [String] {
    Set(project.services.filter { !$0.isProvider }.flatMap { Self.images(of: $0, in: project) }).sorted()
  }

  /// The service's own image first.
  private static func images(of service: Service, in project: Project) -> [String] {
    [project.imageReference(of: service)]
      + service.volumes.compactMap { $0.kind == .image ? $0.source : nil }
      + service.preStart.compactMap { $0.map?["image"]?.string }
  }

  mutating func planPulls(_ services: [Service]) {
    var wanted: [String: (services: Set<String>, cause: String)] = [:]
    // Services may share an image that one of them builds.
    let built = Set(
      services.filter { replicas(of: $0) > 0 && !$0.isProvider && buildCause(of: $0) != nil }.map { imageReference(of: $0) })
    for service in services where replicas(of: service) > 0 && !service.isProvider {
      for reference in Self.images(of: service, in: project) {
        if !built.contains(reference), let cause = pullCause(of: reference, for: service) {
          checkName(reference, of: service)
          wanted[reference, default: ([], cause)].services.insert(service.name)
        }
      }
    }
    for (reference, entry) in wanted.sorted(by: { $0.key < $1.key }) {
      builder.add(.pull, .pullImage(reference: reference, services: entry.services.sorted()), cause: entry.cause)
    }
  }

  /// Only names of the strict grammar reach a registry (S-IN-6).
  private mutating func checkName(_ reference: String, of service: Service) {
    do {
      _ = try ImageReference(parsing: reference)
    } catch {
      let words = error.description.split(separator: "\n  fix: ", maxSplits: 1).map(String.init)
      problems.append(
        PlanProblem("image \(reference) of service \(service.name): \(words[0])", fix: words.count > 1 ? words[1] : "correct it"))
    }
  }

  /// Builds the images of services, one after those of the services that it depends on.
  mutating func planBuilds(_ services: [Service]) {
    var builds: [String: Int] = [:]
    for service in services where replicas(of: service) > 0 && !service.isProvider {
      guard let cause = buildCause(of: service) else { continue }
      let needed = StartOrder.closure(of: [service.name], in: project.services)
      builds[service.name] = builder.add(
        .pull, .buildImage(reference: imageReference(of: service), service: service.name), cause: cause,
        after: needed.compactMap { builds[$0] })
    }
  }

  /// Why the image of a service must be built; nil when it must not.
  private func buildCause(of service: Service) -> String? {
    guard service.build != nil, options.build != .never, options.pinnedImages[service.name] == nil,
      !options.builtServices.contains(service.name)
    else { return nil }
    if options.build == .always { return "--build" }
    if service.pullPolicy == "build", options.pull == nil { return "pull policy build" }
    return observed.images[imageReference(of: service)] == nil ? "not on the engine" : nil
  }

  /// Why an image must be pulled for a service; nil when it must not, or cannot.
  private mutating func pullCause(of reference: String, for service: Service) -> String? {
    let isOwn = reference == imageReference(of: service)
    if isOwn, options.pinnedImages[service.name] != nil || options.builtServices.contains(service.name) { return nil }
    let policy = options.pull?.rawValue ?? service.pullPolicy ?? "missing"
    let present = observed.images[reference]
    let isBuilt = isOwn && service.build != nil
    switch (PullRule(policy), present) {
    case (.always, _) where !isBuilt || service.image != nil && options.pull == .always: return "pull policy always"
    case (.never, nil):
      problems.append(
        PlanProblem(
          "image \(reference) of service \(service.name) is not on the engine, and the pull policy is never",
          fix: "pull or build the image, or change pull_policy"))
      return nil
    case (_, nil) where isBuilt:
      problems.append(
        PlanProblem(
          "image \(reference) of service \(service.name) is not on the engine and must be built",
          fix: "build it first: slipway build \(service.name)"))
      return nil
    case (_, nil): return "not on the engine"
    case (.olderThan(let seconds), let image?) where !isBuilt:
      guard let now = options.nowSeconds else { return nil }
      return image.pulledAtSeconds.map { now - $0 > seconds } ?? true ? "pull policy \(policy)" : nil
    case (.always, _), (.missing, _), (.never, _), (.olderThan, _): return nil
    }
  }
}
