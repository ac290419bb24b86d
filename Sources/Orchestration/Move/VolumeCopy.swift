import DockerEngine
import Synchronization

/// Copies a volume from one engine to another, through containers that are never started (S-TAR-2).
///
/// The archive is judged on its way, and what has arrived is read back and compared.
struct VolumeCopy: Sendable {
  /// One side of a copy.
  struct Side: Sendable {
    var engine: EngineClient
    /// Of the container: any that is there will do.
    var image: String
    /// Value of the label `slipway.op`.
    var operation: String
    var isReadOnly: Bool
  }

  let source: Side
  let target: Side
  let sourceVolume: String
  let targetVolume: String
  /// Tells the containers of one move apart.
  let number: Int
  /// 0: not known.
  let sizeBytes: Int64
  let progress: ProgressSink

  /// Every volume is mounted here, so that its archive begins with the same name on both sides.
  private static let place = "/slipway/volume"
  private static let folder = "/slipway"

  /// The target volume as it was made.
  private let made = Made()

  private final class Made: Sendable {
    let spec = Mutex<VolumeSpec?>(nil)
  }

  private var object: String { "Volume \(targetVolume)" }

  // MARK: Containers

  func prepareSource() async throws { _ = try await makeContainer(source, sourceVolume) }

  func prepareTarget() async throws {
    let spec = try await target.engine.volumeSpec(of: targetVolume)
    made.spec.withLock { $0 = spec }
    _ = try await makeContainer(target, targetVolume)
  }

  func removeSource() async throws { try await Self.remove(name(source), source.engine) }

  func removeTarget() async throws { try await Self.remove(name(target), target.engine) }

  private func name(_ side: Side) -> String { "slipway-move-\(side.operation)-\(number)" }

  private static func remove(_ name: String, _ engine: EngineClient) async throws {
    do {
      try await engine.removeContainer(name, force: true, volumes: true)
    } catch EngineError.notFound {
      // The aim is reached.
    }
  }

  private func makeContainer(_ side: Side, _ volume: String) async throws -> String {
    // An attempt whose answer was lost may have made it.
    try await Self.remove(name(side), side.engine)
    var spec = ContainerSpec()
    spec.config.image = side.image
    spec.config.entrypoint = ["/slipway-never-started"]
    spec.config.command = []
    spec.config.labels = [ComposeLabel.operation: side.operation, ComposeLabel.movedVolume: volume]
    spec.hostConfig.networkMode = "none"
    var mount = MountSpec()
    mount.kind = "volume"
    mount.source = volume
    mount.target = Self.place
    mount.isReadOnly = side.isReadOnly
    var options = MountVolumeOptions()
    options.skipsCopy = true
    mount.volumeOptions = options
    spec.hostConfig.mounts = [mount]
    return try await side.engine.createContainer(named: name(side), spec).id
  }

  // MARK: Data

  /// Reads the source once while it may still be written to: what must not be unpacked shows before anything is stopped.
  ///
  /// - Throws: `OperationRefused` that names the volume.
  func lookThrough() async throws {
    var judge = ArchiveJudge()
    do {
      for try await chunk in try await source.engine.getArchive(Self.place, from: name(source)).archive { try judge.take(chunk) }
    } catch let problem as TarProblem {
      throw refusal(problem)
    } catch let error as EngineError {
      // A file that changes while it is read may end the archive: the copy itself finds what is really wrong.
      if case .cancelled = error { throw error }
    }
  }

  /// Copies, and compares what has arrived. The source must not change meanwhile, the target must be empty.
  ///
  /// - Parameter isRepeat: an attempt was made before: the target volume is made anew.
  func run(isRepeat: Bool) async throws -> Int64 {
    if isRepeat {
      try await removeTarget()
      let known = made.spec.withLock { $0 }
      try await target.engine.renewVolume(targetVolume, of: target.operation, known: known)
      try await prepareTarget()
    }
    progress(.copying(object: object, currentBytes: 0, totalBytes: sizeBytes))
    let sent = try await send()
    let found = try await readBack()
    if let difference = found.difference(from: sent) {
      throw OperationRefused(
        description: "volume \(sourceVolume) did not arrive as it was: \(difference)\n  fix: look whether something writes to it")
    }
    progress(.copied(object: object, bytes: sent.bytes))
    return sent.bytes
  }

  private final class Reading: Sendable {
    let inventory = Mutex(ArchiveInventory())
  }

  private func send() async throws -> ArchiveInventory.Content {
    let reading = Reading()
    let (progress, object, sizeBytes) = (progress, object, sizeBytes)
    let relay = EngineRelay(
      try await source.engine.getArchive(Self.place, from: name(source)).archive,
      tell: { progress(.copying(object: object, currentBytes: $0, totalBytes: sizeBytes)) },
      look: { chunk in try reading.inventory.withLock { try $0.take(chunk) } },
      end: { _ = try reading.inventory.withLock { try $0.finish() } })
    do {
      try await target.engine.putArchive(relay, to: Self.folder, in: name(target), copiesOwners: false)
    } catch {
      throw told(relay.failure ?? error)
    }
    if let failure = relay.failure { throw told(failure) }
    return try reading.inventory.withLock { try $0.finish() }
  }

  private func readBack() async throws -> ArchiveInventory.Content {
    var inventory = ArchiveInventory()
    for try await chunk in try await target.engine.getArchive(Self.place, from: name(target)).archive {
      try inventory.take(chunk)
    }
    return try inventory.finish()
  }

  private func told(_ failure: any Error) -> any Error {
    guard let problem = failure as? TarProblem else { return failure }
    return refusal(problem)
  }

  private func refusal(_ problem: TarProblem) -> OperationRefused {
    OperationRefused(
      description:
        "volume \(sourceVolume) cannot be copied: \(problem)\n  fix: take that out of the volume, or move the stack with --without-volumes and copy the data yourself"
    )
  }
}
