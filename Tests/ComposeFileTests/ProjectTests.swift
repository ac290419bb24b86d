import SlipwayTesting
import Testing

@testable import ComposeFile

@Suite struct ProjectTests {
  private func load(
    _ yaml: String, environment: [String: String] = [:], services: [String] = [], activated: [String] = [],
    files: [String: String] = [:]
  ) throws -> LoadedProject {
    var request = LoadRequest(environment: environment, currentDirectory: "/p")
    request.services = services
    request.activatedServices = activated
    let all = files.merging(["/p/compose.yaml": yaml]) { $1 }
    return try ComposeLoader.load(request, from: MemoryFiles(files: all))
  }

  private func problems(_ yaml: String) -> [String] {
    do {
      _ = try load(yaml)
      return []
    } catch let problems as ComposeProblems {
      return problems.problems.map { "\($0.position.line):\($0.position.column) \($0.rule.rawValue)" }
    } catch {
      return ["\(error)"]
    }
  }

  private static let full = """
    services:
      web:
        image: x
        build: {context: ., args: [A]}
        command: run 'a b'
        entrypoint: []
        ports: ["127.0.0.1:8080-8081:80-81/udp", {target: 9000}]
        volumes: [data:/d:ro, ./src:/src, /anon, {type: tmpfs, target: /t, tmpfs: {size: 1m}}]
        environment: {A: 1, B: null, C: "$$x"}
        depends_on: {db: {condition: service_healthy, restart: true}}
        networks: {front: {aliases: [w], ipv4_address: 10.0.0.2}, default: }
        deploy: {replicas: 2, resources: {limits: {cpus: "0.25", memory: 64m}}, restart_policy: {delay: 5s}}
        healthcheck: {test: curl x, interval: 1m30s}
        secrets: [s]
        configs: [{source: c, mode: 0440}]
        ulimits: {nofile: {soft: 1, hard: 2}, core: 0}
        blkio_config: {weight: 3, device_read_bps: [{path: /dev/a, rate: 1k}]}
        gpus: all
        stop_grace_period: 10s
        pre_start: [{command: prepare}]
        post_start: [{command: [warm], user: root}]
        logging: {driver: local, options: {max-size: 1m}}
        models: [m]
      db: {image: y, healthcheck: {test: [CMD, a]}}
    networks: {front: {ipam: {config: [{subnet: 10.0.0.0/24}]}}}
    volumes: {data: {labels: {a: b}}}
    secrets: {s: {environment: TOKEN}}
    configs: {c: {content: hello}}
    models: {m: {model: a/b}}
    x-note: [1, 1.5, null]
    """

  @Test func `A project comes back whole from its stored canonical JSON`() throws {
    let project = try load(Self.full, environment: ["TOKEN": "t", "A": "1"]).project
    let stored = project.canonical.json(indented: false)
    var again = try Project(
      canonical: ComposeValue(json: Array(stored.utf8)), workingDirectory: project.workingDirectory,
      configFiles: project.configFiles, environmentFiles: project.environmentFiles,
      inactiveServices: project.inactiveServices)
    #expect(again.secrets["s"]?.source == .environment(name: "TOKEN", value: nil))
    again.resolveFileObjects(in: ["TOKEN": "t"])
    #expect(again == project)
  }

  @Test func `Printed output loads back as the same project`() throws {
    let project = try load(Self.full, environment: ["TOKEN": "t", "A": "1"]).project
    let again = try load(CanonicalOutput.yaml(project), environment: ["TOKEN": "t", "A": "1"]).project
    #expect(again.canonical == project.canonical)
    #expect(again.services.map(\.configHash) == project.services.map(\.configHash))
  }

  @Test func `Typed attributes are those of the file`() throws {
    let web = try #require(try load(Self.full, environment: ["TOKEN": "t"]).project.service("web"))
    #expect(web.command == ["run", "a b"])
    #expect(web.entrypoint == [])
    #expect(web.replicas == 2)
    let environment: [String: String?] = ["A": "1", "B": nil, "C": "$x"]
    #expect(web.environment == environment)
    #expect(web.dependsOn == ["db": Dependency(condition: .healthy, restarts: true, isRequired: true)])
    #expect(web.ports.map(\.target) == [80, 81, 9000])
    #expect(web.volumes.map(\.kind) == [.volume, .bind, .volume, .tmpfs])
    #expect(web.volumes[3].tmpfs?.sizeBytes == 1 << 20)
    #expect(web.deploy?.limits?.memoryBytes == 64 << 20)
    #expect(web.healthcheck?.interval == .seconds(90))
    #expect(web.configs.map(\.mode) == [0o440])
    #expect(web.stopGracePeriod == .seconds(10))
    #expect(web.gpus.map(\.count) == [-1])
    #expect(web.ulimits["nofile"] == Ulimit(soft: 1, hard: 2))
  }

  @Test func `Services that are not asked for are inactive, not orphans`() throws {
    let yaml = "services: {a: {image: x, depends_on: [b]}, b: {image: x}, c: {image: x}, d: {image: x, profiles: [p]}}"
    let project = try load(yaml, services: ["a"]).project
    #expect(project.services.map(\.name) == ["a", "b"])
    #expect(project.inactiveServices == ["c", "d"])
    #expect(try load(yaml, services: ["d"]).project.services.map(\.name) == ["d"])
  }

  @Test func `A service that is named joins the project whatever its profile, with all that it needs`() throws {
    let yaml = """
      services:
        a: {image: x}
        tool: {image: x, profiles: [p], depends_on: [db], networks: [n], secrets: [s]}
        db: {image: x, profiles: [p]}
        other: {image: x, profiles: [p]}
      networks: {n: {}}
      secrets: {s: {environment: S}}
      """
    let project = try load(yaml, activated: ["tool"]).project
    #expect(project.services.map(\.name) == ["a", "db", "tool"])
    #expect(project.inactiveServices == ["other"])
    #expect(project.networks.keys.sorted() == ["default", "n"] && project.secrets.keys.sorted() == ["s"])
    #expect(project.canonical["networks"]?["n"] != nil && project.canonical["secrets"]?["s"] != nil)
    #expect(throws: ComposeProblems.self) { try load(yaml, activated: ["tol"]) }
  }

  @Test func `A cycle is shown as a chain, once`() {
    let yaml = "services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [c]}, c: {image: x, depends_on: [a]}}"
    do {
      _ = try load(yaml)
      Issue.record("no problem found")
    } catch let problems as ComposeProblems {
      #expect(problems.problems.map(\.message) == ["services.a: services wait for each other: a -> b -> c -> a"])
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test(arguments: [
    ("services: {a: {image: x, networks: [n]}}", "1:37 undefinedNetwork"),
    ("services: {a: {image: x, volumes: ['data:/d']}}", "1:36 undefinedVolume"),
    ("services: {a: {image: x, secrets: [s]}}", "1:36 undefinedSecret"),
    ("services: {a: {image: x, configs: [c]}}", "1:36 undefinedConfig"),
    ("services: {a: {image: x, models: [m]}}", "1:35 undefinedModel"),
    ("services: {a: {image: x, depends_on: [b]}}", "1:39 undefinedService"),
    ("services: {a: {}}", "1:12 missingValue"),
    ("services: {a: {image: x, scale: 2, container_name: cc}}", "1:52 conflictingValues"),
    ("services: {a: {image: x, network_mode: host, networks: [default]}}", "1:40 conflictingValues"),
    ("services: {a: {image: x, tmpfs: /d, volumes: ['/d']}}", "1:47 conflictingValues"),
    ("services: {a: {image: x, env_file: nope.env}}", "1:36 missingFile"),
    ("services: {a: {image: x, volumes: [{type: bind, target: /x}]}}", "1:36 missingValue"),
    ("services: {a: {image: x, ports: [{target: 80, host_ip: nonsense}]}}", "1:56 invalidValue"),
  ])
  func `A contradiction or a loose end is told at its place`(yaml: String, expected: String) {
    #expect(problems(yaml) == [expected])
  }

  @Test func `What only a Swarm honours is told at its place`() throws {
    let loaded = try load(
      """
      services:
        a: {image: x, deploy: {mode: global}, ports: [{target: 80, mode: host}], secrets: [{source: s, mode: 0400}]}
      secrets:
        s: {file: ./s, labels: {a: b}}
      """)
    #expect(
      loaded.warnings.map { "\($0.position?.line ?? 0) \($0.message.prefix { $0 != ":" })" } == [
        "2 services.a.deploy.mode", "2 services.a.ports[0].mode", "2 services.a.secrets[0].mode", "4 secrets.s.labels",
      ])
  }

  @Test func `An env file is an input, and the service's own values win`() throws {
    let loaded = try load(
      "services: {a: {image: x, env_file: e.env, environment: {A: own}}}", files: ["/p/e.env": "A=1\nB=2\n"])
    #expect(loaded.project.services.first?.environment == ["A": "own", "B": "2"])
    #expect(loaded.inputs.map(\.role) == [.compose, .envFile])
  }

  @Test func `A thousand services load in one go`() throws {
    var yaml = "services:\n"
    for index in 0..<1000 {
      yaml += "  s\(index): {image: x, environment: {A: \(index)}, ports: ['80'], volumes: ['data:/d']"
      yaml += index > 0 ? ", depends_on: [s\(index - 1)]}\n" : "}\n"
    }
    let project = try load(yaml + "volumes: {data: }\n").project
    #expect(project.services.count == 1000)
  }
}
