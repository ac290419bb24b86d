import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of isolation, and what neither takes.
@Suite struct IsolationTests {
  private static let forms: [(String, String)] = [
    ("cap_add: [ALL, NET_ADMIN]", #"{"cap_add": ["ALL", "NET_ADMIN"]}"#),
    ("cap_add: [a, a]", #"{"cap_add": ["a"]}"#),
    ("cap_add: []", "{}"),
    ("cap_drop: [ALL]", #"{"cap_drop": ["ALL"]}"#),
    ("cap_drop: [a, b, a]", #"{"cap_drop": ["a", "b"]}"#),
    ("cap_drop: []", "{}"),
    ("cgroup: host", #"{"cgroup": "host"}"#),
    ("cgroup: private", #"{"cgroup": "private"}"#),
    ("cgroup_parent: m-executor-abcd", #"{"cgroup_parent": "m-executor-abcd"}"#),
    (#"cgroup_parent: "5""#, #"{"cgroup_parent": "5"}"#),
    ("credential_spec: {file: a.json}", #"{"credential_spec": {"file": "a.json"}}"#),
    ("credential_spec: {registry: r}", #"{"credential_spec": {"registry": "r"}}"#),
    ("credential_spec: {config: c1}", #"{"credential_spec": {"config": "c1"}}"#),
    ("credential_spec: {config: nope}", #"{"credential_spec": {"config": "nope"}}"#),
    ("credential_spec: {file: a, registry: b}", #"{"credential_spec": {"file": "a", "registry": "b"}}"#),
    ("credential_spec: {}", #"{"credential_spec": {}}"#),
    ("group_add: [mail, 5]", #"{"group_add": ["mail", "5"]}"#),
    ("group_add: ['5', 5]", #"{"group_add": ["5", "5"]}"#),
    ("group_add: []", "{}"),
    ("ipc: host", #"{"ipc": "host"}"#),
    ("ipc: shareable", #"{"ipc": "shareable"}"#),
    (
      "ipc: service:o",
      #"{"ipc": "service:o", "depends_on": {"o": {"condition": "service_started", "restart": true, "required": true}}}"#
    ),
    ("ipc: container:c", #"{"ipc": "container:c"}"#),
    (#"ipc: "5""#, #"{"ipc": "5"}"#),
    ("isolation: hyperv", #"{"isolation": "hyperv"}"#),
    (#"isolation: "5""#, #"{"isolation": "5"}"#),
    ("pid: host", #"{"pid": "host"}"#),
    (
      "pid: service:o",
      #"{"pid": "service:o", "depends_on": {"o": {"condition": "service_started", "restart": true, "required": true}}}"#
    ),
    ("pid: container:c", #"{"pid": "container:c"}"#),
    (#"pid: "5""#, #"{"pid": "5"}"#),
    ("privileged: true", #"{"privileged": true}"#),
    ("privileged: false", "{}"),
    ("read_only: true", #"{"read_only": true}"#),
    ("read_only: false", "{}"),
    ("security_opt: ['label:user:USER', 'no-new-privileges']", #"{"security_opt": ["label:user:USER", "no-new-privileges"]}"#),
    ("security_opt: ['seccomp:./p.json']", #"{"security_opt": ["seccomp:./p.json"]}"#),
    ("security_opt: []", "{}"),
    ("sysctls: {net.core.somaxconn: 1024}", #"{"sysctls": {"net.core.somaxconn": "1024"}}"#),
    ("sysctls: [a=1, b=2]", #"{"sysctls": {"a": "1", "b": "2"}}"#),
    ("sysctls: {a: null}", #"{"sysctls": {"a": ""}}"#),
    ("sysctls: []", "{}"),
    ("sysctls: {}", "{}"),
    ("use_api_socket: true", #"{"use_api_socket": true}"#),
    ("use_api_socket: false", "{}"),
  ]

  @Test(arguments: forms)
  func `Each form of isolation has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("cap_add: null", "4:14 wrongType"),
    ("cap_drop: null", "4:15 wrongType"),
    ("cgroup: null", "4:13 wrongType"),
    ("cgroup_parent: null", "4:20 wrongType"),
    ("credential_spec: null", "4:22 wrongType"),
    ("group_add: null", "4:16 wrongType"),
    ("ipc: service:nope", "4:10 undefinedService"),
    ("ipc: 'service:'", "4:10 undefinedService"),
    ("ipc: null", "4:10 wrongType"),
    ("isolation: null", "4:16 wrongType"),
    ("pid: service:nope", "4:10 undefinedService"),
    ("pid: []", "4:10 wrongType"),
    ("privileged: null", "4:17 wrongType"),
    ("read_only: null", "4:16 wrongType"),
    ("security_opt: [a, a]", "4:23 invalidValue"),
    ("security_opt: null", "4:19 wrongType"),
    ("sysctls: null", "4:14 wrongType"),
    ("use_api_socket: null", "4:21 wrongType"),
    ("userns_mode: null", "4:18 wrongType"),
    ("uts: null", "4:10 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with isolation is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
