import FoundationEssentials
import NIOHTTP1

/// What stands at a path in a container.
package struct ArchivePathStat: WireValue, Sendable {
  @OrDefault package var name: String
  @OrDefault package var sizeBytes: Int64
  /// Go's `os.FileMode`: permission bits below, the kind in the high bits.
  @OrDefault package var mode: UInt64
  @OrDefault package var modifiedAt: EngineTimestamp
  @OrDefault package var linkTarget: String

  package init() {}

  package var isDirectory: Bool { mode & (1 << 31) != 0 }
  package var isSymbolicLink: Bool { mode & (1 << 27) != 0 }

  private enum CodingKeys: String, CodingKey {
    case name = "name"
    case sizeBytes = "size"
    case mode = "mode"
    case modifiedAt = "mtime"
    case linkTarget = "linkTarget"
  }
}

extension EngineClient {
  /// What stands at a path in a container; `notFound` when nothing does.
  package func statPath(_ path: String, in container: String) async throws(EngineError) -> ArchivePathStat {
    let request = try archiveRequest(.HEAD, path, in: container)
    let answer = try await perform(request)
    return try pathStat(answer.headers.first(name: "X-Docker-Container-Path-Stat"), call: call(request))
  }

  /// The file or folder at a path in a container as a tar archive.
  package func getArchive(
    _ path: String, from container: String
  ) async throws(EngineError) -> (stat: ArchivePathStat, archive: ByteStream) {
    let request = try archiveRequest(.GET, path, in: container)
    let stream = try await open(request)
    let stat = try pathStat(stream.head.headers.first(name: "X-Docker-Container-Path-Stat"), call: stream.call)
    return (stat, ByteStream(stream: stream, silenceLimit: limits.progressSilence))
  }

  /// Unpacks a tar archive into a folder of a container.
  ///
  /// With `keepsKinds` a folder is not replaced by a file nor the other way round. After a failure some of it may be there.
  package func putArchive<Archive: AsyncSequence & Sendable>(
    _ archive: Archive, to path: String, in container: String, keepsKinds: Bool = false, copiesOwners: Bool = false
  ) async throws(EngineError) where Archive.Element == [UInt8] {
    var request = try archiveRequest(.PUT, path, in: container)
    request.query.add("noOverwriteDirNonDir", keepsKinds)
    request.query.add("copyUIDGID", copiesOwners)
    _ = try await upload(request, contentType: "application/x-tar", body: archive, silence: limits.progressSilence)
  }

  private func archiveRequest(_ method: EngineMethod, _ path: String, in container: String) throws(EngineError) -> EngineRequest {
    var request = EngineRequest(
      method, try containerPath(container, "archive"), limit: limits.streamStart, answerBytes: limits.objectBytes)
    request.query.add("path", path)
    return request
  }

  private func pathStat(_ header: String?, call: EngineCall) throws(EngineError) -> ArchivePathStat {
    guard let header, let json = Data(base64Encoded: header) else {
      throw .malformedAnswer(call: call, reason: "no X-Docker-Container-Path-Stat header")
    }
    do {
      return try JSONDecoder().decode(ArchivePathStat.self, from: json)
    } catch {
      throw .malformedAnswer(call: call, reason: decodingText(error))
    }
  }
}
