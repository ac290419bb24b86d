package import ComposeFile
import DockerEngine
import StackPlanning

/// Which images a `pull` fetches, and what became of each.
package enum ImagePulls {
  package enum Policy: String, Sendable { case missing, always }

  package struct Request: Sendable {
    package var project: Project
    /// Empty: all.
    package var services: [String] = []
    package var includesDependencies = false
    package var skipsBuildable = false
    /// nil: each service's own.
    package var policy: Policy?

    package init(project: Project) { self.project = project }
  }

  /// An image that is wanted, or the reason that it is not.
  package struct Wanted: Hashable, Sendable {
    package var reference: String
    package var platform: String?
    package var services: [String]
    package var onlyIfMissing: Bool
    /// A failure is not one: it can be built instead.
    package var isBuildable: Bool
    package var reasonToSkip: String?
  }

  package struct Outcome: Hashable, Sendable, Codable {
    package var reference: String
    package var services: [String]
    package var isSkipped = false
    /// Why it was skipped.
    package var note = ""
    /// Why it could not be pulled.
    package var failure: String?
  }

  /// What is to be pulled, by image; throws for a service that is not there.
  package static func plan(_ request: Request) throws(ServiceRefusal) -> [Wanted] {
    let project = request.project
    for name in request.services where project.service(name) == nil {
      throw ServiceRefusal(
        description: """
          no such service: "\(name)" in the project \(project.name)
            fix: name one of: \(project.services.map(\.name).joined(separator: ", "))
          """)
    }
    var names = Set(request.services.isEmpty ? project.services.map(\.name) : request.services)
    if request.includesDependencies { names = StartOrder.closure(of: Array(names), in: project.services) }
    var wanted: [Wanted] = []
    for service in project.services where names.contains(service.name) && !service.isProvider {
      let one = self.wanted(service, request)
      let same = wanted.firstIndex {
        $0.reference == one.reference && $0.platform == one.platform && $0.reasonToSkip == one.reasonToSkip
      }
      if let same {
        wanted[same].services.append(service.name)
        wanted[same].onlyIfMissing = wanted[same].onlyIfMissing && one.onlyIfMissing
        wanted[same].isBuildable = wanted[same].isBuildable && one.isBuildable
      } else {
        wanted.append(one)
      }
    }
    return wanted
  }

  private static func wanted(_ service: Service, _ request: Request) -> Wanted {
    let isMissingOnly = ["missing", "if_not_present"].contains(service.pullPolicy ?? "")
    var one = Wanted(
      reference: request.project.imageReference(of: service), platform: service.platform,
      services: [service.name], onlyIfMissing: request.policy.map { $0 == .missing } ?? isMissingOnly,
      isBuildable: service.build != nil)
    if service.image == nil {
      one.reasonToSkip = "it is built, not pulled"
    } else if service.pullPolicy == "never" || service.pullPolicy == "build" {
      one.reasonToSkip = "pull_policy: \(service.pullPolicy ?? "")"
    } else if request.skipsBuildable, one.isBuildable {
      one.reasonToSkip = "it can be built"
    }
    return one
  }
}

extension StackOperations {
  /// Pulls images, four at a time; one that fails does not keep the others from being pulled.
  package func pull(_ wanted: [ImagePulls.Wanted]) async throws -> [ImagePulls.Outcome] {
    let present = wanted.contains(where: \.onlyIfMissing) ? try await presentImages(wanted.map(\.reference)) : []
    return try await wanted.concurrentMap(atOnce: 4) { try await pull($0, isPresent: present.contains($0.reference)) }
  }

  private func presentImages(_ references: [String]) async throws -> Set<String> {
    let observed = try await EngineObserver(engine).images(references)
    return Set(observed.keys)
  }

  private func pull(_ image: ImagePulls.Wanted, isPresent: Bool) async throws -> ImagePulls.Outcome {
    var outcome = ImagePulls.Outcome(reference: image.reference, services: image.services)
    if let reason = image.reasonToSkip ?? (image.onlyIfMissing && isPresent ? "it is there already" : nil) {
      outcome.isSkipped = true
      outcome.note = reason
      return outcome
    }
    do {
      try await pullImage(image.reference, platform: image.platform)
    } catch {
      try Task.checkCancellation()
      let reason = (error as? EngineError)?.engineMessage ?? "\(error)"
      if image.isBuildable {
        progress(.warning("image \(image.reference) could not be pulled and must be built: \(reason)"))
        outcome.isSkipped = true
        outcome.note = "it must be built"
      } else {
        outcome.failure = reason
      }
    }
    return outcome
  }
}
