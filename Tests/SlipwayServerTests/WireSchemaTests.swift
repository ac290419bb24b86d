import ComposeFile
import FoundationEssentials
import SlipwayAPI
import Testing

@testable import SlipwayServer

/// A value of the wire with the schema that its route promises.
struct WireSample: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let faults: @Sendable () throws -> [Schema.Fault]

  init<Body: WireType>(_ body: Body) {
    testDescription = "\(Body.self)"
    faults = {
      let json = try ComposeValue(json: Array(try Wire.encoder().encode(body)))
      return Body.schema.faults(in: json)
    }
  }
}

@Suite struct WireSchemaTests {
  private static let entry = ContainerDetailBody.Entry(name: "A", value: "•••", masked: true)
  private static let container = ContainerBody(
    id: "a1", name: "shop-web-1", server: "local", stack: "shop", service: "web", number: 1, image: "web:1", status: "running",
    health: "healthy", text: "Up", createdAt: "2026-11-22T05:34:02Z",
    ports: [.init(address: "0.0.0.0", published: 80, target: 80, transport: "tcp")])
  private static let resources = ContainerDetailBody.Resources(
    cpus: 0.5, memoryBytes: 1 << 30, memorySwapBytes: -1, pids: 10, restart: "always", restartRetries: 0)
  private static let server = ServerBody(
    name: "alpha", kind: "ssh", link: "away", reason: "no route", address: "ssh://deploy@alpha", jumpOnly: false, jumps: ["gate"],
    login: "key", socket: "/var/run/docker.sock", dial: "socket", hostKeyType: "ssh-ed25519", fingerprint: "SHA256:x", stacks: 1,
    containers: 2,
    running: 1, engine: "Docker/28", apiVersion: "1.48", createdAt: "2026-11-22T05:34:02Z", seenAt: "2026-11-22T05:35:02Z")
  private static let test = ServerTestBody(
    server: "alpha", ok: false, dial: "socket",
    steps: [.init(name: "login", host: "alpha", outcome: "not_tried", message: "", remedy: "r", milliseconds: 3)])
  private static let disk = ServerInfoBody.Disk(path: "/", sizeBytes: 2, freeBytes: 1)
  private static let network = NetworkBody(
    id: "n1", name: "front", driver: "bridge", scope: "local", isInternal: true, attachable: false, ipv6: false, stack: nil,
    pools: [.init(subnet: "10.0.0.0/24", gateway: "10.0.0.1", range: nil)], createdAt: nil)
  private static let volume = VolumeBody(
    name: "data", driver: "local", scope: "local", stack: "shop", anonymous: false, createdAt: nil, sizeBytes: 3,
    users: [
      .init(container: "a1", name: "shop-web-1", stack: "shop", service: "web", target: "/d", writable: true, running: true)
    ], inUse: true, orphan: false)
  private static let image = ImagePlanBody.Image(
    id: "sha256:1", tags: ["a:1"], digests: [], sizeBytes: 1,
    reasons: [.init(kind: "revision", container: nil, stack: "shop", revision: 3)])
  private static let problem: ProblemBody = {
    var body = ProblemBody(
      title: "t", status: 409, code: "c", detail: "d", remedy: "r",
      faults: [.init(place: "/a", message: "m", remedy: "r", rule: "x")])
    body.requestID = "1"
    body.hostKey = .init(host: "alpha", type: "ssh-ed25519", fingerprint: "SHA256:x")
    return body
  }()

  static let samples = [
    WireSample(
      ConnectivityBody(
        network: "front", from: "a", to: "b", address: nil, outcome: "unknown",
        findings: [.init(check: "echo", outcome: "unknown", detail: "no ping")])),
    WireSample(RotatedKeysBody(dataKeys: 4, values: 0, damaged: ["secret A (version 1)"])),
    WireSample(server), WireSample(test), WireSample(AddedServerBody(server: server, test: test)),
    WireSample(
      ServerInfoBody(
        engineVersion: "28", apiVersion: "1.48", podman: false, operatingSystem: "Debian", kernelVersion: "6",
        architecture: "x86_64",
        processors: 2, memoryBytes: 1, availableMemoryBytes: 1, load: [0.1, 0.2, 0.3], uptimeSeconds: 1,
        storageDriver: "overlay2",
        cgroupVersion: "2", cgroupDriver: "systemd", rootDisk: disk, filesDisk: nil, clockSkewMilliseconds: -3, containers: 1,
        containersRunning: 1, images: 1,
        usage: .init(imagesBytes: 1, containersBytes: 1, volumesBytes: 1, buildCacheBytes: 1))),
    WireSample(
      StackImageBody(
        id: "sha256:1", tags: ["a:1"], createdAt: "2026-11-22T05:34:02Z", sizeBytes: 1, os: "linux", architecture: "amd64",
        variant: "")),
    WireSample(CommittedImageBody(id: "sha256:1")),
    WireSample(ContainerPathBody(name: "hosts", sizeBytes: 3, mode: 0o644, linkTarget: "")),
    WireSample(FindingBody(name: "engine", verdict: "ok", message: "answers", remedy: nil)),
    WireSample(TerminalBody(id: "a", socket: "/api/v1/exec/a", tty: true)),
    WireSample(
      AdoptableProjectBody(
        name: "shop", services: ["web"], states: ["running": 1], workingDirectory: "/srv", configFiles: ["/srv/compose.yaml"],
        environmentFiles: [], unreadable: [], severalOrigins: false, revision: 1, deployedBySlipway: true)),
    WireSample(
      MovePlanBody(
        project: "shop", from: "local", to: "alpha", revision: 2,
        steps: [.init(part: "downtime", action: "stop", target: "web", cause: "it moves")], downtime: ["web"], stays: [],
        warnings: [],
        findings: [
          RawJSON(
            text: """
              {"rule": "POL-4", "severity": "deny", "service": "web", "attribute": "services.web.cap_add", "place": "",
               "message": "m", "remedy": "r", "exception": null}
              """)
        ])),
    WireSample(RotatedKeyBody(server: "alpha", key: "ssh-ed25519 AAAA", fingerprint: "SHA256:x", leftover: nil)),
    WireSample(container),
    WireSample(
      ContainerDetailBody(
        container: container, imageId: "sha256:1", command: ["a"], entrypoint: [], workingDirectory: "/", user: nil,
        hostname: "h",
        environment: [entry], labels: [entry], startedAt: "2026-11-22T05:34:02Z", finishedAt: nil, exitCode: -1,
        outOfMemory: false, error: nil, restartCount: 0, resources: resources,
        mounts: [.init(kind: "volume", name: "data", source: "/s", target: "/d", writable: true)],
        networks: [.init(name: "n", id: "n1", address: "10.0.0.2", ipv6Address: nil, gateway: nil, mac: nil, aliases: ["web"])],
        networkMode: "n", privileged: false, readOnlyRoot: false, addedCapabilities: [], droppedCapabilities: ["ALL"],
        logDriver: "json-file", probes: [.init(startedAt: nil, endedAt: nil, exitCode: 1, output: "o")], revision: 2)),
    WireSample(ProcessesBody(titles: ["PID"], rows: [["1"]])),
    WireSample(
      StatsBody(
        at: "2026-11-22T05:34:02Z", cpuPercent: 1.5, memoryBytes: 1, memoryLimitBytes: 2, receivedBytes: 0, sentBytes: 0,
        readBytes: 0, writtenBytes: 0, pids: 1)),
    WireSample(
      ImageBody(
        id: "sha256:1", tags: ["a:1"], digests: ["a@sha256:2"], createdAt: "2026-11-22T05:34:02Z", sizeBytes: 1, usedBy: ["w"],
        keptBy: [.init(stack: "shop", revision: 1)])),
    WireSample(ImagePlanBody(removed: [], kept: [image], reclaimableBytes: 0)),
    WireSample(ImageRemovalBody(untagged: ["a:1"], deleted: [])), WireSample(network),
    WireSample(
      NetworkDetailBody(
        network: network, options: ["mtu": "1"], labels: [entry],
        endpoints: [
          .init(container: "a1", name: "w", stack: nil, service: nil, ipv4: "10.0.0.2/24", ipv6: nil, mac: "02:00")
        ], hiddenEndpoints: 1)),
    WireSample(volume), WireSample(VolumeDetailBody(volume: volume, mountpoint: "/m", options: [entry], labels: [])),
    WireSample(
      VolumeUsageBody(
        volumes: 1, sizeBytes: 3, orphans: 0, orphanBytes: 0, largest: [.init(name: "data", stack: "shop", sizeBytes: 3)])),
    WireSample(
      TemplateBody(
        name: "web", title: "Web", description: "d",
        parameters: [
          .init(name: "P", kind: "port", description: "d", defaultValue: "80", pattern: nil, choices: [])
        ])),
    WireSample(
      RenderedTemplateBody(
        files: [FileContentBody(path: "compose.yaml", text: "x")], problems: [.init(parameter: "P", message: "m")])),
    WireSample(
      SystemBody(
        title: "Slipway", version: "1", startedAt: "2026-11-22T05:34:02Z", uptimeSeconds: 1,
        store: .init(condition: "sound", sizeBytes: 1, message: nil), disk: disk, sockets: 0, operationsRunning: 0,
        operationsWaiting: 0, memoryBytes: 1, servers: 1, serversUp: 1)),
    WireSample(
      SettingBody(key: "k", about: "a", value: RawJSON(.int(1)), defaultValue: RawJSON(.null), source: "stored")),
    WireSample(Page([volume], next: "c", total: 1)), WireSample(problem),
  ]

  @Test(arguments: samples) func `What is sent has the shape that the description promises`(_ sample: WireSample) throws {
    #expect(try sample.faults().isEmpty)
  }

  @Test func `A member that was not promised is a fault`() throws {
    let json = try ComposeValue(json: Array("{\"server\":\"a\",\"ok\":true,\"steps\":[],\"extra\":1}".utf8))
    #expect(ServerTestBody.schema.faults(in: json).map(\.pointer) == ["/extra"])
  }

  @Test func `Names within any JSON are kept as they are`() throws {
    let value = try ComposeValue(json: Array(#"{"isSkipped":true,"in_two":[{"camelCase":1}]}"#.utf8))
    let written = try Wire.encoder().encode(["someResult": RawJSON(value)])
    #expect(try ComposeValue(json: Array(written))["someResult"] == value)
    #expect(try Wire.decoder().decode([String: RawJSON].self, from: written)["someResult"]?.value == value)
  }
}
