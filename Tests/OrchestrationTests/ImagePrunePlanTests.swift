import DockerEngine
import Orchestration
import RevisionStore
import Testing

// D7
@Suite struct ImagePrunePlanTests {
  private func image(_ id: String, tags: [String] = [], digests: [String] = []) -> ImageSummary {
    var image = ImageSummary()
    image.id = id
    image.tags = tags
    image.digests = digests
    image.sizeBytes = 10
    image.sharedSizeBytes = -1
    return image
  }

  private func plan(_ images: [ImageSummary], uses: [ImageUse] = [], onlyUntagged: Bool = false) -> ImagePrunePlan {
    var container = ContainerSummary()
    container.names = ["/web"]
    container.imageID = "sha256:used"
    return ImagePrunePlan(images: images, containers: [container], uses: uses, onlyUntagged: onlyUntagged)
  }

  private func use(_ number: Int, id: String = "", digest: String? = nil) -> ImageUse {
    ImageUse(
      stack: StackKey(server: "local", project: "shop"), revision: number, reference: "web:1", digest: digest, imageID: id)
  }

  @Test func `What containers and kept revisions need stays, and the reasons are told`() {
    let plan = plan(
      [
        image("sha256:used", tags: ["web:2"]), image("sha256:old", tags: ["web:1"]),
        image("sha256:pulled", digests: ["web@sha256:abc"]), image("sha256:free", tags: ["other:1"]), image("sha256:bare"),
      ], uses: [use(3, id: "sha256:old"), use(2, id: "sha256:old"), use(1, digest: "docker.io/library/web@sha256:abc")])
    #expect(plan.removed.map(\.id) == ["sha256:free", "sha256:bare"])
    let shop = StackKey(server: "local", project: "shop")
    #expect(plan.kept.map(\.id) == ["sha256:old", "sha256:used", "sha256:pulled"])
    #expect(
      plan.kept.map(\.reasons) == [
        [.revision(stack: shop, number: 3), .revision(stack: shop, number: 2)], [.container(name: "web")],
        [.revision(stack: shop, number: 1)],
      ])
  }

  @Test func `Images with a name stay where only nameless ones are to go`() {
    let plan = plan([image("sha256:free", tags: ["other:1"]), image("sha256:bare", tags: ["<none>:<none>"])], onlyUntagged: true)
    #expect(plan.removed.map(\.id) == ["sha256:bare"])
    #expect(plan.kept.map(\.reasons) == [[.tagged]])
  }
}
