package import DockerEngine
package import RevisionStore

/// Which images of an engine nobody needs, and why each of the others stays (D7).
///
/// Pure: the same lists give the same plan.
package struct ImagePrunePlan: Hashable, Sendable {
  /// Why an image stays.
  package enum Reason: Hashable, Sendable {
    /// A container is made of it, running or not.
    case container(name: String)
    /// A revision that is kept needs it to be rolled back to, or runs with it.
    case revision(stack: StackKey, number: Int)
    /// It has a name, and only nameless ones were to go.
    case tagged
  }

  package struct Image: Hashable, Sendable {
    package var id: String
    package var tags: [String]
    package var digests: [String]
    /// Since 1970.
    package var createdAtSeconds: Int64
    package var sizeBytes: Int64
    package var sharedSizeBytes: Int64?
    /// Empty: it goes.
    package var reasons: [Reason]

    /// What its removal sets free: what it shares with others stays.
    package var ownBytes: Int64 { max(0, sizeBytes) - min(max(0, sharedSizeBytes ?? 0), max(0, sizeBytes)) }
  }

  /// By name, then id.
  package var removed: [Image]
  package var kept: [Image]

  /// - Parameters:
  ///   - uses: by revisions that are kept.
  ///   - onlyUntagged: images with a name stay.
  package init(images: [ImageSummary], containers: [ContainerSummary], uses: [ImageUse], onlyUntagged: Bool) {
    let holders = Self.holders(containers, uses)
    var all = images.map { image in
      let tags = image.tags.filter { $0 != "<none>:<none>" }
      var reasons = Self.reasons(image, holders)
      if onlyUntagged, !tags.isEmpty { reasons.append(.tagged) }
      return Image(
        id: image.id, tags: tags.sorted(), digests: image.digests.filter { !$0.hasPrefix("<none>") }.sorted(),
        createdAtSeconds: image.createdAtSeconds, sizeBytes: image.sizeBytes,
        sharedSizeBytes: image.sharedSizeBytes >= 0 ? image.sharedSizeBytes : nil, reasons: reasons)
    }
    all.sort { ($0.tags.first ?? "~", $0.id) < ($1.tags.first ?? "~", $1.id) }
    removed = all.filter(\.reasons.isEmpty)
    kept = all.filter { !$0.reasons.isEmpty }
  }

  /// What needs images, by id and by digest.
  private struct Holders {
    var byID: [String: [Reason]] = [:]
    var byDigest: [String: [Reason]] = [:]
  }

  private static func holders(_ containers: [ContainerSummary], _ uses: [ImageUse]) -> Holders {
    var holders = Holders()
    for container in containers { holders.byID[container.imageID, default: []].append(.container(name: container.name)) }
    for use in uses {
      let reason = Reason.revision(stack: use.stack, number: use.revision)
      if !use.imageID.isEmpty { holders.byID[use.imageID, default: []].append(reason) }
      if let digest = use.digest?.split(separator: "@").last { holders.byDigest[String(digest), default: []].append(reason) }
    }
    return holders
  }

  private static func reasons(_ image: ImageSummary, _ holders: Holders) -> [Reason] {
    var reasons = holders.byID[image.id] ?? []
    for digest in image.digests {
      guard let sum = digest.split(separator: "@").last else { continue }
      reasons += holders.byDigest[String(sum)] ?? []
    }
    var seen: Set<Reason> = []
    return reasons.filter { seen.insert($0).inserted }
  }
}

/// Removes the images of a plan.
package struct ImagePrune: Sendable {
  package struct Result: Hashable, Sendable {
    package var removed: [String] = []
    package var reclaimedBytes: Int64 = 0
    /// By image: why it is still there.
    package var failures: [String: String] = [:]
  }

  private let engine: EngineClient

  package init(_ engine: EngineClient) { self.engine = engine }

  /// Removes one name after the other, never by force: what a container began to use meanwhile stays, and is told.
  package func run(_ plan: ImagePrunePlan, told: (String) -> Void) async throws -> Result {
    var result = Result()
    for image in plan.removed {
      try Task.checkCancellation()
      let name = image.tags.first ?? image.id
      do {
        for reference in image.tags.isEmpty ? [image.id] : image.tags { try await engine.removeImage(reference) }
        result.removed.append(name)
        result.reclaimedBytes = result.reclaimedBytes.clampedAdding(image.ownBytes)
        told(name)
      } catch {
        switch error {
        // Somebody else removed it: the aim is reached.
        case .notFound: result.removed.append(name)
        case .conflict(_, let message): result.failures[name] = message
        default: throw error
        }
      }
    }
    return result
  }
}
