import ComposeFile
import SlipwayTesting
import StackPlanning
import Testing

@testable import Orchestration

struct MovePlannerTests {
  private static let yaml = """
    services:
      web:
        image: shop:1
        ports: ["8080:80"]
        depends_on: [db]
      db:
        image: base:1
        volumes: ["orders:/data", "/cache", "/etc/hosts:/hosts:ro"]
    volumes: {orders: {}}
    """

  /// A stack of two services that run on `alpha`, with nothing of it on `beta`.
  private func facts(
    _ yaml: String = yaml, change: (inout MoveFacts) -> Void = { _ in }
  ) throws -> MoveFacts {
    let project = try ComposeLoader.load(
      LoadRequest(environment: ["COMPOSE_PROJECT_NAME": "p"], currentDirectory: "/p"),
      from: MemoryFiles(files: ["/p/compose.yaml": yaml])
    ).project
    var running = ObservedStack(project: "p")
    running.containers = project.services.map { service in
      ObservedContainer(
        id: "id-\(service.name)", name: "p-\(service.name)-1", service: service.name, number: 1, configHash: "",
        imageID: "sha256:\(service.name)", state: .running)
    }
    running.networks["p_default"] = ObservedNetwork(
      id: "n", name: "p_default", labels: ["com.docker.compose.project": "p"])
    var options = PlanOptions()
    options.gate = .ready
    options.pinnedImages = ["web": "sha256:web", "db": "sha256:db"]
    let deploy = try DeployPlanner.plan(project, observed: ObservedStack(project: "p"), options: options)
    var facts = MoveFacts(
      project: project, revision: 3, source: "alpha", target: "beta", running: running, there: ObservedStack(project: "p"),
      deploy: .success(deploy))
    facts.images = [
      .init(reference: "base:1", services: ["db"], id: "sha256:db", sizeBytes: 1_234_567, architecture: "amd64"),
      .init(
        reference: "shop:1", services: ["web"], id: "sha256:web", digest: "shop@sha256:1", sizeBytes: 20_000_000,
        architecture: "amd64"),
    ]
    facts.architectureThere = "x86_64"
    var orders = MoveFacts.Volume(name: "p_orders", key: "orders")
    orders.sizeBytes = 5_000_000
    var cache = MoveFacts.Volume(name: String(repeating: "a", count: 64), key: nil)
    cache.mounts = [.init(container: "p-db-1", path: "/cache")]
    facts.volumes = [orders, cache]
    change(&facts)
    return facts
  }

  private func problems(_ change: (inout MoveFacts) -> Void) throws -> [String] {
    let facts = try facts(change: change)
    do throws(PlanProblems) {
      _ = try MovePlanner.plan(facts)
      return []
    } catch {
      return error.problems.map(\.message)
    }
  }

  @Test func `The plan says when each step is done, why, and what stays`() throws {
    let text = try MovePlanner.plan(try facts()).text
    let folded = text.split(separator: "\n").map { line in
      let words = line.split(separator: " ").joined(separator: " ")
      return line.hasPrefix("  ") ? "  " + words : words
    }
    #expect(
      folded.joined(separator: "\n") == """
        p: revision 3 moves from alpha to beta; downtime: db, web
        before anything stops:
          copy image base:1 (1.2 MB) not on beta, and has no digest to pull it by: sent from alpha
          pull image shop:1 (20.0 MB) not on beta; by its digest, or sent from alpha
          create network p_default does not exist
          create volume p_orders does not exist
          create anonymous volume of p-db-1 at /cache its data comes along
          try 2 containers created and removed, so that what the engine refuses shows before the stop
        downtime:
          stop service db on alpha moves to beta
          stop service web on alpha moves to beta
          copy volume p_orders (5.0 MB) its data moves; read back and compared on beta
          copy anonymous volume of p-db-1 at /cache its data moves; read back and compared on beta
          create container p-db-1 after the data, which it must find
          create container p-web-1 after the data, which it must find
          start container p-db-1 not running
          start container p-web-1 not running
          wait until db is ready health gate
          wait until web is ready health gate
        after:
          record a revision on beta moved from alpha
          remove container p-db-1 on alpha runs on beta
          remove container p-web-1 on alpha runs on beta
          remove network p_default on alpha no longer used
        stays on alpha:
          volumes with their data: p_orders (remove them: slipway down -v -p p --server alpha)
          anonymous volumes: \(String(repeating: "a", count: 64)) (remove them: docker volume rm)
          images: base:1, shop:1
        warning: db mounts /etc/hosts, which is not in the project's folder and does not move: it must be on beta
        """)
  }

  @Test func `Everything that stands against a move is said at once`() throws {
    let found = try problems { facts in
      facts.there.networks["p_default"] = ObservedNetwork(id: "x", name: "p_default")
      facts.there.volumes["p_orders"] = ObservedVolume(name: "p_orders")
      facts.containersThere = [
        .init(name: "other", project: "q", ports: [8080]), .init(name: "p-web-1", project: nil, isUp: false),
      ]
      facts.architectureThere = "aarch64"
      facts.freeBytesThere = 26_000_000
    }
    #expect(
      found == [
        "network p_default is on beta already, and not of this stack",
        "volume p_orders is on beta already, and what is in it is not overwritten",
        "port 8080 of web is taken on beta by container other",
        "image base:1 is for amd64, and beta is arm64",
        "image shop:1 is for amd64, and beta is arm64",
        "beta has 26.0 MB free, and images and volumes need 26.2 MB",
        "the container name p-web-1 is taken on beta",
      ])
  }

  @Test func `A stack of the same name on the target stops the move`() throws {
    let found = try problems { facts in facts.there.containers = facts.running.containers }
    #expect(found == ["a stack p is on beta already: p-db-1, p-web-1"])
  }

  @Test func `A stack that is not on the source cannot be moved`() throws {
    #expect(try problems { $0.running.containers = [] } == ["p has no containers on alpha"])
  }

  @Test func `What the target lacks of external things is told with its name`() throws {
    let missing = PlanProblem("network mesh is declared external and does not exist", fix: "create it")
    #expect(
      try problems { $0.deploy = .failure(PlanProblems([missing])) } == [
        "beta: network mesh is declared external and does not exist"
      ])
  }

  @Test func `Without volumes those of the target are used as they are`() throws {
    var facts = try facts()
    facts.options.withoutVolumes = true
    facts.there.volumes["p_orders"] = ObservedVolume(name: "p_orders")
    #expect(try MovePlanner.plan(facts).steps.allSatisfy { $0.verb != "copy" || $0.object.hasPrefix("image") })
  }

  @Test func `A volume whose data is elsewhere is not copied, and told`() throws {
    var facts = try facts()
    facts.volumes[0].driverOptions = ["type": "nfs", "device": ":/share"]
    let plan = try MovePlanner.plan(facts)
    #expect(!plan.steps.contains { $0.verb == "copy" && $0.object.contains("p_orders") })
    #expect(plan.warnings.contains { $0.hasPrefix("volume p_orders is not copied") })
    #expect(!plan.staying.contains { $0.contains("p_orders") })
  }

  @Test func `What the policy of the target finds stands at the end of the plan, with the way out`() throws {
    var facts = try facts()
    var deploy = try facts.deploy.get()
    deploy.findings = [
      PolicyFinding(
        rule: .capabilities, severity: .deny, service: "web", attribute: "services.web.cap_add", subject: "ALL",
        place: "compose.yaml:6:15", message: "all capabilities", remedy: "name those that it needs")
    ]
    facts.deploy = .success(deploy)
    let plan = try MovePlanner.plan(facts)
    #expect(plan.findings == deploy.findings)
    #expect(plan.text.hasSuffix("denied: compose.yaml:6:15: all capabilities\n  fix: name those that it needs"), "\(plan.text)")
    let told = try #require(PolicyFinding(record: plan.findings[0].record))
    #expect(told.text == plan.findings[0].text && told.remedy == plan.findings[0].remedy)
  }

  @Test func `A source that is kept is stopped, and nothing of it removed`() throws {
    var facts = try facts()
    facts.options.keepsSource = true
    let plan = try MovePlanner.plan(facts)
    #expect(plan.steps.filter { $0.part == .after }.map(\.verb) == ["record"])
    #expect(plan.staying.first == "containers and networks, stopped (remove them: slipway down -p p --server alpha)")
  }
}

struct PlanPartTests {
  @Test func `A part of a plan keeps the order of the whole`() throws {
    var stack = ObservedStack(project: "p")
    for (name, needs) in [("web", ["api"]), ("api", ["db"]), ("db", [])] {
      var container = ObservedContainer(
        id: name, name: "p-\(name)-1", service: name, number: 1, configHash: "", imageID: "", state: .running)
      container.dependsOn = needs
      stack.containers.append(container)
    }
    let stops = DownPlanner.plan(project: nil, observed: stack).part(of: .apply) { action in
      if case .stop = action { true } else { false }
    }
    // Each waits for the stop of what needs it, although the whole waits for the removal.
    #expect(stops.steps.map(\.action.service) == ["web", "api", "db"])
    #expect(stops.steps.map(\.dependencies) == [[], [stops.steps[0].number], [stops.steps[1].number]])
  }
}
