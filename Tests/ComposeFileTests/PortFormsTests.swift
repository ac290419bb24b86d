import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of a port, and what neither takes.
@Suite struct PortFormsTests {
  private static let forms: [(String, String)] = [
    ("expose: ['80', 81]", #"{"expose": ["80", "81"]}"#),
    ("expose: ['80/udp']", #"{"expose": ["80/udp"]}"#),
    ("expose: ['80-82']", #"{"expose": ["80-82"]}"#),
    ("expose: [80, '80']", #"{"expose": ["80"]}"#),
    ("expose: [text]", #"{"expose": ["text"]}"#),
    ("expose: []", "{}"),
    ("ports: ['8080:80']", #"{"ports": [{"mode": "ingress", "target": 80, "published": "8080", "protocol": "tcp"}]}"#),
    (
      "ports: ['127.0.0.1:8080:80/udp']",
      #"{"ports": [{"mode": "ingress", "host_ip": "127.0.0.1", "target": 80, "published": "8080", "protocol": "udp"}]}"#
    ),
    (
      "ports: ['8000-8010:80']",
      #"{"ports": [{"mode": "ingress", "target": 80, "published": "8000-8010", "protocol": "tcp"}]}"#
    ),
    ("ports: [{target: 80}]", #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "tcp"}]}"#),
    ("ports: ['80', {target: 80}]", #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "tcp"}]}"#),
    (
      "ports: ['[::1]:80:80']",
      #"{"ports": [{"mode": "ingress", "host_ip": "::1", "target": 80, "published": "80", "protocol": "tcp"}]}"#
    ),
    (
      "ports: ['::1:80:80']",
      #"{"ports": [{"mode": "ingress", "host_ip": "::1", "target": 80, "published": "80", "protocol": "tcp"}]}"#
    ),
    ("ports: [22:22]", #"{"ports": [{"mode": "ingress", "target": 22, "published": "22", "protocol": "tcp"}]}"#),
    ("ports: ['80/sctp']", #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "sctp"}]}"#),
    ("ports: ['80:80', '80:80/tcp']", #"{"ports": [{"mode": "ingress", "target": 80, "published": "80", "protocol": "tcp"}]}"#),
    ("ports: [':80']", #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "tcp"}]}"#),
    ("ports: ['0:80']", #"{"ports": [{"mode": "ingress", "target": 80, "published": "0", "protocol": "tcp"}]}"#),
    ("ports: ['127.0.0.1::80']", #"{"ports": [{"mode": "ingress", "host_ip": "127.0.0.1", "target": 80, "protocol": "tcp"}]}"#),
    ("ports: [{target: 80, x-a: 1}]", #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "tcp"}]}"#),
    ("ports: ['${FIVE}:80']", #"{"ports": [{"mode": "ingress", "target": 80, "published": "5", "protocol": "tcp"}]}"#),
    ("ports: ['080:80']", #"{"ports": [{"mode": "ingress", "target": 80, "published": "80", "protocol": "tcp"}]}"#),
    ("ports: []", "{}"),
    ("ports: [{target: '80'}]", #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "tcp"}]}"#),
    ("ports: [{target: 65535}]", #"{"ports": [{"mode": "ingress", "target": 65535, "protocol": "tcp"}]}"#),
    (#"ports: [{target: "5"}]"#, #"{"ports": [{"mode": "ingress", "target": 5, "protocol": "tcp"}]}"#),
    (
      "ports: [{target: 80, published: 8080}]",
      #"{"ports": [{"mode": "ingress", "target": 80, "published": "8080", "protocol": "tcp"}]}"#
    ),
    (
      "ports: [{target: 80, published: '8080'}]",
      #"{"ports": [{"mode": "ingress", "target": 80, "published": "8080", "protocol": "tcp"}]}"#
    ),
    (
      "ports: [{target: 80, published: '8080-8090'}]",
      #"{"ports": [{"mode": "ingress", "target": 80, "published": "8080-8090", "protocol": "tcp"}]}"#
    ),
    (
      "ports: [{target: 80, published: 0}]",
      #"{"ports": [{"mode": "ingress", "target": 80, "published": "0", "protocol": "tcp"}]}"#
    ),
    (
      #"ports: [{target: 80, published: "5"}]"#,
      #"{"ports": [{"mode": "ingress", "target": 80, "published": "5", "protocol": "tcp"}]}"#
    ),
    (
      "ports: [{target: 80, host_ip: 127.0.0.1}]",
      #"{"ports": [{"mode": "ingress", "host_ip": "127.0.0.1", "target": 80, "protocol": "tcp"}]}"#
    ),
    (
      "ports: [{target: 80, host_ip: '::1'}]",
      #"{"ports": [{"mode": "ingress", "host_ip": "::1", "target": 80, "protocol": "tcp"}]}"#
    ),
    ("ports: [{target: 80, protocol: tcp}]", #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "tcp"}]}"#),
    ("ports: [{target: 80, protocol: UDP}]", #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "UDP"}]}"#),
    ("ports: [{target: 80, protocol: sctp}]", #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "sctp"}]}"#),
    ("ports: [{target: 80, protocol: bogus}]", #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "bogus"}]}"#),
    (#"ports: [{target: 80, protocol: "5"}]"#, #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "5"}]}"#),
    ("ports: [{target: 80, mode: host}]", #"{"ports": [{"mode": "host", "target": 80, "protocol": "tcp"}]}"#),
    ("ports: [{target: 80, mode: ingress}]", #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "tcp"}]}"#),
    (#"ports: [{target: 80, mode: "5"}]"#, #"{"ports": [{"mode": "5", "target": 80, "protocol": "tcp"}]}"#),
    (
      "ports: [{target: 80, app_protocol: http}]",
      #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "tcp", "app_protocol": "http"}]}"#
    ),
    (
      #"ports: [{target: 80, app_protocol: "5"}]"#,
      #"{"ports": [{"mode": "ingress", "target": 80, "protocol": "tcp", "app_protocol": "5"}]}"#
    ),
    ("ports: [{target: 80, name: web}]", #"{"ports": [{"name": "web", "mode": "ingress", "target": 80, "protocol": "tcp"}]}"#),
  ]

  @Test(arguments: forms)
  func `Each form of a port has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("expose: null", "4:13 wrongType"),
    ("ports: ['a:80']", "4:13 invalidValue"),
    ("ports: [8080.5]", "4:13 wrongType"),
    ("ports: ['80:']", "4:13 invalidValue"),
    ("ports: ['80-79']", "4:13 invalidValue"),
    ("ports: ['65536']", "4:13 invalidValue"),
    ("ports: ['127.0.0.1:80']", "4:13 invalidValue"),
    ("ports: ['1-2:3-5']", "4:13 invalidValue"),
    ("ports: [{published: 80}]", "4:13 missingValue"),
    ("ports: ['80 ']", "4:13 invalidValue"),
    ("ports: null", "4:12 wrongType"),
    ("ports: [{target: '80-82'}]", "4:22 wrongType"),
    ("ports: [{target: null}]", "4:22 wrongType"),
    ("ports: [{target: 80, published: null}]", "4:37 wrongType"),
    ("ports: [{target: 80, host_ip: localhost}]", "4:35 invalidValue"),
    ("ports: [{target: 80, host_ip: null}]", "4:35 wrongType"),
    ("ports: [{target: 80, protocol: null}]", "4:36 wrongType"),
    ("ports: [{target: 80, mode: null}]", "4:32 wrongType"),
    ("ports: [{target: 80, app_protocol: null}]", "4:40 wrongType"),
    ("ports: [{target: 80, name: null}]", "4:32 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with a port is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
