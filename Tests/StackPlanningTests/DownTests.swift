import ComposeFile
import StackPlanning
import Testing

@Suite struct DownTests {
  private static let shop = """
    services:
      web: {image: "web:1", depends_on: [app], networks: [front], pre_stop: [{command: drain}]}
      app: {build: ., depends_on: [db], networks: [front, back], volumes: [/cache]}
      db: {image: "db:1", networks: [back], volumes: ["data:/d"]}
    networks: {front: , back: }
    volumes: {data: }
    """

  private func running(_ text: String = shop, drift: (inout ObservedStack) -> Void = { _ in }) throws -> SimulatedEngine {
    let project = try text.project()
    var engine = SimulatedEngine(project: "shop")
    engine.load(imagesOf: project)
    engine.begin("first", project)
    try engine.run(try DeployPlanner.plan(project, observed: engine.stack))
    engine.edit(drift)
    engine.begin("down", project)
    return engine
  }

  private func down(
    _ engine: SimulatedEngine, _ text: String? = shop, options: (inout DownOptions) -> Void = { _ in }
  ) throws -> Plan {
    var chosen = DownOptions()
    options(&chosen)
    let plan = DownPlanner.plan(project: try text?.project(), observed: engine.stack, options: chosen)
    for seed in 1...5 as ClosedRange<UInt64> {
      var copy = engine
      try copy.run(plan, seed: seed)
      #expect(
        DownPlanner.plan(project: try text?.project(), observed: copy.stack, options: chosen).steps.isEmpty
          || chosen.images != nil)
    }
    return plan
  }

  @Test func `A stack stops against the order of its start`() throws {
    #expect(
      try down(running(), options: { $0.stopTimeoutSeconds = 5 }).text == """
        shop: 9 steps; downtime: app, db, web
        apply:
          1  run     pre_stop[0] in shop-web-1  pre_stop
          2  stop    container shop-web-1       down (after 1) [downtime]
          3  remove  container shop-web-1       down (after 2)
          4  stop    container shop-app-1       down (after 3) [downtime]
          5  remove  container shop-app-1       down (after 4)
          6  stop    container shop-db-1        down (after 5) [downtime]
          7  remove  container shop-db-1        down (after 6)
        commit:
          8  remove  network shop_back          down
          9  remove  network shop_front         down
        """)
  }

  @Test func `The grace period is the one asked for, else the container's own`() throws {
    for seconds in [nil, 3] as [Int?] {
      let plan = try down(running(), options: { $0.stopTimeoutSeconds = seconds })
      let timeouts = plan.steps.compactMap { step -> Int?? in
        if case .stop(_, let timeout) = step.action { timeout } else { nil }
      }
      #expect(timeouts == [seconds, seconds, seconds])
    }
  }

  @Test func `With volumes and images`() throws {
    let plan = try down(
      running(),
      options: {
        $0.removesVolumes = true
        $0.images = .all
      })
    #expect(plan.losesData)
    #expect(
      plan.steps(in: .commit).map { "\($0.action.words.object)\($0.losesData ? ", data loss" : "")" } == [
        "network shop_back", "network shop_front", "volume shop_data, data loss", "image db:1", "image shop-app", "image web:1",
      ])
    let local = try down(running(), options: { $0.images = .local })
    #expect(local.steps(in: .commit).map(\.action.words.object) == ["network shop_back", "network shop_front", "image shop-app"])
  }

  @Test func `Orphans stay, with what they use, until they are asked for`() throws {
    let kept = Self.shop.replacing(#"  db: {image: "db:1", networks: [back], volumes: ["data:/d"]}"#, with: "")
      .replacing("depends_on: [db], ", with: "").replacing("volumes: {data: }", with: "")
    let engine = try running()
    #expect(
      try down(engine, kept).text == """
        shop: 6 steps; downtime: app, web
        apply:
          1  run     pre_stop[0] in shop-web-1  pre_stop
          2  stop    container shop-web-1       down (after 1) [downtime]
          3  remove  container shop-web-1       down (after 2)
          4  stop    container shop-app-1       down (after 3) [downtime]
          5  remove  container shop-app-1       down (after 4)
        commit:
          6  remove  network shop_front         down
        warning: orphan containers: shop-db-1 (remove them with --remove-orphans)
        warning: network shop_back stays: it is used by shop-db-1
        """)
    let all = try down(engine, kept, options: { $0.removesOrphans = true })
    #expect(all.warnings.isEmpty)
    #expect(all.steps.map(\.action.words.object).suffix(3) == ["container shop-db-1", "network shop_back", "network shop_front"])
  }

  @Test func `One-off containers stay without --remove-orphans, what hooks left goes`() throws {
    let engine = try running(drift: { stack in
      for (name, isHook) in [("shop-db-run-1", false), ("shop-db-pre_start-0", true)] {
        var extra = stack.containers[1]
        extra.id = name
        extra.name = name
        extra.isOneOff = !isHook
        extra.isHook = isHook
        extra.state = .exited
        stack.containers.append(extra)
      }
    })
    let plan = try down(engine)
    #expect(plan.steps.contains { $0.action.words.object == "container shop-db-pre_start-0" })
    #expect(plan.warnings == ["orphan containers: shop-db-run-1 (remove them with --remove-orphans)"])
    #expect(try down(engine, options: { $0.removesOrphans = true }).warnings.isEmpty)
  }

  @Test func `One service goes with what no other uses`() throws {
    #expect(
      try down(
        running(),
        options: {
          $0.services = ["web"]
          $0.removesVolumes = true
        }
      ).text == """
        shop: 3 steps; downtime: web
        apply:
          1  run     pre_stop[0] in shop-web-1  pre_stop
          2  stop    container shop-web-1       down (after 1) [downtime]
          3  remove  container shop-web-1       down (after 2)
        """)
    let db = try down(
      running(),
      options: {
        $0.services = ["db"]
        $0.removesVolumes = true
      })
    #expect(db.steps.map(\.action.words.object) == ["container shop-db-1", "container shop-db-1", "volume shop_data"])
  }

  @Test func `Without the files all that carries the label goes`() throws {
    let plan = try down(running(), nil, options: { $0.removesVolumes = true })
    #expect(
      plan.steps.map { "\($0.action.words.verb) \($0.action.words.object)" } == [
        "stop container shop-web-1", "remove container shop-web-1", "stop container shop-app-1",
        "remove container shop-app-1", "stop container shop-db-1", "remove container shop-db-1", "remove network shop_back",
        "remove network shop_front", "remove volume shop_data",
      ])
  }

  @Test func `An unknown project has nothing to take down`() {
    #expect(DownPlanner.plan(project: nil, observed: ObservedStack(project: "nope")).text == "nope: nothing to do")
  }

  @Test func `External networks and volumes stay`() throws {
    let text = """
      services: {web: {image: "web:1", networks: [proxy], volumes: ["data:/d"]}}
      networks: {proxy: {external: true}}
      volumes: {data: {external: true}}
      """
    var stack = ObservedStack(project: "shop")
    stack.networks["proxy"] = ObservedNetwork(id: "n", name: "proxy")
    stack.volumes["data"] = ObservedVolume(name: "data")
    var options = DownOptions()
    options.removesVolumes = true
    #expect(DownPlanner.plan(project: try text.project(), observed: stack, options: options).isEmpty)
  }

  @Test func `Volumes that the file does not name any more stay, whatever their labels say`() throws {
    let text = """
      services:
        db: {image: "base:1", volumes: ["data:/data"]}
      volumes:
        data: {name: shop_new}
      """
    var stack = ObservedStack(project: "shop")
    for name in ["shop_new", "shop_old"] {
      stack.volumes[name] = ObservedVolume(
        name: name, labels: ["com.docker.compose.project": "shop", "com.docker.compose.volume": "data"])
    }
    var options = DownOptions()
    options.removesVolumes = true
    let plan = DownPlanner.plan(project: try text.project(), observed: stack, options: options)
    #expect(plan.steps.map(\.action) == [.removeVolume(name: "shop_new")])
    let byLabel = DownPlanner.plan(project: nil, observed: stack, options: options)
    #expect(byLabel.steps.map(\.action) == [.removeVolume(name: "shop_new"), .removeVolume(name: "shop_old")])
  }

  @Test func `Services of inactive profiles run on, and are no orphans`() throws {
    var project = try "services: {web: {image: \"base:1\"}}".project()
    project.inactiveServices = ["debug"]
    var stack = ObservedStack(project: "shop")
    for service in ["web", "debug"] {
      stack.containers.append(
        ObservedContainer(
          id: service, name: "shop-\(service)-1", service: service, number: 1, configHash: "", imageID: "", state: .running))
    }
    for removesOrphans in [false, true] {
      var options = DownOptions()
      options.removesOrphans = removesOrphans
      let plan = DownPlanner.plan(project: project, observed: stack, options: options)
      #expect(plan.steps.compactMap(\.action.service) == ["web", "web"])
      #expect(plan.warnings.isEmpty)
    }
  }

  private static func stack(networks: [(name: String, key: String)] = [], volumes: [String: String] = [:]) -> ObservedStack {
    var stack = ObservedStack(project: "shop")
    for (name, key) in networks {
      stack.networks[name] = ObservedNetwork(
        id: name, name: name, labels: ["com.docker.compose.project": "shop", "com.docker.compose.network": key])
    }
    for (name, project) in volumes {
      stack.volumes[name] = ObservedVolume(
        name: name, labels: project.isEmpty ? [:] : ["com.docker.compose.project": project, "com.docker.compose.volume": "data"])
    }
    return stack
  }

  @Test func `A volume goes by its name, under whatever key it was made`() throws {
    let text = """
      services: {web: {image: "web:1", volumes: ["store:/d"]}}
      volumes: {store: {name: shop_data}}
      """
    var options = DownOptions()
    options.removesVolumes = true
    let observed = Self.stack(volumes: ["shop_data": "shop", "shop_old": "shop"])
    let plan = DownPlanner.plan(project: try text.project(), observed: observed, options: options)
    #expect(plan.steps.map(\.action) == [.removeVolume(name: "shop_data")])
  }

  @Test(arguments: ["", "other"])
  func `A volume that was not made for the stack stays, and that is said`(owner: String) throws {
    let text = """
      services: {web: {image: "web:1", volumes: ["data:/d"]}}
      volumes: {data: {name: common}}
      """
    var options = DownOptions()
    options.removesVolumes = true
    let plan = DownPlanner.plan(project: try text.project(), observed: Self.stack(volumes: ["common": owner]), options: options)
    #expect(plan.text == "shop: nothing to do\nwarning: volume common stays: it was not made for shop")
    let byLabel = DownPlanner.plan(project: nil, observed: Self.stack(volumes: ["common": owner]), options: options)
    #expect(byLabel.isEmpty && byLabel.warnings.isEmpty)
  }

  @Test func `A network goes when its key and its name are those of the files`() throws {
    let text = """
      services: {web: {image: "web:1", networks: [front]}}
      networks: {front: {name: shop_new}}
      """
    let observed = Self.stack(networks: [("shop_new", "front"), ("shop_old", "front"), ("shop_other", "back")])
    let plan = DownPlanner.plan(project: try text.project(), observed: observed)
    #expect(plan.steps.map(\.action) == [.removeNetwork(id: "shop_new", name: "shop_new")])
    #expect(DownPlanner.plan(project: nil, observed: observed).steps.count == 3)
  }

  @Test func `Without the files what is known to be foreign stays`() {
    var options = DownOptions()
    options.removesVolumes = true
    options.foreignNames = ["bank", "proxy"]
    let observed = Self.stack(networks: [("proxy", "proxy"), ("shop_a", "a")], volumes: ["bank": "shop", "shop_data": "shop"])
    let plan = DownPlanner.plan(project: nil, observed: observed, options: options)
    #expect(plan.steps.map(\.action) == [.removeNetwork(id: "shop_a", name: "shop_a"), .removeVolume(name: "shop_data")])
  }

  @Test func `Without the files one-off containers stay, ended ones until --remove-orphans`() {
    var observed = ObservedStack(project: "shop")
    for (name, state) in [("shop-web-1", ObservedContainer.State.running), ("run-a", .running), ("run-b", .exited)] {
      var container = ObservedContainer(
        id: name, name: name, service: "web", number: 1, configHash: "", imageID: "", state: state)
      container.isOneOff = name.hasPrefix("run")
      observed.containers.append(container)
    }
    let plan = DownPlanner.plan(project: nil, observed: observed)
    #expect(plan.steps.map(\.action.words.object) == ["container shop-web-1", "container shop-web-1"])
    #expect(plan.warnings == ["orphan containers: run-a, run-b (remove them with --remove-orphans)"])
    var options = DownOptions()
    options.removesOrphans = true
    let all = DownPlanner.plan(project: nil, observed: observed, options: options)
    #expect(all.steps.map(\.action.words.object).contains("container run-b"))
    #expect(!all.steps.map(\.action.words.object).contains("container run-a"))
    #expect(all.warnings == ["one-off containers stay while they run: run-a"])
  }
}
