import Foundation
import Testing

@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized)
struct DriftTests {
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test(arguments: ["hello", "shop", "vault", "worker"])
  func `A stack that was just deployed has no drift`(sample: String) async throws {
    let slipway = try BuiltSlipway()
    let stack = Self.repository.appendingPathComponent("stacks/\(sample)").path
    let ports = "HELLO_PORT=0 SHOP_PORT=0 VAULT_PORT=0"
    let deploy = try await slipway.shell("cp -r \(stack)/. . && \(ports) $SLIPWAY deploy -p $P")
    #expect(deploy.code == 0, "\(deploy.errors)")
    let drift = try await slipway.shell("$SLIPWAY drift $P")
    #expect(drift.code == 0 && drift.output.contains("all is as in revision 1"), "\(drift.output)\(drift.errors)")
    try await slipway.remove()
  }

  @Test(.enabled("needs Docker Compose") { BuiltSlipway.hasCompose })
  func `Contents of containers that Docker Compose made are looked at`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      services:
        web: {image: slipway/base:1, command: [sleep, "600"], init: true, configs: [{source: c, target: /c}], secrets: [s]}
      configs: {c: {content: "${WORD}"}}
      secrets: {s: {environment: WORD}}
      """)
    let result = try await slipway.shell(
      """
      export WORD=one; docker-compose -p $P up -d 2>/dev/null
      $SLIPWAY up -d -p $P 2>&1 | grep -c warning; $SLIPWAY drift -p $P
      WORD=two $SLIPWAY up -d -p $P 2>&1 | grep warning; $SLIPWAY drift -p $P
      WORD=two $SLIPWAY deploy -p $P 2>>errors; $SLIPWAY exec -T -p $P web cat /c /run/secrets/s; echo; $SLIPWAY drift -p $P
      """)
    let p = slipway.project
    #expect(
      result.output == """
        0
        \(p): all is as in revision 1
        warning: configs or secrets of web have changed, and its containers keep the old ones (slipway deploy or --force-recreate renews them)
        \(p): what runs differs from revision 2
        ~ container \(p)-web-1
            contents of configs and secrets changed
        twotwo
        \(p): all is as in revision 3

        """, "\(result.output)\(result.errors)")
    try await slipway.remove()
  }

  @Test func `Names of other containers and of links are no drift`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      x-sleep: &sleep {image: slipway/base:1, command: [sleep, "600"], init: true}
      services:
        a: {<<: *sleep, domainname: dom.example, ipc: shareable}
        b: {<<: *sleep, network_mode: "service:a"}
        c: {<<: *sleep, pid: "container:${P}-a-1", ipc: "container:${P}-a-1", network_mode: "container:${P}-a-1", depends_on: [a]}
        d: {<<: *sleep, links: ["e", "e:ee"]}
        e: {<<: *sleep, scale: 2}
      """)
    let result = try await slipway.shell(
      "$SLIPWAY up -d -p $P a 2>>errors; $SLIPWAY up -d -p $P 2>>errors; $SLIPWAY drift -p $P; $SLIPWAY plan -p $P >/dev/null 2>&1; echo $?"
    )
    #expect(result.output == "\(slipway.project): all is as in revision 2\n0\n", "\(result.output)\(result.errors)")
    try await slipway.remove()
  }

  @Test func `What was changed by hand is told field by field, and a deploy takes it back`() async throws {
    let compose = """
      services:
        web:
          image: slipway/base:1
          command: [sleep, "600"]
          init: true
          mem_limit: 32m
          networks: [default, more]
          volumes: ["./settings:/settings:ro"]
          environment: {TOKEN: hunter2hunter2}
        db: {image: slipway/base:1, command: [sleep, "600"], init: true}
      networks: {more: {}}
      """
    let slipway = try BuiltSlipway()
    try slipway.write(compose)
    let deploy = try await slipway.shell("mkdir settings; echo one > settings/a; $SLIPWAY deploy -p $P")
    #expect(deploy.code == 0, "\(deploy.errors)")
    #expect(try await slipway.shell("$SLIPWAY drift -p $P").code == 0)
    let changed = try await slipway.shell(
      """
      $ENGINE -X POST -H 'Content-Type: application/json' -d '{"Memory":67108864,"MemorySwap":134217728,"RestartPolicy":{"Name":"always"}}' \
        http://engine/containers/$P-web-1/update
      $ENGINE -X POST -H 'Content-Type: application/json' -d '{"Container":"'$P-web-1'"}' http://engine/networks/${P}_more/disconnect
      $ENGINE -X POST "http://engine/containers/$P-db-1/kill"
      echo two > settings/a
      sleep 1
      $SLIPWAY drift $P
      """)
    #expect(changed.code == 2)
    for line in [
      "mem_limit: 33554432 -> 67108864", "restart: + always", "networks.more: -", "state: running -> exited with 137",
      "settings/a",
    ] {
      #expect(changed.output.contains(line), "\(line) in \(changed.output)")
    }
    #expect(!changed.output.contains("hunter2"))
    let json = try await slipway.shell("$SLIPWAY drift $P --json")
    let value = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(value?["drift"] as? Bool == true && value?["revision"] as? Int == 1)
    #expect(try await slipway.shell("$SLIPWAY deploy --force-recreate -p $P").code == 0)
    let settled = try await slipway.shell("$SLIPWAY drift $P")
    #expect(settled.code == 0, "\(settled.output)")
    try await slipway.remove()
  }

  @Test func `A container that was replaced by hand, one too many and one that is gone are told`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write("services: {web: {image: slipway/base:1, command: [sleep, \"600\"], init: true, scale: 2}}")
    #expect(try await slipway.run("deploy", "-p", slipway.project).code == 0)
    let labels =
      "\"com.docker.compose.project\":\"'$P'\",\"com.docker.compose.config-hash\":\"x\",\"com.docker.compose.container-number\":\"1\""
    let found = try await slipway.shell(
      """
      $ENGINE -X DELETE "http://engine/containers/$P-web-1?force=1"
      $ENGINE -X DELETE "http://engine/containers/$P-web-2?force=1"
      $ENGINE -X POST -H 'Content-Type: application/json' "http://engine/containers/create?name=$P-web-1" -o /dev/null -d \
        '{"Image":"slipway/base:1","Cmd":["sleep","700"],"HostConfig":{"Init":true,"NetworkMode":"'${P}_default'"},"Labels":{"com.docker.compose.service":"web",\(labels)}}'
      $ENGINE -X POST -H 'Content-Type: application/json' "http://engine/containers/create?name=$P-old-1" -o /dev/null -d \
        '{"Image":"slipway/base:1","Cmd":["sleep","700"],"Labels":{"com.docker.compose.service":"old",\(labels)}}'
      $ENGINE -X POST "http://engine/containers/$P-web-1/start"
      $SLIPWAY drift $P
      """)
    #expect(found.code == 2, "\(found.output)\(found.errors)")
    for line in [
      "command[1]: 600 -> 700", "networks.default.aliases", "- container \(slipway.project)-web-2",
      "+ container \(slipway.project)-old-1",
    ] {
      #expect(found.output.contains(line), "\(line) in \(found.output)")
    }
    try await slipway.remove()
  }
}
