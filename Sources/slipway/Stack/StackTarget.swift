import ComposeFile
import Orchestration

extension StackSession {
  /// The whole project; naming a service activates its profiles. Names that the files do not have are left to the containers.
  func load(naming services: [String], quiet: Bool = false) throws -> LoadedProject {
    let loaded = try load(quiet: quiet)
    let inactive = services.filter { loaded.project.inactiveServices.contains($0) }
    return inactive.isEmpty ? loaded : try load(activating: inactive, quiet: true)
  }

  /// The project that a command on running services is about, by its files; by its name alone when they cannot be read and
  /// `-p` or `COMPOSE_PROJECT_NAME` gives one, as Compose does.
  func scope(services: [String] = []) throws -> ServiceScope {
    do {
      let project = try load(naming: services, quiet: true).project
      return ServiceScope(project: project.name, services: services, model: project)
    } catch let problems as ComposeProblems {
      guard givenName != nil else { throw problems }
      return ServiceScope(project: try projectName(), services: services)
    }
  }
}
