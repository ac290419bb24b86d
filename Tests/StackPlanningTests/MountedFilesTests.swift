import ComposeFile
import StackPlanning
import Testing

/// Plans for engines that do not see the files of this machine.
@Suite struct MountedFilesTests {
  private static let compose = """
    services:
      web: {image: "web:1", volumes: ["./html:/site:ro"]}
      job: {image: "job:1"}
    """

  /// The plan where web mounts `mounted`, and `path` has what is wanted.
  private func plan(
    mounted: String?, path: String, change: String?, recreate: PlanOptions.Recreate = .diverged
  ) throws -> Plan {
    let project = try Self.compose.project()
    var engine = SimulatedEngine(project: "shop")
    engine.load(imagesOf: project)
    engine.begin("first", project)
    try engine.run(try DeployPlanner.plan(project, observed: engine.stack))
    engine.edit { stack in
      for index in stack.containers.indices where stack.containers[index].service == "web" {
        stack.containers[index].mounts = mounted.map { [.init(source: $0, target: "/site", isVolume: false)] } ?? []
      }
    }
    var options = PlanOptions()
    options.recreate = recreate
    let source = try #require(project.service("web")?.volumes.first?.source)
    options.mountedFiles = [source: MountedFile(path: path, name: "html", digest: "d", change: change)]
    return try DeployPlanner.plan(project, observed: engine.stack, options: options)
  }

  @Test func `A container that mounts the wanted content stays`() throws {
    #expect(try plan(mounted: "/s/files/a/html", path: "/s/files/a/html", change: nil).isEmpty)
  }

  @Test func `Other content replaces who mounts it, after it was sent`() throws {
    let plan = try plan(mounted: "/s/files/a/html", path: "/s/files/b/html", change: "html/index.html")
    let send = try #require(plan.steps.first { $0.action == .sendFiles(sources: ["html"]) })
    #expect(send.cause == "html/index.html")
    let creates = plan.steps.filter { $0.action.words.verb == "create" }
    #expect(creates.map(\.action.service) == ["web"])
    #expect(creates.allSatisfy { $0.dependencies.contains(send.number) })
    #expect(creates.first?.cause == "mounted files changed: html/index.html")
  }

  @Test func `Files that services write to are sent, and their containers stay`() throws {
    let plan = try plan(mounted: "/s/shared/html", path: "/s/shared/html", change: "html/a")
    #expect(plan.steps.map(\.action) == [.sendFiles(sources: ["html"])])
  }

  @Test func `Who asks for no replacement gets none`() throws {
    let plan = try plan(mounted: "/s/files/a/html", path: "/s/files/b/html", change: nil, recreate: .never)
    #expect(plan.isEmpty)
  }
}
