import ComposeFile
import StackPlanning
import Testing

@Suite struct ProblemTests {
  private func problems(
    _ compose: String, options: (inout PlanOptions) -> Void = { _ in }, drift: (inout ObservedStack) -> Void = { _ in }
  ) throws -> [String] {
    let project = try compose.project()
    var engine = SimulatedEngine(project: "shop")
    engine.load(imagesOf: project)
    engine.edit(drift)
    var chosen = PlanOptions()
    options(&chosen)
    do {
      let plan = try DeployPlanner.plan(project, observed: engine.stack, options: chosen)
      Issue.record("there is a plan: \(plan.text)")
      return []
    } catch {
      #expect(error.problems.allSatisfy { !$0.remedy.isEmpty })
      return error.problems.map(\.message)
    }
  }

  @Test func `A container name is for one container`() throws {
    let text = #"services: {web: {image: "web:1", container_name: site}}"#
    #expect(
      try problems(text, options: { $0.scale = ["web": 2] }) == [
        "service web has container_name site and cannot have 2 containers"
      ])
  }

  @Test func `What is external must be there`() throws {
    let text = """
      services: {web: {image: "web:1", networks: [proxy], volumes: ["data:/d"]}}
      networks: {proxy: {external: true}}
      volumes: {data: {external: true}}
      """
    #expect(
      try problems(text) == [
        "network proxy is declared external and does not exist", "volume data is declared external and does not exist",
      ])
  }

  @Test func `An image that may not be pulled must be there`() throws {
    let text = """
      services:
        web: {image: "web:1", pull_policy: never}
        tool: {image: "tool:1"}
      """
    #expect(
      try problems(text, options: { $0.pull = .never }, drift: { $0.images = [:] }) == [
        "image tool:1 of service tool is not on the engine, and the pull policy is never",
        "image web:1 of service web is not on the engine, and the pull policy is never",
      ])
    #expect(
      try problems("services: {api: {build: .}}", options: { $0.build = .never }, drift: { $0.images = [:] }) == [
        "image shop-api of service api is not on the engine and must be built"
      ])
  }

  @Test func `Services that are named must be there`() throws {
    let text = #"services: {web: {image: "web:1"}}"#
    #expect(
      try problems(
        text,
        options: {
          $0.services = ["wbe"]
          $0.scale = ["app": 2]
        }) == ["there is no service app", "there is no service wbe"])
  }

  @Test func `A name is not taken from a container that stays`() throws {
    let text = #"services: {web: {image: "web:1", container_name: site}}"#
    let holder = ObservedContainer(
      id: "1", name: "site", service: "old", number: 1, configHash: "", imageID: "", state: .running)
    #expect(
      try problems(text, drift: { $0.containers = [holder] }) == [
        "the container name site of service web is taken by a container of service old"
      ])
  }

  @Test func `Hooks of each replica and services of a provider are refused`() throws {
    let text = """
      services:
        model: {provider: {type: model}}
        web: {image: "web:1", pre_start: [{command: a, per_replica: true}]}
      """
    #expect(
      try problems(text) == [
        "service model is run by a provider, which Slipway does not start",
        "service web has per_replica in pre_start[0], which is not supported",
      ])
  }

  @Test func `An orphan that holds a port is told`() throws {
    let before = try #"services: {old: {image: "web:1", ports: ["80:80"]}}"#.project()
    let after = try #"services: {web: {image: "web:1", ports: ["80:80"]}}"#.project()
    var engine = SimulatedEngine(project: "shop")
    engine.load(imagesOf: before)
    engine.begin("first", before)
    try engine.run(try DeployPlanner.plan(before, observed: engine.stack))
    #expect(
      try DeployPlanner.plan(after, observed: engine.stack).warnings == [
        "port 80 of service web is held by shop-old-1, which --remove-orphans removes",
        "orphan containers: shop-old-1 (remove them with --remove-orphans)",
      ])
  }
}
