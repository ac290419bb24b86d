import DockerEngine
import Foundation
import SlipwayTesting
import Testing

/// A tar archive of one file of zeros, made as it is read.
struct ZeroArchive: AsyncSequence, Sendable {
  typealias Element = [UInt8]
  let name: String
  let megabytes: Int

  struct AsyncIterator: AsyncIteratorProtocol {
    let archive: ZeroArchive
    var piece = -1

    mutating func next() async throws -> [UInt8]? {
      defer { piece += 1 }
      if piece == -1 { return archive.header }
      if piece < archive.megabytes { return [UInt8](repeating: 0, count: 1 << 20) }
      return piece == archive.megabytes ? [UInt8](repeating: 0, count: 1024) : nil
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(archive: self) }

  /// POSIX ustar (pax(1)): only the fields that readers want.
  private var header: [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) { block.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8) }
    func octal(_ number: Int, _ digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put(octal(0o644, 7), at: 100)
    put(octal(0, 7), at: 108)
    put(octal(0, 7), at: 116)
    put(octal(megabytes << 20, 11), at: 124)
    put(octal(0, 11), at: 136)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar", at: 257)
    put("00", at: 263)
    put(octal(block.reduce(0) { $0 + Int($1) }, 6) + "\0 ", at: 148)
    return block
  }
}

/// Resident memory of this process in MiB.
func residentMegabytes() throws -> Int {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
  return (Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0) / 1024
}

@Suite(.needsEngine, .serialized, .timeLimit(.minutes(3)))
struct ArchiveTests {
  @Test func `A hundred megabytes go up and come down with flat memory`() async throws {
    try await EngineFixture.with { engine in
      let id = try await engine.runContainer("store")
      let before = try residentMegabytes()
      try await engine.client.putArchive(ZeroArchive(name: "big.bin", megabytes: 100), to: "/tmp", in: id)
      #expect(try await engine.client.statPath("/tmp/big.bin", in: id).sizeBytes == 100 << 20)
      let (stat, archive) = try await engine.client.getArchive("/tmp/big.bin", from: id)
      #expect(stat.name == "big.bin")
      var bytes = 0
      for try await chunk in archive { bytes += chunk.count }
      #expect(bytes > 100 << 20)
      let growth = try residentMegabytes() - before
      #expect(growth < 24, "grew by \(growth) MiB")
    }
  }

  @Test func `A path that is not there is not found, for reading and writing`() async throws {
    try await EngineFixture.with { engine in
      let id = try await engine.runContainer("store")
      await #expect { try await engine.client.statPath("/nowhere", in: id) } throws: { error in
        if case EngineError.notFound = error { true } else { false }
      }
      // Podman takes an archive for a folder that is not there without a word.
      if try await engine.client.identity().isPodman { return }
      await #expect {
        try await engine.client.putArchive(ZeroArchive(name: "big.bin", megabytes: 50), to: "/nowhere", in: id)
      } throws: { error in
        if case EngineError.notFound = error { true } else { false }
      }
    }
  }

  @Test func `Images are imported, tagged, saved, removed and loaded again`() async throws {
    try await EngineFixture.with { engine in
      let client = engine.client
      // Podman 4 ignores the tag of an import.
      if try await client.identity().isPodman { return }
      let repository = "slipway/\(engine.id)"
      let id = try await client.importImage(
        ZeroArchive(name: "file", megabytes: 1), repository: repository, tag: "1",
        changes: ["CMD [\"/bin/true\"]", "LABEL \(EngineFixture.label)=\(engine.id)"])
      #expect(id.hasPrefix("sha256:"))
      try await client.tagImage("\(repository):1", repository: repository, tag: "2")
      #expect(try await client.inspectImage("\(repository):2").config.command == ["/bin/true"])
      #expect(try await client.imageHistory("\(repository):1").count == 1)
      let listed = try await client.listImages(filters: ["reference": [repository]])
      #expect(Set(listed.flatMap(\.tags)) == ["\(repository):1", "\(repository):2"])
      var saved: [[UInt8]] = []
      for try await chunk in try await client.saveImages(["\(repository):1", "\(repository):2"]) { saved.append(chunk) }
      for tag in ["1", "2"] { try await client.removeImage("\(repository):\(tag)") }
      await #expect(throws: EngineError.self) { try await client.inspectImage("\(repository):1") }
      let archive = saved
      let stream = AsyncStream<[UInt8]>(unfolding: { [next = ChunkSource(archive)] in await next.next() })
      _ = try await client.loadImages(stream)
      #expect(try await client.inspectImage("\(repository):2").id.isEmpty == false)
      for tag in ["1", "2"] { try await client.removeImage("\(repository):\(tag)") }
    }
  }

  @Test func `A pull from a registry that is not there fails with the engine's words`() async throws {
    try await EngineFixture.with { engine in
      await #expect {
        for try await _ in try await engine.client.pullImage("127.0.0.1:9/nothing/here:1") {}
      } throws: { error in
        switch error {
        case EngineError.api, EngineError.failedInStream, EngineError.notFound: true
        default: false
        }
      }
    }
  }
}

private actor ChunkSource {
  private var chunks: ArraySlice<[UInt8]>
  init(_ chunks: [[UInt8]]) { self.chunks = chunks[...] }
  func next() -> [UInt8]? { chunks.popFirst() }
}
