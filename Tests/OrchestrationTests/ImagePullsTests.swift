import ComposeFile
import Orchestration
import SlipwayTesting
import Testing

private let compose = """
  services:
    web: {image: shop/web, depends_on: [db]}
    api: {image: shop/web, pull_policy: missing}
    db: {image: db, pull_policy: never}
    tool: {build: .}
    both: {image: both, build: .}
  """

private func plan(_ change: (inout ImagePulls.Request) -> Void = { _ in }) throws -> [String] {
  let request = LoadRequest(environment: [:], currentDirectory: "/shop")
  var pulls = ImagePulls.Request(
    project: try ComposeLoader.load(request, from: MemoryFiles(files: ["/shop/compose.yaml": compose])).project)
  change(&pulls)
  return try ImagePulls.plan(pulls).map { wanted in
    let when = wanted.reasonToSkip.map { " skipped: \($0)" } ?? (wanted.onlyIfMissing ? " if missing" : "")
    return "\(wanted.reference) for \(wanted.services.joined(separator: "+"))\(when)"
  }
}

@Suite struct ImagePullsTests {
  @Test func `Each image is wanted once, for all of its services, and what cannot be pulled is told why`() throws {
    #expect(
      try plan() == [
        "shop/web for api+web", "both for both", "db for db skipped: pull_policy: never",
        "shop-tool for tool skipped: it is built, not pulled",
      ])
  }

  @Test func `The policy of the command wins over those of the services`() throws {
    #expect(try plan { $0.services = ["api"] } == ["shop/web for api if missing"])
    #expect(
      try plan {
        $0.services = ["api"]
        $0.policy = .always
      } == ["shop/web for api"])
  }

  @Test func `Named services come alone, or with what they depend on`() throws {
    #expect(try plan { $0.services = ["web"] } == ["shop/web for web"])
    #expect(
      try plan {
        $0.services = ["web"]
        $0.includesDependencies = true
      } == ["db for db skipped: pull_policy: never", "shop/web for web"])
    #expect(throws: ServiceRefusal.self) { try plan { $0.services = ["cache"] } }
  }

  @Test func `What can be built is left out on demand`() throws {
    #expect(
      try plan {
        $0.services = ["both"]
        $0.skipsBuildable = true
      } == ["both for both skipped: it can be built"])
  }
}
