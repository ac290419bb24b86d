import DockerEngine
import ImageVersioning
import StackPlanning

extension StackMove {
  /// Brings the images that the target lacks; gives their ids there by service.
  func bringImages(_ images: [MoveFacts.Image], _ engines: BothEngines) async throws -> [String: String] {
    var pinned: [String: String] = [:]
    for image in images {
      let id = try await engines.patiently { _ in try await bring(image) }
      try await name(id, image.reference)
      for service in image.services { pinned[service] = id }
    }
    return pinned
  }

  private func bring(_ image: MoveFacts.Image) async throws -> String {
    if let id = try await idOnTarget(image) { return id }
    if let digest = image.digest {
      do {
        try await target.pullImage(digest)
        if let id = try await idOnTarget(image) { return id }
      } catch {
        guard let failure = error as? EngineError, !failure.saysEngineIsGone, !Task.isCancelled else { throw error }
        source.progress(.warning("\(image.reference) cannot be pulled on \(target.server), it is sent there: \(failure)"))
      }
    }
    try await send(image)
    guard let id = try await arrived(image) else {
      throw OperationRefused(
        description:
          "image \(image.reference) was sent to \(target.server), and is not there\n  fix: load it there yourself, or push it to a registry"
      )
    }
    return id
  }

  /// From engine to engine, in bounded memory.
  private func send(_ image: MoveFacts.Image) async throws {
    let object = "Image \(image.reference)"
    let (progress, size) = (source.progress, image.sizeBytes)
    // By its name where that is its own on both sides: the target then knows it by that. A name of another image stays there.
    let isNamed = try await source.engine.imageIfPresent(image.reference)?.id == image.id
    let isFree = try await target.engine.imageIfPresent(image.reference) == nil
    progress(.copying(object: object, currentBytes: 0, totalBytes: size))
    let relay = EngineRelay(
      try await source.engine.saveImages([isNamed && isFree ? image.reference : image.id]),
      tell: { progress(.copying(object: object, currentBytes: $0, totalBytes: size)) })
    do {
      _ = try await target.engine.loadImages(relay)
    } catch {
      throw relay.failure ?? error
    }
    if let failure = relay.failure { throw failure }
    progress(.copied(object: object, bytes: relay.bytes))
  }

  private func arrived(_ image: MoveFacts.Image) async throws -> String? {
    if let id = try await idOnTarget(image) { return id }
    return try await target.engine.imageIfPresent(image.reference)?.id
  }

  /// Gives the image the name that the files use, where that is free.
  private func name(_ id: String, _ reference: String) async throws {
    guard let parsed = try? ImageReference(parsing: reference), parsed.digest == nil,
      try await target.engine.imageIfPresent(reference) == nil
    else { return }
    try await target.engine.tagImage(id, repository: parsed.familiarName, tag: parsed.tag ?? "latest")
  }
}

/// Waits for whichever of two engines has gone (R-ENG-1).
struct BothEngines: Sendable {
  private static let repeats = 3

  private let engines: [EnginePatience]

  init(_ move: StackMove) {
    engines = [move.source, move.target].map {
      EnginePatience(engine: $0.engine, limit: move.waits.engine, progress: $0.progress)
    }
  }

  /// Runs `body` again, told so, each time both engines answer after one was gone.
  func patiently<Value>(_ body: (_ isRepeat: Bool) async throws -> Value) async throws -> Value {
    var count = 0
    while true {
      do {
        return try await body(count > 0)
      } catch {
        guard let failure = error as? EngineError, failure.saysEngineIsGone, count < Self.repeats, !Task.isCancelled else {
          throw error
        }
        for engine in engines { try await engine.waitUntilBack(after: failure) }
        count += 1
      }
    }
  }
}
