import ArgumentParser
import ComposeFile
import Glibc
import Orchestration

/// `slipway config`: the canonical model, as `docker compose config` prints it.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Check the compose files and print the canonical model.", aliases: ["convert"])

  enum Format: String, ExpressibleByArgument { case yaml, json }

  @OptionGroup var global: GlobalOptions

  @Option(help: "yaml or json.")
  var format = Format.yaml

  @Flag(name: .customLong("services"), help: "Print the service names, one a line.")
  var listsServices = false

  @Flag(name: .customLong("volumes"), help: "Print the volume names, one a line.")
  var listsVolumes = false

  @Flag(name: .customLong("networks"), help: "Print the network names, one a line.")
  var listsNetworks = false

  @Flag(name: .customLong("models"), help: "Print the models, one a line.")
  var listsModels = false

  @Flag(name: .customLong("images"), help: "Print the image names, one a line.")
  var listsImages = false

  @Flag(name: .customLong("profiles"), help: "Print the profile names, one a line.")
  var listsProfiles = false

  @Option(
    name: .customLong("hash"),
    help: ArgumentHelp("Print the config hash of these services (comma-separated, or *).", valueName: "services"))
  var hashedServices: String?

  @Flag(name: .customLong("environment"), help: "Print the variables that interpolation sees.")
  var listsEnvironment = false

  @Flag(name: .customLong("variables"), help: "Print the variables that the files name, with their defaults.")
  var listsVariables = false

  @Flag(name: .shortAndLong, help: "Only check, print nothing.")
  var quiet = false

  @Flag(name: .customLong("no-interpolate"), help: "Do not replace variables.")
  var skipsInterpolation = false

  @Flag(name: .customLong("no-normalize"), help: "Do not add defaults.")
  var skipsNormalization = false

  @Flag(name: .customLong("no-consistency"), help: "Do not check references; the result may be invalid.")
  var skipsConsistency = false

  @Flag(name: .customLong("resolve-image-digests"), help: "Pin images to the digests that their registries tell.")
  var resolvesDigests = false

  @Flag(name: .customLong("lock-image-digests"), help: "Print an override file that pins the images, and nothing else.")
  var locksDigests = false

  @Flag(name: .customLong("no-env-resolution"), help: "Do not read env files of services.")
  var skipsServiceFiles = false

  @Flag(name: .customLong("no-path-resolution"), help: "Leave relative paths as written.")
  var skipsPathResolution = false

  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file.", valueName: "path"))
  var output: String?

  @Argument(help: "Services to keep, with what they depend on.")
  var services: [String] = []

  /// Something else than the model is asked for; -q does not keep it back, as with Docker Compose.
  private var lists: Bool {
    hashedServices != nil
      || [
        listsServices, listsVolumes, listsNetworks, listsModels, listsImages, listsProfiles, listsEnvironment, listsVariables,
      ].contains(true)
  }
  private var printsJSON: Bool { global.isJSON || format == .json }

  func run() async throws {
    let text = try await result()
    guard !quiet || lists else { return }
    // Of standard output the end of the command says it.
    if !StandardOutput.write(text, toFile: output), let output {
      throw CommandFailure("\(output): cannot be written: \(StandardOutput.lastError)")
    }
  }

  private func result() async throws -> String {
    var request = global.loadRequest(services: services)
    // As Docker Compose has it: no defaults under --compatibility.
    request.isNormalized = !skipsNormalization && !global.isCompatible
    request.resolvesPaths = !skipsPathResolution
    request.isConsistencyChecked = !skipsConsistency
    request.readsServiceFiles = !skipsServiceFiles
    if skipsInterpolation || listsVariables {
      request.isInterpolated = false
      let inspection = try inspected(request)
      if listsVariables { return variables(inspection) }
      return printsJSON
        ? CanonicalOutput.json(inspection.model, doublesDollars: false)
        : CanonicalOutput.yaml(inspection.model, doublesDollars: false)
    }
    if listsEnvironment {
      let environment = try inspected(request).environment.sorted { $0.key < $1.key }
      guard global.isJSON else { return lines(environment.map { "\($0.key)=\($0.value)" }) }
      return machineText(.map(ComposeMap(environment.map { ($0.key, .string($0.value)) })))
    }
    if listsProfiles { return lines(try inspected(request).profiles) }
    if hashedServices != nil || listsServices { request.services = [] }
    let project = try loaded(request)
    guard resolvesDigests || locksDigests else { return try text(of: project) }
    return try text(of: try await pinned(project))
  }

  private func inspected(_ request: LoadRequest) throws(ComposeProblems) -> ProjectInspection {
    let inspection = try ComposeLoader.inspect(request, from: CommandFiles(global.files))
    for warning in inspection.warnings { StandardError.warn("\(warning)") }
    return inspection
  }

  private func loaded(_ request: LoadRequest) throws(ComposeProblems) -> Project {
    let loaded = try ComposeLoader.load(request, from: CommandFiles(global.files))
    for warning in loaded.warnings { StandardError.warn("\(warning)") }
    return loaded.project
  }

  private func pinned(_ project: Project) async throws -> Project {
    let images = Set(project.services.compactMap(\.image))
    let pinned = try await StackSession(global: global).withOperations { try await $0.digests(of: images) }
    let failures = pinned.compactMap { pinned in pinned.failure.map { "image \(pinned.image) has no digest: \($0)" } }
    guard failures.isEmpty else {
      throw CommandFailure(
        failures.joined(separator: "\n") + "\n  fix: check the name and the tag, and that this machine may pull it (docker login)"
      )
    }
    var project = project
    project.canonical = ImageDigests.pinning(project.canonical, to: pinned)
    if locksDigests { project.canonical = ImageDigests.lock(project.canonical) }
    return project
  }

  private func text(of project: Project) throws(CommandFailure) -> String {
    if let hashedServices { return try hashes(of: project, hashedServices) }
    if listsServices { return lines(project.services.map(\.name)) }
    if listsVolumes { return lines(project.volumes.keys.sorted()) }
    if listsNetworks { return lines(project.networks.keys.sorted()) }
    if listsModels {
      return lines(project.canonical["models"]?.map?.pairs.compactMap { $0.value["model"]?.string }.sorted() ?? [])
    }
    if listsImages {
      let separator = global.isCompatible ? "_" : "-"
      let images = project.services.filter { !$0.isProvider || $0.image != nil }
        .map { $0.image ?? "\(project.name)\(separator)\($0.name)" }
      return lines(Set(images).sorted())
    }
    return printsJSON ? CanonicalOutput.json(project) : CanonicalOutput.yaml(project)
  }

  /// `DOCKER_DEFAULT_PLATFORM` counts for services that are built and name no platform.
  private func hashes(of project: Project, _ wanted: String) throws(CommandFailure) -> String {
    let names = Set(wanted.split(separator: ",").map(String.init))
    if wanted != "*", let unknown = names.sorted().first(where: { project.service($0) == nil }) {
      throw CommandFailure("no such service: \(unknown)")
    }
    let platform = ProcessEnvironment.all["DOCKER_DEFAULT_PLATFORM"] ?? ""
    let hashes = project.services.filter { wanted == "*" || names.contains($0.name) }.map { service in
      let hash =
        service.platform == nil && service.build != nil && !platform.isEmpty
        ? service.configHash(replacing: ["platform": .string(platform)]) : service.configHash
      return (service.name, hash)
    }
    guard global.isJSON else { return lines(hashes.map { "\($0.0) \($0.1)" }) }
    return machineText(.map(ComposeMap(hashes.map { ($0.0, .string($0.1)) })))
  }

  private func variables(_ inspection: ProjectInspection) -> String {
    if global.isJSON {
      let rows = VariableReference.all(in: inspection.model).map { variable in
        ComposeValue.map(
          ComposeMap([
            ("name", .string(variable.name)), ("required", .bool(variable.isRequired)),
            ("default", .string(variable.defaultValue)), ("alternate", .string(variable.alternateValue)),
          ]))
      }
      return machineText(.list(rows))
    }
    let heads = ["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"]
    let rows = VariableReference.all(in: inspection.model).map {
      [$0.name, String($0.isRequired), $0.defaultValue, $0.alternateValue]
    }
    // The columns of Docker Compose: 20 wide at least, 3 apart.
    let widths = heads.indices.map { column in max(17, ([heads] + rows).map { $0[column].count }.max() ?? 0) }
    return text(
      ([heads] + rows).map { row in
        row.enumerated().map { column, text in
          column == heads.count - 1 ? text : text + String(repeating: " ", count: widths[column] - text.count + 3)
        }.joined()
      })
  }

  private func lines(_ lines: [String]) -> String {
    global.isJSON ? machineText(.list(lines.map { .string($0) })) : text(lines)
  }

  private func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

  private func machineText(_ value: ComposeValue) -> String { value.json(indented: true) + "\n" }
}
