import ComposeFile
import StackPlanning
import Testing

/// AB-E1: the sockets of engines, by every way that leads to them.
@Suite struct SocketPolicyTests {
  // POL-1, POL-2
  @Test(arguments: [
    "/var/run/docker.sock:/s:ro", "/var/run/docker.sock:/s", "/run:/s", "/run/:/s", "/var/run:/s:ro",
    "/var/run/../run/docker.sock:/s:ro",
    "//run//docker.sock:/s", "/:/host:ro", "/run/containerd/containerd.sock:/s", "/run/containerd:/s",
    "/run/podman/podman.sock:/s",
    "/run/user/1000:/s", "/run/user/1000/docker.sock:/s", "/home/me/.docker/run/docker.sock:/s", "/var:/s",
    "./../../../run/docker.sock:/s",
  ])
  func `AB-E1: each spelling of a socket is denied, with rule and line`(_ mount: String) throws {
    let stack = JudgedStack("services:\n  web:\n    image: a\n    volumes:\n      - ./data:/data\n      - \(mount)\n")
    #expect(try stack.denied() == ["POL-1 compose.yaml:6:9"])
    let open = try stack.findings(.open)
    #expect(open.map(\.severity) == [.warn])
    #expect(open.first?.remedy.isEmpty == false)
  }

  @Test func `AB-E1: the long syntax, and read_only with it, is denied as the short one`() throws {
    let stack = JudgedStack(
      """
      services:
        web:
          image: a
          volumes:
            - {type: bind, source: /var/run/docker.sock, target: /s, read_only: true}
      """)
    #expect(try stack.denied() == ["POL-1 compose.yaml:5:9"])
  }

  @Test func `AB-E1: a variable hides no socket`() throws {
    var stack = JudgedStack(
      "services:\n  web:\n    image: a\n    volumes: [\"${WHERE}:/s:ro\", \"${REST:-/run}/docker.sock:/t\"]\n")
    stack.environment = ["WHERE": "/var/run/docker.sock"]
    #expect(try stack.denied() == ["POL-1 compose.yaml:4:15", "POL-1 compose.yaml:4:33"])
  }

  @Test func `AB-E1: a link is judged by where it leads to`() throws {
    var stack = JudgedStack("services:\n  web:\n    image: a\n    volumes: [\"./handy:/s:ro\", \"./page:/p\"]\n")
    #expect(try stack.denied().isEmpty)
    stack.context.resolvedPaths = ["/srv/stacks/shop/handy": "/run/docker.sock", "/srv/stacks/shop/page": "/srv/other"]
    #expect(try stack.denied() == ["POL-1 compose.yaml:4:15", "POL-2 compose.yaml:4:32"])
    #expect(try stack.findings().last { $0.isDenied }?.message.contains("leads to /srv/other") == true)
  }

  @Test func `AB-E1: the socket of the engine in use counts wherever it is`() throws {
    var stack = JudgedStack("services:\n  web:\n    image: a\n    volumes: [\"/opt/engines:/s\"]\n")
    stack.context.allowedRoots = ["/opt/engines"]
    #expect(try stack.denied().isEmpty)
    stack.context.engineSockets = ["/opt/engines/one.sock"]
    #expect(try stack.denied() == ["POL-1 compose.yaml:4:15"])
  }

  @Test func `A secret or config file is a mount of the host, too`() throws {
    let stack = JudgedStack(
      """
      services:
        web:
          image: a
          secrets: [s]
          configs: [c]
      secrets: {s: {file: /var/run/docker.sock}}
      configs: {c: {file: /etc/shadow}}
      """)
    #expect(try stack.denied() == ["POL-1 compose.yaml:4:15", "POL-2 compose.yaml:5:15"])
  }
}
