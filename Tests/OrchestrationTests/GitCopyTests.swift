import FoundationEssentials
import Glibc
import Testing

@testable import Orchestration

@Suite struct GitCopyTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/slipway-copy-\(UUID().uuidString)"

  private func file(_ name: String, bytes: Int) throws {
    try FileManager.default.createDirectory(atPath: folder + "/objects/pack", withIntermediateDirectories: true)
    // Sparse: its size counts, and takes no room.
    // SAFETY: no mode but the one that is given.
    let descriptor = unsafe open(folder + "/objects/pack/" + name, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    #expect(ftruncate(descriptor, bytes) == 0)
  }

  @Test func `A copy of usual size is kept, one that has grown is made anew`() throws {
    let copy = GitCopy(folder: folder)
    #expect(copy.size() == (0, 0))
    try file("a.pack", bytes: 5 << 20)
    try file("b.pack", bytes: 1 << 20)
    #expect(copy.size() == (6 << 20, 2))
    copy.tidy()
    #expect(copy.size().files == 2)
    try file("c.pack", bytes: GitCopy.keptBytes)
    copy.tidy()
    #expect(copy.size() == (0, 0))
  }

  // S-OUT-1
  @Test(.timeLimit(.minutes(1))) func `What grows beyond the limit is ended and removed`() async throws {
    try file("a.pack", bytes: GitCopy.limitBytes + 1)
    let copy = GitCopy(folder: folder)
    await #expect(throws: GitProblem.tooLarge(megabytes: 512)) { try await copy.watch() }
    #expect(copy.size() == (0, 0))
  }
}
