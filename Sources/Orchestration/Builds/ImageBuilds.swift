package import ComposeFile
import DockerEngine
import StackPlanning

/// Which images are built, and how.
package enum ImageBuilds {
  /// What a command adds to the sections of the files.
  package struct Choices: Sendable {
    /// `--build-arg`; these win over the files.
    package var arguments: [String: String] = [:]
    package var skipsCache = false
    package var pullsBases = false
    package var memoryBytes: Int?
    /// Every platform that the files name is wanted; else the one that runs here.
    package var allPlatforms = false
    /// `DOCKER_DEFAULT_PLATFORM` of who asks; nil: that of the environment here.
    package var defaultPlatform: String?
    package var contexts = Contexts.disk

    package init() {}
  }

  /// Where folders of contexts are.
  package enum Contexts: Sendable {
    case disk
    /// On this machine, in a stack's folder and nowhere else (S-IN-2).
    case folder(ConfinedFolder)
    /// On the machine of who asks.
    case caller(CallerContexts)
  }

  /// One image.
  package struct Wanted: Sendable {
    package var reference: String
    package var service: String
    /// Services whose images are built before.
    package var after: Set<String>
    /// What the user should know of it.
    package var warnings: [String]
    var options: ImageBuildOptions
    var context: BuildContext
  }

  package struct Outcome: Hashable, Sendable, Codable {
    package var reference: String
    package var service: String
    /// Empty when it failed.
    package var imageID = ""
    package var failure: String?
  }

  /// The builds of a project's services, in an order in which they could be made one by one. Services without `build` are left out.
  ///
  /// - Parameters:
  ///   - services: empty: all.
  ///   - defaultPlatform: `DOCKER_DEFAULT_PLATFORM`.
  /// - Throws: `ServiceRefusal` for a service that is not there, `OperationRefused` with all that cannot be built.
  package static func plan(
    _ project: Project, services: [String], includesDependencies: Bool, _ choices: Choices, defaultPlatform: String?,
    from files: some FileSource = DiskFiles()
  ) throws -> [Wanted] {
    for name in services where project.service(name) == nil {
      throw ServiceRefusal(
        description: """
          no such service: "\(name)" in the project \(project.name)
            fix: name one of: \(project.services.map(\.name).joined(separator: ", "))
          """)
    }
    var names = Set(services.isEmpty ? project.services.map(\.name) : services)
    if includesDependencies { names = StartOrder.closure(of: Array(names), in: project.services) }
    let built = StartOrder.of(project.services).filter { names.contains($0.name) && $0.build != nil }
    return try wanted(built, project, choices, defaultPlatform: defaultPlatform, from: files)
  }

  /// The builds of services that all have a `build`, each after those it depends on.
  static func wanted(
    _ services: [Service], _ project: Project, _ choices: Choices, defaultPlatform: String?,
    from files: some FileSource = DiskFiles()
  ) throws(OperationRefused) -> [Wanted] {
    var problems: [String] = []
    var wanted: [Wanted] = []
    let names = Set(services.map(\.name))
    for service in services {
      guard let build = service.buildSection else { continue }
      var place = place(of: service, in: project)
      if case .caller(let contexts) = choices.contexts { place = contexts.place(of: service.name) ?? place }
      problems += BuildRefusals.problems(of: build, at: place, allPlatforms: choices.allPlatforms)
      guard problems.isEmpty else { continue }
      do {
        let context = try context(of: build, of: service, at: place, choices.contexts, files)
        let needed = StartOrder.closure(of: [service.name], in: project.services).intersection(names).subtracting([service.name])
        let reference = project.imageReference(of: service)
        wanted.append(
          Wanted(
            reference: reference, service: service.name, after: needed, warnings: BuildRefusals.warnings(of: build, at: place),
            options: options(build, of: service, project, choices, context, defaultPlatform), context: context))
      } catch {
        problems.append(error.description)
      }
    }
    guard problems.isEmpty else { throw OperationRefused(description: problems.joined(separator: "\n")) }
    return wanted
  }

  private static func context(
    of build: BuildSection, of service: Service, at place: String, _ contexts: Contexts, _ files: some FileSource
  ) throws(OperationRefused) -> BuildContext {
    switch contexts {
    case .disk: return try .of(build, at: place, from: files)
    case .folder(let folder): return try .of(build, at: place, from: folder)
    case .caller(let contexts):
      try requireNames(of: build, of: service, at: place)
      return try contexts.context(of: build, of: service, at: place)
    }
  }

  /// Only names of the strict grammar reach an engine for somebody else (S-IN-6).
  private static func requireNames(
    of build: BuildSection, of service: Service, at place: String
  ) throws(OperationRefused) {
    for name in [service.image].compactMap({ $0 }) + build.tags + build.cacheSources.compactMap(BuildRefusals.cacheImage) {
      do {
        _ = try ImageName.checked(name)
      } catch {
        throw OperationRefused(description: "\(place): \(error)\n  fix: correct it")
      }
    }
  }

  /// As messages name a service's build.
  static func place(of service: Service, in project: Project) -> String {
    let files = project.configFiles.joined(separator: ", ")
    return (files.isEmpty ? "" : "\(files): ") + "services.\(service.name).build"
  }

  /// Labels as Docker Compose sets them on what it builds (observed with 5.6.1).
  static func options(
    _ build: BuildSection, of service: Service, _ project: Project, _ choices: Choices, _ context: BuildContext,
    _ defaultPlatform: String?
  ) -> ImageBuildOptions {
    var options = ImageBuildOptions()
    options.tags = [project.imageReference(of: service)]
    options.tags += build.tags.filter { !options.tags.contains($0) }
    switch context {
    case .archive(_, let dockerfile), .sent(_, let dockerfile): options.dockerfile = dockerfile
    case .remote(let address, let dockerfile):
      options.remote = address
      options.dockerfile = dockerfile
    }
    options.skipsCache = build.skipsCache || choices.skipsCache || !build.uncachedStages.isEmpty
    options.pullsBases = build.pullsBases || choices.pullsBases
    options.arguments = build.arguments.merging(choices.arguments) { $1 }
    options.labels = build.labels
    options.labels[ComposeLabel.project] = project.name
    options.labels[ComposeLabel.service] = service.name
    options.labels[ComposeLabel.version] = ComposeLabel.composeVersion
    options.labels[ComposeLabel.imageBuilder] = "classic"
    options.target = build.target
    options.platform =
      service.platform ?? defaultPlatform.flatMap { $0.isEmpty ? nil : $0 }
      ?? (build.platforms.count == 1 ? build.platforms[0] : nil)
    options.network = build.network
    options.cacheSources = build.cacheSources.compactMap(BuildRefusals.cacheImage)
    options.extraHosts = build.extraHosts.map { entry in
      guard let equals = entry.firstIndex(of: "=") else { return entry }
      return "\(entry[..<equals]):\(entry[entry.index(after: equals)...])"
    }
    options.shmSizeBytes = build.shmSizeBytes
    options.ulimits = UlimitSpec.all(of: build.ulimits)
    options.isolation = build.isolation
    options.memoryBytes = choices.memoryBytes
    return options
  }
}
