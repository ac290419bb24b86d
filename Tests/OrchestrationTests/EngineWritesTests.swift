import ComposeFile
import DockerEngine
import Foundation
import RevisionStore
import SlipwayTesting
import StackPlanning
import Testing

@testable import Orchestration

/// S-AZ-5: what is asked of the engine is judged itself, whatever the files said.
@Suite(.timeLimit(.minutes(1))) struct EngineWritesTests {
  private static func rules(_ exceptions: [PolicyException] = [], level: PolicyLevel = .standard) -> EngineWrites.Rules {
    var context = PolicyContext()
    context.ownFolder = "/srv/stacks/shop"
    return EngineWrites.Rules(
      level: level, context: context, exceptions: PolicyExceptions(exceptions: exceptions), socketPath: nil)
  }

  private static func exception(_ rule: PolicyRule, _ subjects: [String]?) -> PolicyException {
    PolicyException(
      id: 1, stack: StackKey(server: "local", project: "shop"), rule: rule.rawValue, subjects: subjects, reason: "r",
      grantedBy: "ada", grantedAt: Timestamp(milliseconds: 0), expiresAt: Timestamp(milliseconds: 1))
  }

  /// Asks a stub for a container; gives what is denied, and whether the engine was asked to make one.
  private func create(
    _ rules: EngineWrites.Rules?, volume: String = "{}", _ configure: (inout HostConfig) -> Void
  ) async throws -> (denied: [String], isAsked: Bool) {
    var spec = ContainerSpec()
    configure(&spec.hostConfig)
    let wanted = spec
    return try await StubEngine.with(
      script: { request in
        if request.target == "/_ping" { return [.pong()] }
        if request.target.contains("/volumes/") { return [.answer(200, volume)] }
        if request.target.contains("/containers/create") { return [.answer(201, #"{"Id":"1","Warnings":[]}"#)] }
        return [.answer(404, #"{"message":"none"}"#)]
      }
    ) { stub in
      var denied: [String] = []
      do {
        try await withEngine(stub.endpoint) { client in
          _ = try await EngineWrites(engine: client, stack: "shop", rules: rules).createContainer(
            named: "shop-web-1", wanted, platform: nil, of: "web", enginePaths: ["/srv/stacks/shop/page": "/var/lib/there/page"])
        }
      } catch let refusal as PolicyDenied {
        denied = refusal.denied.map(\.key)
      }
      return (denied, stub.requests.contains { $0.target.contains("/containers/create") })
    }
  }

  @Test func `A request that the rules forbid never reaches the engine`() async throws {
    let (denied, isAsked) = try await create(Self.rules()) { host in
      host.isPrivileged = true
      host.addedCapabilities = ["ALL"]
      host.binds = ["/var/run/docker.sock:/s:ro", "/var/lib/there/page:/page"]
      host.mounts = ["/etc"].map { path in
        var mount = MountSpec()
        (mount.kind, mount.source, mount.target) = ("bind", path, "/e")
        return mount
      }
    }
    #expect(
      denied == ["POL-1 web privileged", "POL-1 web mount /var/run/docker.sock", "POL-2 web mount /etc", "POL-4 web cap_add ALL"])
    #expect(!isAsked)
  }

  @Test func `What the machine's own user asks for is made`() async throws {
    #expect(try await create(nil) { $0.isPrivileged = true }.isAsked)
  }

  // AB-E2: the volume may have been made after the plan.
  @Test func `AB-E2: a volume is judged by what the engine has of it when the container is made`() async throws {
    let volume = #"{"Name":"data","Driver":"local","Options":{"type":"none","o":"bind","device":"/etc"},"Labels":{}}"#
    let (denied, isAsked) = try await create(Self.rules(), volume: volume) { $0.binds = ["data:/data"] }
    #expect(denied == ["POL-2 - volume data /etc"])
    #expect(!isAsked)
  }

  @Test func `An exception lets through what it names, and nothing beside it`() async throws {
    let narrow = Self.rules([Self.exception(.capabilities, ["POL-4 web cap_add NET_ADMIN"])])
    #expect(try await create(narrow) { $0.addedCapabilities = ["CAP_NET_ADMIN"] }.isAsked)
    #expect(
      try await create(narrow) { $0.addedCapabilities = ["CAP_NET_ADMIN", "CAP_BPF"] }.denied == ["POL-4 web cap_add BPF"])
    let wide = Self.rules([Self.exception(.capabilities, nil)])
    #expect(try await create(wide) { $0.addedCapabilities = ["ALL"] }.isAsked)
    #expect(try await create(wide) { $0.isPrivileged = true }.denied == ["POL-1 web privileged"])
  }

  /// Each finding about the file must be the same about the request: else what was confirmed would be denied.
  @Test func `The request that comes of a service is found to be what its file is found to be`() async throws {
    let yaml = """
      services:
        web:
          image: a
          privileged: true
          pid: host
          network_mode: host
          cap_add: [net_admin]
          devices: ["/dev/kmsg:/dev/kmsg"]
          device_cgroup_rules: ["c 1:3 rwm"]
          gpus: all
          sysctls: {kernel.core_pattern: x}
          security_opt: ["seccomp=unconfined"]
          cgroup_parent: /x
          oom_kill_disable: true
          runtime: other
          logging: {driver: other}
          volumes_from: ["container:other"]
          secrets: [s]
          volumes: ["/run/docker.sock:/s", "data:/data", {type: bind, source: /etc, target: /e, bind: {propagation: shared}}]
      volumes: {data: {driver_opts: {type: none, o: bind, device: /root}}}
      secrets: {s: {file: /etc/shadow}}
      """
    let project = try ComposeLoader.load(
      LoadRequest(environment: ["COMPOSE_PROJECT_NAME": "shop"], currentDirectory: "/srv/stacks/shop"),
      from: MemoryFiles(files: ["/srv/stacks/shop/compose.yaml": yaml])
    ).project
    let service = try #require(project.service("web"))
    let spec = ContainerSpecification(
      project: project, service: service, number: 1, name: "shop-web-1", image: "a", imageID: "",
      apiVersion: APIVersion(major: 1, minor: 51),
      operation: "o", revision: 1, neighbours: Neighbours(), replaced: nil
    ).spec()
    var context = Self.rules().context
    let policy = ComposePolicy(level: .strict, context: context)
    let said = Set(policy.findings(in: project).filter { $0.rule != .advice }.map(\.key))
    context.volumes["shop_data"] = PolicyContext.HeldVolume(
      driver: "local", options: ["type": "none", "o": "bind", "device": "/root"], owner: "shop")
    let asked = Set(
      ComposePolicy(level: .strict, context: context).findings(
        in: JudgedContainer(spec, service: "web", stack: "shop", paths: [:], own: [])
      ).map(\.key))
    #expect(asked == said)
    #expect(asked.count == 18)
  }

  /// The engine's own calls are made in one place; the others here make helpers of Slipway's, which no file describes.
  @Test func `No other part asks an engine for a container or a volume of a stack`() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources").standardizedFileURL
    var callers: Set<String> = []
    for module in ["Orchestration", "SlipwayServer", "LogStreaming", "slipway"] {
      let folder = sources.appending(path: module)
      let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
      for case let file as URL in files where file.pathExtension == "swift" {
        let text = try String(contentsOf: file, encoding: .utf8)
        if text.contains("engine.createContainer(") || text.contains("engine.createVolume(") {
          callers.insert(file.lastPathComponent)
        }
      }
    }
    #expect(callers == ["EngineWrites.swift", "StackMove+Running.swift", "VolumeCopy.swift", "VolumeRoutes.swift"])
  }
}

/// What leads where on a host.
@Suite struct PolicyFactsTests {
  // AB-E1
  @Test func `AB-E1: links are followed, also those that lead nowhere yet, and circles end`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("slipway-links-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let real = try #require(DiskFiles.realPath(folder.path))
    for (name, target) in [("a", "/run/none/docker.sock"), ("b", "a"), ("c", "d"), ("d", "c"), ("e", ".")] {
      try FileManager.default.createSymbolicLink(atPath: "\(real)/\(name)", withDestinationPath: target)
    }
    #expect(PolicyFacts.resolved("\(real)/a").hasSuffix("/run/none/docker.sock"))
    #expect(PolicyFacts.resolved("\(real)/b") == PolicyFacts.resolved("\(real)/a"))
    #expect(PolicyFacts.resolved("\(real)/e/e/x/y") == "\(real)/x/y")
    #expect(PolicyFacts.resolved("\(real)/c/x").hasSuffix("/x"))
    #expect(PolicyFacts.resolved("\(real)/missing/x") == "\(real)/missing/x")
  }
}
