import ComposeFile
import DockerEngine
import SlipwayTesting
import StackPlanning
import Testing

@testable import Orchestration

@Suite struct RebuiltProjectTests {
  private let live: LiveStack
  private let rebuilt: RebuiltProject

  init() throws {
    live = try RecordedStack.live()
    rebuilt = try RebuiltProject(live, path: "/srv/shop/compose.yaml", folder: "/srv/shop")
  }

  private var project: Project { rebuilt.loaded.project }

  private func web() throws -> Service { try #require(project.service("web")) }

  @Test func `A deploy of the rebuilt file asks for what runs, field by field`() {
    let comparison = StackComparison(project, live: live)
    for service in project.services {
      for container in live.replicas(of: service.name) {
        let changes = comparison.changes(of: container, from: service).filter { $0.path != "config hash" }
        #expect(changes.isEmpty, "\(service.name): \(changes.map(\.text))")
      }
    }
    #expect(comparison.resourceEntries().isEmpty)
    #expect(rebuilt.notes.isEmpty)
  }

  @Test func `Networks and volumes get the hashes that Docker Compose gave them`() {
    for network in project.networks.values {
      #expect(live.networks[network.name]?.labels[ComposeLabel.configHash] == network.configHash, "\(network.key)")
    }
    for volume in project.volumes.values {
      #expect(live.volumes[volume.name]?.labels[ComposeLabel.configHash] == volume.configHash, "\(volume.key)")
    }
    #expect(project.networks.keys.sorted() == ["back", "default"])
    #expect(project.volumes.mapValues(\.name) == ["data": "shop_data", "named": "shop-named"])
  }

  @Test func `What an image gives is not in the file`() throws {
    let web = try web()
    #expect(web.environment.keys.sorted() == ["A", "DB_PASSWORD", "EMPTY", "NULLED"])
    #expect(web.labels == ["x": "y"])
    #expect(web.command == nil && web.entrypoint == nil)
    #expect(web.expose == ["8000", "9000/udp"])
    #expect(try #require(project.service("db")).healthcheck == nil)
  }

  @Test func `Files are secrets and configs again`() throws {
    let web = try web()
    #expect(web.secrets.map(\.target) == ["/run/secrets/file"])
    #expect(web.configs.map(\.target) == ["/etc/conf"])
    #expect(project.secrets.values.map(\.source) == [.file("/srv/shop/secret.txt")])
    #expect(project.configs.values.map(\.source) == [.file("/srv/shop/conf.txt")])
  }

  @Test func `Shared namespaces and volumes name services, not containers`() throws {
    let side = try #require(project.service("side"))
    #expect(side.networkMode == "service:db" && side.pid == "service:db" && side.ipc == "service:db")
    let user = try #require(project.service("user"))
    #expect(user.volumesFrom == ["db"])
    #expect(user.links.sorted() == ["db", "db:database"])
  }

  @Test func `Networks keep aliases, addresses and their order`() throws {
    let web = try web()
    #expect(web.networks["default"]?.aliases == ["www"])
    #expect(web.networks["back"]?.ipv4Address == "10.213.7.9")
    #expect(project.networks["back"]?.subnets.first?.ipRange == "10.213.7.128/25")
    #expect(try #require(project.service("db")).networks.keys.sorted() == ["back", "default"])
  }

  @Test func `A volume of the image or without a name is not one of the file`() throws {
    let db = try #require(project.service("db"))
    #expect(db.volumes.map(\.target) == ["/shared"])
    #expect(db.volumes.allSatisfy { $0.source == nil })
  }

  @Test func `A rebuilt file is read the same again`() throws {
    var request = LoadRequest(environment: ["NULLED": "set"], currentDirectory: "/else")
    request.files = ["/else/compose.yaml"]
    let again = try ComposeLoader.load(request, from: MemoryFiles(files: ["/else/compose.yaml": rebuilt.text])).project
    for service in project.services where service.name != "web" {
      #expect(again.service(service.name)?.configHash == service.configHash, "\(service.name)")
    }
  }

  @Test(arguments: [true, false])
  func `What was adopted as it ran is kept by a plan, and nothing else is`(isAdopted: Bool) throws {
    var observed = ObservedStack(project: "shop")
    observed.containers = live.containers.map { container in
      var seen = ObservedContainer(
        id: container.id, name: container.name, service: container.service, number: container.number,
        configHash: container.configHash, imageID: container.imageID, state: .running)
      for (name, endpoint) in container.networkSettings.networks { seen.networks[name] = .init(networkID: endpoint.networkID) }
      seen.mounts = container.mounts.map {
        .init(source: $0.kind == "volume" ? $0.name : $0.source, target: $0.destination, isVolume: $0.kind == "volume")
      }
      return seen
    }
    for network in live.networks.values {
      observed.networks[network.name] = ObservedNetwork(id: network.id, name: network.name, labels: network.labels)
    }
    for volume in live.volumes.values { observed.volumes[volume.name] = ObservedVolume(name: volume.name, labels: volume.labels) }
    for container in live.containers { observed.images[container.config.image] = ObservedImage(id: container.imageID) }
    var options = PlanOptions()
    if isAdopted {
      let comparison = StackComparison(project, live: live)
      for service in project.services {
        let running = live.replicas(of: service.name).map(\.configHash)
        for hash in running {
          options.adopted.accept(hash, for: .service, service.name, model: comparison.expectedHash(of: service))
        }
      }
    }
    let plan = try DeployPlanner.plan(project, observed: observed, options: options)
    #expect(plan.isEmpty == isAdopted, "\(plan.text)")
  }
}
