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
}
