import Foundation
import Testing

/// What goes over from a container to the one that takes its place.
@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized)
struct ReplacedContainerTests {
  private func service(_ rest: String) -> String {
    """
    services:
      web:
        image: slipway/base:1
        command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
    \(rest.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
    """
  }

  private func mounts(_ slipway: BuiltSlipway) async throws -> String {
    try await slipway.shell("$SLIPWAY exec -p $P -T web cat /proc/mounts").output
  }

  @Test func `A named volume that the file no longer mounts is left off`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(service("volumes: [\"data:/d\"]") + "\nvolumes: {data: {}}\n")
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    #expect(try await mounts(slipway).contains(" /d "))
    try slipway.write(service("") + "\nvolumes: {data: {}}\n")
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    #expect(try await !mounts(slipway).contains(" /d "))
    try await slipway.remove()
  }

  @Test func `An anonymous volume keeps its data, and gives way to a tmpfs`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(service("volumes: [\"/d\"]"))
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    #expect(try await slipway.shell("$SLIPWAY exec -p $P -T web sh -c 'echo kept >/d/file'").code == 0)
    try slipway.write(service("volumes: [\"/d\"]\nenvironment: {A: b}"))
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    #expect(try await slipway.shell("$SLIPWAY exec -p $P -T web cat /d/file").output == "kept\n")
    try slipway.write(service("volumes: [{type: tmpfs, target: /d}]"))
    let tmpfs = try await slipway.run("up", "-d", "-p", slipway.project)
    #expect(tmpfs.code == 0, "\(tmpfs.errors)")
    #expect(try await mounts(slipway).contains("tmpfs /d "))
    try await slipway.remove()
  }

  @Test func `A container shares the namespace of the lowest replica that there is`() async throws {
    func compose(_ value: String) -> String {
      service("deploy: {replicas: 2}\nenvironment: {V: \"\(value)\"}")
        + """

          side:
            image: slipway/base:1
            command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
            network_mode: service:web
        """
    }
    let slipway = try BuiltSlipway()
    try slipway.write(compose("1"))
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    #expect(try await slipway.shell("$ENGINE -X DELETE http://e/containers/$P-web-1?force=1").code == 0)
    try slipway.write(compose("2"))
    let up = try await slipway.shell("$SLIPWAY up -d -p $P --scale web=1")
    #expect(up.code == 0, "\(up.errors)")
    #expect(try await slipway.shell("$SLIPWAY exec -p $P -T side true").code == 0)
    try await slipway.remove()
  }

  @Test func `Restarts of long ago do not fail a deploy that keeps the container`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      services:
        web:
          image: slipway/base:1
          command: ["/bin/sh", "-c", "echo . >>/count; [ $$(wc -l </count) -gt 4 ] || exit 1; trap exit TERM; sleep 600 & wait"]
          restart: always
      """)
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    let stable = try await slipway.shell(
      "for i in $(seq 200); do [ \"$($SLIPWAY exec -p $P -T web wc -l /count 2>&1)\" = '5 /count' ] && exit 0; sleep 0.1; done; exit 1"
    )
    #expect(stable.code == 0)
    let scaled = try await slipway.shell("$SLIPWAY deploy -p $P --scale web=1 -m kept")
    #expect(scaled.code == 0, "\(scaled.errors)")
    try await slipway.remove()
  }

  @Test func `A name that another project's container has is noticed while everything still runs`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(service(""))
    #expect(try await slipway.run("deploy", "-p", slipway.project).code == 0)
    let before = try await slipway.run("ps", "-q", "-p", slipway.project).output
    let name = "\(slipway.project)-foreign"
    #expect(
      try await slipway.shell(
        "$ENGINE -H 'Content-Type: application/json' -d '{\"Image\":\"slipway/base:1\"}' http://e/containers/create?name=\(name)"
      ).code == 0)
    try slipway.write(service("container_name: \(name)"))
    let refused = try await slipway.run("deploy", "-p", slipway.project)
    #expect(refused.code == 1 && refused.errors.contains("is not of this stack"), "\(refused.errors)")
    #expect(try await slipway.run("plan", "-p", slipway.project).code == 1)
    let events = try await slipway.run("ps", "-q", "-p", slipway.project).output
    #expect(events == before)
    _ = try await slipway.shell("$ENGINE -X DELETE http://e/containers/\(name)?force=1")
    try await slipway.remove()
  }
}
