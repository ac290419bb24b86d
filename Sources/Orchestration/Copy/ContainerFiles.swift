package import DockerEngine

/// What copying asks of the containers of a project: an engine, or a server in front of one.
package protocol ContainerFiles: Sendable {
  /// Those of services, ended ones too, in the order of `serviceContainers`.
  func containers(of project: String) async throws -> [ServiceContainer]
  /// What stands at a path; nil: nothing does.
  func seen(at path: String, in container: String) async throws -> ArchivePathStat?
  /// Runs `body` with the file or folder at a path as a tar archive.
  func withArchive(
    at path: String, of container: String, _ body: (ArchivePathStat, ArchiveBytes) async throws -> Void
  ) async throws
  /// Unpacks a tar archive into a folder.
  func put<Archive: AsyncSequence & Sendable>(
    _ archive: Archive, to path: String, in container: String, keepsKinds: Bool, copiesOwners: Bool
  ) async throws where Archive.Element == [UInt8]
}

/// The bytes of an archive as they come; for one reader.
package struct ArchiveBytes: AsyncSequence, AsyncIteratorProtocol {
  private let pull: () async throws -> [UInt8]?

  package init(_ pull: @escaping () async throws -> [UInt8]?) { self.pull = pull }

  package func next() async throws -> [UInt8]? { try await pull() }

  package func makeAsyncIterator() -> ArchiveBytes { self }
}

extension EngineClient: ContainerFiles {
  package func containers(of project: String) async throws -> [ServiceContainer] { try await serviceContainers(of: project) }

  package func seen(at path: String, in container: String) async throws -> ArchivePathStat? {
    try await unlessAbsent { try await statPath(path, in: container) }
  }

  package func withArchive(
    at path: String, of container: String, _ body: (ArchivePathStat, ArchiveBytes) async throws -> Void
  ) async throws {
    let (stat, archive) = try await getArchive(path, from: container)
    var iterator = archive.makeAsyncIterator()
    try await body(stat, ArchiveBytes { try await iterator.next() })
  }

  package func put<Archive: AsyncSequence & Sendable>(
    _ archive: Archive, to path: String, in container: String, keepsKinds: Bool, copiesOwners: Bool
  ) async throws where Archive.Element == [UInt8] {
    try await putArchive(archive, to: path, in: container, keepsKinds: keepsKinds, copiesOwners: copiesOwners)
  }
}
