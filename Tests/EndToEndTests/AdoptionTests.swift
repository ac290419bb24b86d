import Foundation
import Testing

/// Projects that the real Docker Compose has started, taken over.
@Suite(
  .enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere && BuiltSlipway.hasCompose }, .serialized)
struct AdoptionTests {
  private static let compose = """
    services:
      db:
        image: slipway/database:1.0
        environment: {PASSWORD: hunter2hunter2}
        volumes: ["data:/var/lib/database", /scratch]
        networks: {back: {ipv4_address: 10.214.9.9}}
        mem_limit: 64m
        restart: unless-stopped
      web:
        image: slipway/hello:1.0
        environment: {GREETING: Hello}
        command: ["/bin/serve"]
        ports: ["127.0.0.1::80"]
        networks: {back: {}, front: {aliases: [www]}}
        depends_on: {db: {condition: service_healthy}}
        deploy: {replicas: 2}
        init: true
        cap_drop: [MKNOD]
        ulimits: {nofile: {soft: 100, hard: 200}}
        logging: {options: {max-size: 1m}}
        volumes: ["./page:/page:ro", {type: tmpfs, target: /mem, tmpfs: {size: 1048576}}]
      side:
        image: slipway/base:1
        command: [sleep, "600"]
        init: true
        network_mode: service:db
    networks:
      front: {labels: {a: b}}
      back: {internal: true, ipam: {config: [{subnet: 10.214.9.0/24}]}}
    volumes: {data: {labels: {kept: "yes"}}}
    """

  /// Identity, times and restarts of all containers, and their labels.
  private static let state = """
    docker ps -aq --filter label=com.docker.compose.project=$P | sort | xargs docker inspect \
    --format '{{.Id}} {{.Name}} {{.State.StartedAt}} {{.RestartCount}} {{json .Config.Labels}}'
    """

  @Test func `What containers do not show is asked for, and not taken for the same`() async throws {
    let compose = """
      services:
        web: {image: slipway/base:1, command: [sleep, "600"], init: true}
      """
    try await withStack(compose) { slipway in
      try slipway.write(compose.replacingOccurrences(of: "init: true", with: "init: true, post_start: [{command: [touch, /x]}]"))
      let adopt = try await slipway.shell("$SLIPWAY adopt $P </dev/null")
      #expect(adopt.code == 1 && (adopt.output + adopt.errors).contains("config hash"), "\(adopt.output)\(adopt.errors)")
    }
  }

  @Test func `On a terminal the list ends with the question which to take over`() async throws {
    try await withStack("services: {web: {image: slipway/base:1, command: [sleep, \"600\"], init: true}}") { slipway in
      let none = try await slipway.shell("(sleep 2; echo) | script -qec '$SLIPWAY adopt' /dev/null; $SLIPWAY revisions -p $P")
      #expect(none.output.contains("Take over which? [") && !none.output.contains("describes what runs"), "\(none)")
      let one = try await slipway.shell("(sleep 2; echo $P) | script -qec '$SLIPWAY adopt' /dev/null")
      #expect(one.output.contains("\(slipway.project): revision 1 describes what runs"), "\(one)")
      #expect(try await slipway.shell("$SLIPWAY adopt </dev/null").output.contains("Take over which?") == false)
    }
  }

  private func withStack(_ compose: String = compose, _ body: (BuiltSlipway) async throws -> Void) async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(compose)
    try FileManager.default.createDirectory(at: slipway.folder.appendingPathComponent("page"), withIntermediateDirectories: true)
    do {
      let up = try await slipway.shell("docker-compose -p $P up -d --wait")
      #expect(up.code == 0, "\(up.errors)")
      try await body(slipway)
      _ = try await slipway.shell(Self.cleanUp)
      try FileManager.default.removeItem(at: slipway.folder)
    } catch {
      // WHY try?: the first failure is the one to show.
      _ = try? await slipway.shell(Self.cleanUp)
      throw error
    }
  }

  private static let cleanUp = """
    docker ps -aq --filter label=com.docker.compose.project=$P | xargs -r docker rm -fv
    docker network ls -q --filter label=com.docker.compose.project=$P | xargs -r docker network rm
    docker volume ls -q --filter label=com.docker.compose.project=$P | xargs -r docker volume rm
    """

  @Test func `A project with its files is adopted and nothing is touched`() async throws {
    try await withStack { slipway in
      let before = try await slipway.shell(Self.state)
      let list = try await slipway.shell("$SLIPWAY adopt")
      #expect(list.output.contains(slipway.project) && list.output.contains("running(4)"), "\(list.output)\(list.errors)")
      let adopted = try await slipway.shell("$SLIPWAY adopt $P")
      #expect(adopted.code == 0 && adopted.output.contains("nothing was changed"), "\(adopted.errors)")
      #expect(try await slipway.shell("$SLIPWAY drift $P").code == 0)
      let plan = try await slipway.shell("$SLIPWAY plan -p $P")
      #expect(plan.code == 0, "\(plan.output)\(plan.errors)")
      let deploy = try await slipway.shell("$SLIPWAY deploy -p $P")
      #expect(deploy.code == 0 && deploy.errors.contains("nothing to do"), "\(deploy.errors)")
      #expect(try await slipway.shell(Self.state).output == before.output)
      let again = try await slipway.shell("$SLIPWAY adopt $P")
      #expect(again.code == 1 && again.errors.contains("has revision 1 already"), "\(again.errors)")
    }
  }

  @Test func `A project without its files is rebuilt, and its plan is empty`() async throws {
    try await withStack { slipway in
      let before = try await slipway.shell(Self.state)
      let adopted = try await slipway.shell("rm compose.yaml; $SLIPWAY adopt $P -o out")
      #expect(adopted.code == 0 && adopted.output.contains("rebuilt from what runs"), "\(adopted.errors)")
      #expect(adopted.errors.isEmpty && !adopted.output.contains("hunter2"), "\(adopted.errors)")
      #expect(try await slipway.shell("$SLIPWAY revisions -p $P").output.contains("rebuilt from what runs"))
      let drift = try await slipway.shell("$SLIPWAY drift $P")
      #expect(drift.code == 0, "\(drift.output)")
      let plan = try await slipway.shell("cd out && $SLIPWAY plan")
      #expect(plan.code == 0, "\(plan.output)\(plan.errors)")
      #expect(try await slipway.shell("cd out && $SLIPWAY deploy").code == 0)
      #expect(try await slipway.shell(Self.state).output == before.output)
      let kept = try await slipway.shell("$SLIPWAY adopt $P -o out; cat out/compose.yaml | grep -c hunter2hunter2")
      #expect(kept.output == "1\n")
      // A change of one service replaces that one, and no other.
      let changed = try await slipway.shell("cd out && sed -i 's/GREETING: Hello/GREETING: Bye/' compose.yaml && $SLIPWAY plan")
      #expect(changed.code == 2 && changed.output.contains("environment.GREETING"), "\(changed.output)")
      #expect(!changed.output.contains("-db-1") && !changed.output.contains("-side-1"), "\(changed.output)")
    }
  }

  @Test func `What a rebuilt file makes is equal to what ran`() async throws {
    let inspect = """
      docker inspect $(docker ps -aq --filter label=com.docker.compose.project=$P | sort) | python3 -c 'import json, re, sys
      rows = []
      for c in json.load(sys.stdin):
        config, host = c["Config"], c["HostConfig"]
        labels = {k: v for k, v in config["Labels"].items() if not k.startswith(("com.docker.compose.", "slipway."))}
        config = {k: v for k, v in config.items() if k not in ("Labels", "Hostname")}
        config["Env"] = sorted(config["Env"])
        # Empty or absent, and with or without the prefix, is the same to the engine.
        host = {k: [n.replace("CAP_", "") for n in v] if k.startswith("Cap") else v for k, v in host.items() if v}
        mounts = sorted((m["Type"], m["Destination"], m["RW"]) for m in c["Mounts"])
        aliases = {n: sorted(a for a in e["Aliases"] or [] if a != c["Id"][:12]) for n, e in c["NetworkSettings"]["Networks"].items()}
        addresses = {n: e["IPAMConfig"] or None for n, e in c["NetworkSettings"]["Networks"].items()}
        rows.append((c["Name"], c["Image"], labels, config, host, mounts, aliases, addresses))
      text = json.dumps(sorted(rows, key=lambda r: r[0]), sort_keys=True, indent=1)
      print(re.sub("container:[0-9a-f]{64}", "container:ID", text))'
      """
    try await withStack { slipway in
      #expect(try await slipway.shell("rm compose.yaml; $SLIPWAY adopt $P -o out").code == 0)
      let before = try await slipway.shell(inspect)
      #expect(before.code == 0 && !before.output.isEmpty, "\(before.errors)")
      _ = try await slipway.shell(Self.cleanUp)
      let deployed = try await slipway.shell("cd out && SLIPWAY_DATA=$SLIPWAY_DATA-new $SLIPWAY up -d")
      #expect(deployed.code == 0, "\(deployed.errors)")
      let after = try await slipway.shell(inspect)
      let (a, b) = (before.output.split(separator: "\n"), after.output.split(separator: "\n"))
      #expect(a == b, "\(a.difference(from: b))")
    }
  }

  @Test func `Files that say something else must be chosen`() async throws {
    try await withStack { slipway in
      let before = try await slipway.shell(Self.state)
      let refused = try await slipway.shell(
        "sed -i 's/64m/96m/; s/hunter2hunter2/hunter3hunter3/' compose.yaml; $SLIPWAY adopt $P")
      #expect(refused.code == 1 && refused.errors.contains("mem_limit: 100663296 -> 67108864"), "\(refused.errors)")
      #expect(refused.errors.contains("environment.PASSWORD") && !refused.errors.contains("hunter"), "\(refused.errors)")
      #expect(try await slipway.shell("$SLIPWAY revisions -p $P --json").output == "[]\n")
      let running = try await slipway.shell("$SLIPWAY adopt $P --as-running")
      #expect(running.code == 0 && running.output.contains("db is recorded as it runs"), "\(running.errors)")
      #expect(try await slipway.shell("$SLIPWAY drift $P").code == 0)
      let plan = try await slipway.shell("$SLIPWAY plan -p $P")
      #expect(plan.code == 2 && plan.output.contains("mem_limit"), "\(plan.output)\(plan.errors)")
      #expect(try await slipway.shell(Self.state).output == before.output)
      // The revision is what ran: to go back to it changes nothing.
      let back = try await slipway.shell("$SLIPWAY rollback 1 -p $P")
      #expect(back.code == 0, "\(back.errors)")
      #expect(try await slipway.shell(Self.state).output == before.output)
    }
  }

  @Test func `Files that are chosen are the revision, and drift tells what runs`() async throws {
    try await withStack { slipway in
      let adopted = try await slipway.shell("sed -i 's/64m/96m/' compose.yaml; $SLIPWAY adopt $P --as-files --json")
      #expect(adopted.code == 0 && adopted.output.contains("changed-files"), "\(adopted.errors)")
      let drift = try await slipway.shell("$SLIPWAY drift $P")
      #expect(drift.code == 2 && drift.output.contains("mem_limit"), "\(drift.output)")
      #expect(try await slipway.shell("$SLIPWAY deploy -p $P").code == 0)
      let settled = try await slipway.shell("$SLIPWAY drift $P")
      #expect(settled.code == 0, "\(settled.output)")
    }
  }

  @Test func `A file whose hash is another but whose containers are equal is adopted as it is`() async throws {
    try await withStack { slipway in
      // As an older Docker Compose would have labelled it: the same container, another hash.
      let adopted = try await slipway.shell(
        "sed -i 's/init: true/init: true\\n    attach: false/' compose.yaml; $SLIPWAY adopt $P")
      #expect(adopted.code == 0, "\(adopted.errors)")
      let plan = try await slipway.shell("$SLIPWAY plan -p $P")
      #expect(plan.code == 0, "\(plan.output)\(plan.errors)")
    }
  }

  @Test func `What cannot be adopted is refused with a way out`() async throws {
    try await withStack("services: {web: {image: slipway/hello:1.0}}") { slipway in
      let typo = try await slipway.shell("$SLIPWAY adopt ${P}x")
      #expect(typo.code == 1 && typo.errors.contains("did you mean \(slipway.project)?"), "\(typo.errors)")
      #expect(try await slipway.shell("$SLIPWAY drift $P").errors.contains("slipway adopt"))
      let broken = try await slipway.shell(
        "echo 'services: {web: {image: slipway/hello:1.0, bad: 1}}' > compose.yaml; $SLIPWAY adopt $P")
      #expect(broken.code == 1 && broken.errors.contains("compose.yaml:1:"), "\(broken.errors)")
      let stopped = try await slipway.shell("docker-compose -p $P stop -t 0 2>&1; docker stop -t 0 $P-web-1; $SLIPWAY adopt $P")
      #expect(stopped.code == 1 && stopped.errors.contains("nothing of \(slipway.project) runs"), "\(stopped.errors)")
    }
  }
}

extension BuiltSlipway {
  /// Docker Compose, to be compared with, and the engine's own command line.
  static let hasCompose = ["docker-compose", "docker", "python3"].allSatisfy { name in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }
  }
}
