package import ComposeFile
import DockerEngine
import ImageVersioning

/// Pins images to what their tags stand for now.
package enum ImageDigests {
  /// An image as a compose file names it, and in full with its digest.
  package struct Pinned: Hashable, Sendable {
    package var image: String
    package var reference: String
    /// Why its registry tells no digest.
    package var failure: String?
  }

  /// The model with pinned images in its services.
  package static func pinning(_ canonical: ComposeValue, to pinned: [Pinned]) -> ComposeValue {
    let references = Dictionary(pinned.map { ($0.image, $0.reference) }) { first, _ in first }
    guard var root = canonical.map, let services = root["services"]?.map else { return canonical }
    root["services"] = .map(
      ComposeMap(
        services.pairs.map { name, service in
          guard var fields = service.map, let image = fields["image"]?.string, let reference = references[image] else {
            return (name, service)
          }
          fields["image"] = .string(reference)
          return (name, .map(fields))
        }))
    return .map(root)
  }

  /// An override file that says nothing but the images.
  package static func lock(_ canonical: ComposeValue) -> ComposeValue {
    let services = (canonical["services"]?.map?.pairs ?? []).map { name, service in
      (name, ComposeValue.map(ComposeMap(service["image"].map { [("image", $0)] } ?? [])))
    }
    return .map(ComposeMap([("services", .map(ComposeMap(services)))]))
  }
}

extension StackOperations {
  /// Asks the registries, through the engine, for the digests of all images that are named without one.
  package func digests(of images: Set<String>) async throws -> [ImageDigests.Pinned] {
    try await images.sorted().concurrentMap(atOnce: 4) { image in
      var pinned = ImageDigests.Pinned(image: image, reference: image)
      do {
        let reference = try ImageReference(parsing: image)
        guard reference.digest == nil else {
          pinned.reference = reference.withoutTag.description
          return pinned
        }
        let found = try await engine.inspectDistribution(
          reference.description, auth: try await credentials.auth(forImage: reference.description))
        pinned.reference = try reference.withDigest(found.descriptor.digest).description
      } catch {
        try Task.checkCancellation()
        let answer = error as? EngineError
        if answer?.saysEngineIsGone == true { throw error }
        pinned.failure = answer?.engineMessage ?? "\(error)"
      }
      return pinned
    }
  }
}
