import ComposeFile
import Orchestration

extension StackSession {
  /// The whole project; naming a service activates its profiles.
  func load(naming services: [String], quiet: Bool = false) throws -> Project {
    var project = try load(quiet: quiet).project
    let missing = services.filter { project.service($0) == nil && project.inactiveServices.contains($0) }
    if missing.isEmpty { return project }
    let named = try load(services: missing, quiet: true).project
    let added = named.services.filter { project.service($0.name) == nil }
    project.services += added
    project.inactiveServices.removeAll { name in added.contains { $0.name == name } }
    project.networks.merge(named.networks) { old, _ in old }
    project.volumes.merge(named.volumes) { old, _ in old }
    return project
  }

  /// The project that a command on running services is about, by its files; by its name alone when they cannot be read and
  /// `-p` or `COMPOSE_PROJECT_NAME` gives one, as Compose does.
  func scope(services: [String] = []) throws -> ServiceScope {
    do {
      let project = try load(naming: services, quiet: true)
      return ServiceScope(project: project.name, services: services, model: project)
    } catch let problems as ComposeProblems {
      guard global.projectName ?? environment["COMPOSE_PROJECT_NAME"] ?? "" != "" else { throw problems }
      return ServiceScope(project: try projectName(), services: services)
    }
  }
}
