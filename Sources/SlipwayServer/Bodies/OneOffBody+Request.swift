package import ComposeFile
import HTTPTypes
package import Orchestration
package import SlipwayAPI
import StackPlanning

/// A one-off container on the wire, and back.
extension OneOffBody {
  package init(_ request: OneOffRequest, _ changes: OneOffChanges, isDetached: Bool) {
    self.init(service: request.service.name, name: changes.containerName, slug: request.slug)
    command = changes.command
    entrypoint = changes.entrypoint
    user = changes.user
    workingDirectory = changes.workingDirectory
    environment = changes.environment
    labels = changes.labels
    tty = changes.hasTTY
    stdin = changes.isStdinOpen
    dropCapabilities = changes.droppedCapabilities
    switch changes.ports {
    case .none: break
    case .ofService: servicePorts = true
    case .published(let ports): self.ports = ports
    }
    pull = request.pull?.rawValue
    build = request.build == .always
    useAliases = request.usesAliases
    remove = request.removesItself
    removeOrphans = request.removesOrphans
    skipDependencies = request.dependencies == nil
    detach = isDetached
    timeoutSeconds = Int(request.waits.condition.components.seconds)
  }

  private func changes(addedCapabilities: [String], volumes: [String]) -> OneOffChanges {
    var changes = OneOffChanges(containerName: name)
    changes.command = command ?? []
    changes.entrypoint = entrypoint
    changes.user = user
    changes.workingDirectory = workingDirectory
    changes.environment = environment ?? [:]
    changes.labels = labels ?? [:]
    changes.hasTTY = tty ?? false
    changes.isStdinOpen = stdin ?? true
    changes.addedCapabilities = addedCapabilities
    changes.droppedCapabilities = dropCapabilities ?? []
    changes.volumes = volumes
    if servicePorts == true {
      changes.ports = .ofService
    } else if let ports {
      changes.ports = .published(ports)
    }
    return changes
  }

  /// - Parameter deploy: of the project that the service is in; what it depends on is deployed by it.
  /// - Throws: `ComposeProblems` with all that is wrong with the changes; a `Problem` for a service that is not there.
  package func request(
    _ deploy: DeployRequest, addedCapabilities: [String] = [], volumes: [String] = [], home: String? = nil
  ) throws -> OneOffRequest {
    guard let found = deploy.project.service(service) else {
      throw Problem(.unprocessable, "no_such_service", "the stack has no service \(service)")
    }
    let changed = try found.oneOff(
      changes(addedCapabilities: addedCapabilities, volumes: volumes), directory: deploy.project.workingDirectory, home: home)
    var request = OneOffRequest(project: deploy.project, service: changed, slug: slug)
    request.pull = pull.flatMap { PlanOptions.Pull(rawValue: $0) }
    request.build = build == true ? .always : .asNeeded
    request.builds = deploy.builds
    request.usesAliases = useAliases ?? false
    request.attachesStdin = stdin ?? true
    request.removesItself = remove ?? false
    request.removesOrphans = removeOrphans ?? false
    request.waits = deploy.waits
    if let timeoutSeconds { request.waits.condition = .seconds(timeoutSeconds) }
    guard skipDependencies != true else { return request }
    var dependencies = deploy
    dependencies.options.services = changed.dependsOn.keys.sorted()
    dependencies.options.removesOrphans = request.removesOrphans
    dependencies.options.build = request.build
    dependencies.waits = request.waits
    dependencies.message = "run \(service)"
    request.dependencies = dependencies
    return request
  }
}
