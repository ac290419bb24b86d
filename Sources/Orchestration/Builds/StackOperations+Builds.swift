import ComposeFile
import DockerEngine
import StackPlanning

/// A build that the engine gave up, with the end of what it said.
struct BuildFailure: Error, CustomStringConvertible {
  var description: String
}

extension StackOperations {
  /// Builds at once: each takes what processors and disk there are.
  static let parallelBuilds = 2

  /// The same with the secret values of a stack taken out of what is told.
  package func redacting(_ redactor: Redactor) -> StackOperations {
    var operations = self
    operations.redactor = redactor
    return operations
  }

  /// Builds images, each after those it needs; one that fails keeps only those that need it from being built.
  package func build(_ wanted: [ImageBuilds.Wanted]) async throws -> [ImageBuilds.Outcome] {
    for warning in wanted.flatMap(\.warnings) { progress(.warning(warning)) }
    let auths = try await buildCredentials(for: wanted)
    return try await withThrowingTaskGroup(of: ImageBuilds.Outcome.self) { group in
      var waiting = wanted
      var outcomes: [String: ImageBuilds.Outcome] = [:]
      var running = 0
      while outcomes.count < wanted.count {
        var index = 0
        while index < waiting.count, running < Self.parallelBuilds {
          let image = waiting[index]
          let needed = image.after.filter { name in wanted.contains { $0.service == name } }
          if let failed = needed.sorted().first(where: { outcomes[$0]?.failure != nil }) {
            waiting.remove(at: index)
            outcomes[image.service] = ImageBuilds.Outcome(
              reference: image.reference, service: image.service, failure: "not built, because the image of \(failed) was not")
          } else if needed.allSatisfy({ outcomes[$0] != nil }) {
            waiting.remove(at: index)
            running += 1
            group.addTask { try await outcome(of: image, auths) }
          } else {
            index += 1
          }
        }
        guard let done = try await group.next() else { break }
        running -= 1
        outcomes[done.service] = done
      }
      return wanted.compactMap { outcomes[$0.service] }
    }
  }

  /// The builds that a plan asks for.
  ///
  /// - Throws: `OperationRefused` with all that cannot be built.
  func builds(of plan: Plan, _ request: DeployRequest) throws -> [(step: PlanStep, wanted: ImageBuilds.Wanted)] {
    let steps = plan.steps.compactMap { step -> (service: Service, step: PlanStep)? in
      guard case .buildImage(_, let name) = step.action, let service = request.project.service(name) else { return nil }
      return (service, step)
    }
    guard !steps.isEmpty else { return [] }
    let wanted = try ImageBuilds.wanted(
      steps.map(\.service), request.project, request.builds,
      defaultPlatform: request.builds.defaultPlatform ?? environment["DOCKER_DEFAULT_PLATFORM"])
    return zip(steps, wanted).map { ($0.step, $1) }
  }

  /// Builds what a plan asks for; gives the services.
  ///
  /// - Throws: `StepFailure` of the first build that failed.
  func build(_ plan: Plan, _ request: DeployRequest) async throws -> [String] {
    let builds = try builds(of: plan, request)
    guard !builds.isEmpty else { return [] }
    let outcomes = try await build(builds.map(\.wanted))
    for (build, outcome) in zip(builds, outcomes) {
      if let failure = outcome.failure { throw StepFailure(step: build.step, reason: failure) }
    }
    return builds.map(\.wanted.service)
  }

  private func outcome(of image: ImageBuilds.Wanted, _ auths: [String: RegistryAuth]) async throws -> ImageBuilds.Outcome {
    var outcome = ImageBuilds.Outcome(reference: image.reference, service: image.service)
    do {
      outcome.imageID = try await buildImage(image, auths)
    } catch {
      try Task.checkCancellation()
      outcome.failure = redactor.redacted((error as? EngineError)?.engineMessage ?? "\(error)")
    }
    return outcome
  }

  /// Removes the images of a stack that have lost their name to a build.
  package func pruneBuilt(of project: String) async throws {
    var filters = EngineFilters.labels([ComposeLabel.project: project])
    filters.values["dangling"] = ["true"]
    _ = try await engine.pruneImages(filters: filters)
  }

  /// Bases may come from any registry that people have credentials for; a helper that fails is only told.
  func buildCredentials(for wanted: [ImageBuilds.Wanted]) async throws -> [String: RegistryAuth] {
    guard !wanted.isEmpty else { return [:] }
    var auths: [String: RegistryAuth] = [:]
    for registry in credentials.registries {
      do {
        if let auth = try await credentials.auth(forRegistry: registry) { auths[registry] = auth }
      } catch {
        try Task.checkCancellation()
        progress(.warning("\(error); images are built without them"))
      }
    }
    return auths
  }

  /// Builds one image and gives its Id.
  ///
  /// - Throws: `BuildFailure`, or the `EngineError` of an engine that is gone.
  func buildImage(_ image: ImageBuilds.Wanted, _ auths: [String: RegistryAuth]) async throws -> String {
    progress(.building(reference: image.reference, service: image.service, line: ""))
    var output = BuildOutput()
    let context: ContextBytes?
    defer { if case .sent(let contexts, _) = image.context { contexts.close(image.service) } }
    switch image.context {
    case .archive(let archive, _): context = ContextBytes(archive)
    case .remote: context = nil
    case .sent(let contexts, _): context = try await contexts.open(image.service)
    }
    do {
      for try await event in try await engine.buildImage(image.options, context: context, auths: auths) {
        for line in output.take(event) {
          progress(.building(reference: image.reference, service: image.service, line: redactor.redacted(line)))
        }
      }
    } catch {
      if let problem = context?.problem { throw BuildFailure(description: problem) }
      try Task.checkCancellation()
      if error.saysEngineIsGone { throw error }
      throw BuildFailure(description: output.failure(error.engineMessage ?? "\(error)"))
    }
    guard let id = output.imageID else {
      throw BuildFailure(description: output.failure("the engine named no image at the end of the build"))
    }
    progress(.built(reference: image.reference, service: image.service))
    return id
  }
}

/// What a build prints, cut into lines, with its end kept for the case of a failure.
struct BuildOutput {
  /// Lines kept for a failure.
  static let keptLines = 20
  /// Bytes of a line; longer ones are cut there.
  static let lineBytes = 4096

  private(set) var imageID: String?
  private var rest = ""
  private var last: [String] = []

  /// The whole lines that an event brings.
  mutating func take(_ event: ProgressEvent) -> [String] {
    if let id = event.auxiliary?.imageID, !id.isEmpty { imageID = id }
    // A base image that is pulled tells its layers here.
    if !event.status.isEmpty, event.detail == ProgressDetail() {
      return keep([event.id.isEmpty ? event.status : "\(event.id): \(event.status)"])
    }
    guard !event.text.isEmpty else { return [] }
    var lines = (rest + event.text).split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
    rest = lines.removeLast()
    if rest.utf8.count > Self.lineBytes {
      lines.append(rest)
      rest = ""
    }
    return keep(lines.map { Self.withoutColours(String($0.prefix(Self.lineBytes))) }.filter { !$0.allSatisfy(\.isWhitespace) })
  }

  /// The engine's own builder prints errors in red, by sequences `ESC [ … m`.
  private static func withoutColours(_ line: String) -> String {
    guard line.utf8.contains(0x1B) else { return line }
    return line.replacing(/\u{1B}\[[0-9;]*m/, with: "")
  }

  private mutating func keep(_ lines: [String]) -> [String] {
    last = Array((last + lines).suffix(Self.keptLines))
    return lines
  }

  /// Why a build failed, with the last lines of what it printed.
  func failure(_ reason: String) -> String {
    var text = reason
    let printed = (rest.isEmpty ? last : last + [rest]).suffix(Self.keptLines)
    if !printed.isEmpty { text += "\n  last lines of the build:\n" + printed.map { "    \($0)" }.joined(separator: "\n") }
    if reason.contains("BuildKit") || reason.contains("buildkit") {
      text +=
        "\n  fix: the engine's own builder cannot do this; leave it out of the Dockerfile, or build with docker buildx and use `image`"
    }
    return text
  }
}
