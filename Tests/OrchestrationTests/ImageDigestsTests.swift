import ComposeFile
import SlipwayTesting
import Testing

@testable import Orchestration

struct ImageDigestsTests {
  private let digest = "sha256:" + String(repeating: "a", count: 64)

  private func model() throws -> ComposeValue {
    let text = "name: shop\nservices: {web: {image: web:1}, db: {image: db, tty: true}, tool: {build: .}}\n"
    let request = LoadRequest(environment: [:], currentDirectory: "/shop")
    return try ComposeLoader.load(request, from: MemoryFiles(files: ["/shop/compose.yaml": text])).project.canonical
  }

  @Test func `Images are pinned in their services, and nothing else changes`() throws {
    let model = try model()
    let pinned = ImageDigests.pinning(
      model, to: [ImageDigests.Pinned(image: "web:1", reference: "docker.io/library/web:1@\(digest)")])
    #expect(pinned["services"]?["web"]?["image"]?.string == "docker.io/library/web:1@\(digest)")
    #expect(pinned["services"]?["db"] == model["services"]?["db"])
    #expect(pinned["networks"] == model["networks"])
  }

  @Test func `A lock has the images, and nothing else`() throws {
    let lock = ImageDigests.lock(try model())
    #expect(
      CanonicalOutput.yaml(lock, doublesDollars: true)
        == "services:\n  db:\n    image: db\n  tool: {}\n  web:\n    image: web:1\n")
  }
}
