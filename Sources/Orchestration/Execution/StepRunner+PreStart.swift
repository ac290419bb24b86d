import ComposeFile
import DockerEngine
import StackPlanning

extension StepRunner {
  /// How long a `pre_start` hook may run.
  private static let hookLimit: Duration = .seconds(3600)

  /// Runs a `pre_start` hook: a container of its own beside the service's first one, whose volumes it sees (observed with Docker
  /// Compose 5.6.1). It is removed when it ended with 0, and kept for a look when it did not.
  func preStartHook(_ container: ContainerReference, _ index: Int) async throws {
    guard let project = context.project, let hook = project.service(container.service)?.preStartService(index) else { return }
    let first = try id(container)
    let apiVersion = try await engine.identity().apiVersion
    let image = project.imageReference(of: hook)
    let specification = ContainerSpecification(
      project: project, service: hook, number: 0, name: "\(project.name)-\(hook.name)-0",
      image: context.pinnedImages[hook.name] ?? image, imageID: "", apiVersion: apiVersion, operation: context.operation,
      revision: context.revision, neighbours: neighbours(), replaced: nil,
      enginePaths: context.enginePaths)
    var spec = specification.spec()
    spec.config.labels = hook.labels
    spec.config.labels[ComposeLabel.project] = project.name
    spec.config.labels[ComposeLabel.service] = hook.name
    spec.config.labels[ComposeLabel.hook] = "pre_start"
    spec.config.labels[ComposeLabel.hookIndex] = String(index)
    spec.config.labels[ComposeLabel.dependsOn] = ""
    spec.config.labels[ComposeLabel.version] = ComposeLabel.composeVersion
    spec.config.labels[ComposeLabel.operation] = context.operation
    spec.hostConfig.volumesFrom = [first]
    let made = try await writes.createContainer(
      named: "\(project.name)-\(hook.name)-pre_start-\(index)", spec, platform: hook.platform, of: hook.name,
      part: "pre_start", enginePaths: context.enginePaths, own: [first]
    ).id
    for network in specification.laterNetworks {
      try await engine.connectNetwork(network.name, container: made, specification.endpoint(on: network.key))
    }
    let archive = try FileArchive.bytes(of: hook, in: project)
    if archive.count > FileArchive.emptyBytes { try await engine.putArchive(OneChunk(bytes: archive), to: "/", in: made) }
    let wait = try await engine.startWaiting(made, for: .nextExit)
    _ = try await engine.startContainer(made)
    let code = try await wait.result(limit: Self.hookLimit).statusCode
    guard code == 0 else { throw HookFailure(service: hook.name, index: index, code: code, container: made) }
    try await engine.removeContainer(made, force: true, volumes: true)
  }
}

/// A `pre_start` hook that ended with another code than 0.
struct HookFailure: Error, CustomStringConvertible {
  var service: String
  var index: Int
  var code: Int
  var container: String

  var description: String { "pre_start[\(index)] of \(service) ended with \(code)" }
}
