package import ComposeFile
import DockerEngine
import StackPlanning

/// Which images a `push` sends, and what became of each.
package enum ImagePushes {
  /// An image of a service that is built under a name of its own, or the reason that it is not sent.
  package struct Wanted: Hashable, Sendable {
    package var reference: String
    package var service: String
    package var reasonToSkip: String?
  }

  package struct Outcome: Hashable, Sendable, Codable {
    package var reference: String
    package var service: String
    /// Why it was not sent, where that is no failure.
    package var note: String?
    /// As the registry knows it; empty when the engine does not say.
    package var digest = ""
    package var failure: String?
  }

  /// What is to be pushed, as Docker Compose chooses: images of services with `build` and `image`, with the tags of the build.
  ///
  /// - Throws: `ServiceRefusal` for a service that is not there.
  package static func plan(
    _ project: Project, services: [String], includesDependencies: Bool
  ) throws(ServiceRefusal) -> [Wanted] {
    for name in services where project.service(name) == nil {
      throw ServiceRefusal(
        description: """
          no such service: "\(name)" in the project \(project.name)
            fix: name one of: \(project.services.map(\.name).joined(separator: ", "))
          """)
    }
    var names = Set(services.isEmpty ? project.services.map(\.name) : services)
    if includesDependencies { names = StartOrder.closure(of: Array(names), in: project.services) }
    var wanted: [Wanted] = []
    for service in project.services where names.contains(service.name) && !service.isProvider {
      var one = Wanted(reference: project.imageReference(of: service), service: service.name)
      guard let build = service.buildSection, service.image != nil else {
        one.reasonToSkip = service.build == nil ? "it is not built here" : "it has no `image` that names a registry"
        wanted.append(one)
        continue
      }
      for reference in [one.reference] + build.tags where !wanted.contains(where: { $0.reference == reference }) {
        wanted.append(Wanted(reference: reference, service: service.name))
      }
    }
    return wanted
  }
}

extension StackOperations {
  /// Pushes images, four at a time; one that fails does not keep the others from being pushed.
  package func push(_ wanted: [ImagePushes.Wanted]) async throws -> [ImagePushes.Outcome] {
    try await wanted.concurrentMap(atOnce: 4) { try await push($0) }
  }

  private func push(_ image: ImagePushes.Wanted) async throws -> ImagePushes.Outcome {
    var outcome = ImagePushes.Outcome(reference: image.reference, service: image.service, note: image.reasonToSkip)
    guard image.reasonToSkip == nil else { return outcome }
    do {
      let auth = try await credentials.auth(forImage: image.reference)
      for try await event in try await engine.pushImage(image.reference, auth: auth) {
        if let digest = event.auxiliary?.digest, !digest.isEmpty { outcome.digest = digest }
        progress(
          .pushing(
            reference: image.reference, layer: event.id, status: event.status, currentBytes: event.detail.currentBytes,
            totalBytes: event.detail.totalBytes))
      }
      progress(.pushed(reference: image.reference))
    } catch {
      try Task.checkCancellation()
      outcome.failure = error.engineMessage ?? "\(error)"
    }
    return outcome
  }
}
