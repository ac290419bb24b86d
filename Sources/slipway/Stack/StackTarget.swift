import ComposeFile
import Orchestration

extension StackSession {
  /// The project that a command on running services is about, by its files; by its name alone when they cannot be read and
  /// `-p` or `COMPOSE_PROJECT_NAME` gives one, as Compose does.
  func scope(services: [String] = []) throws -> ServiceScope {
    do {
      var project = try load(quiet: true).project
      let missing = services.filter { project.service($0) == nil && project.inactiveServices.contains($0) }
      if !missing.isEmpty {
        // Naming a service activates its profiles.
        let named = try load(services: missing, quiet: true).project
        project.services += named.services.filter { project.service($0.name) == nil }
      }
      return ServiceScope(project: project.name, services: services, model: project)
    } catch let problems as ComposeProblems {
      guard global.projectName ?? environment["COMPOSE_PROJECT_NAME"] ?? "" != "" else { throw problems }
      return ServiceScope(project: try projectName(), services: services)
    }
  }
}
