import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of a tag, and what neither takes. Files are below `=== NAME`.
@Suite struct ResetOverrideTests {
  private static let forms: [(String, String, String)] = [
    (
      "services.s",
      """
      services: {s: {image: x, ports: ['80'], tty: true}}
      === compose.override.yaml
      services: {s: {ports: !reset [], tty: !reset null}}
      """,
      #"{"command": null, "entrypoint": null, "image": "x", "networks": {"default": null}}"#
    ),
    (
      "services.s.ports",
      """
      services: {s: {image: x, ports: ['80', '81']}}
      === compose.override.yaml
      services: {s: {ports: !override ['82']}}
      """,
      #"[{"mode": "ingress", "target": 82, "protocol": "tcp"}]"#
    ),
    (
      "services.s.environment",
      """
      services: {s: {image: x, environment: {A: 1, B: 2}}}
      === compose.override.yaml
      services: {s: {environment: {A: !reset null}}}
      """,
      #"{"B": "2"}"#
    ),
    (
      "services.s.environment",
      """
      services: {s: {image: x, environment: {A: 1, B: 2}}}
      === compose.override.yaml
      services: {s: {environment: !override {C: 3}}}
      """,
      #"{"C": "3"}"#
    ),
    (
      "services.s.ports",
      """
      services: {s: {image: x, ports: ['80', '81']}}
      === compose.override.yaml
      services: {s: {ports: [!reset '80', '82']}}
      """,
      #"[{"mode": "ingress", "target": 80, "protocol": "tcp"}, {"mode": "ingress", "target": 81, "protocol": "tcp"}, {"mode": "ingress", "target": 82, "protocol": "tcp"}]"#
    ),
    (
      "services.s.image",
      """
      services: {s: {image: x, tty: true}}
      === compose.override.yaml
      services: {s: {image: !override 1.10}}
      """,
      #""1.10""#
    ),
    (
      "services.s.environment",
      """
      services: {s: {image: x, environment: {A: 1}}}
      === compose.override.yaml
      services: {s: {environment: {A: !override 010, B: !override true}}}
      """,
      #"{"A": "010", "B": "true"}"#
    ),
    (
      "services.s.cpus",
      """
      services: {s: {image: x, cpus: 1}}
      === compose.override.yaml
      services: {s: {cpus: !override 0.5}}
      """,
      #"0.5"#
    ),
    (
      "services.s",
      """
      services: {s: {image: x, healthcheck: {test: a}, labels: {l: 1}}}
      === compose.override.yaml
      services: {s: {healthcheck: !reset {}, labels: !reset {}}}
      """,
      #"{"command": null, "entrypoint": null, "image": "x", "networks": {"default": null}}"#
    ),
    (
      "services.s.depends_on",
      """
      services: {s: {image: x, depends_on: [o, p]}, o: {image: y}, p: {image: z}}
      === compose.override.yaml
      services: {s: {depends_on: {o: !reset {}}}}
      """,
      #"{"p": {"condition": "service_started", "required": true}}"#
    ),
    (
      "services",
      """
      services: {s: {image: x}, o: {image: y}}
      === compose.override.yaml
      services: {o: !reset {}}
      """,
      #"{"s": {"command": null, "entrypoint": null, "image": "x", "networks": {"default": null}}}"#
    ),
    (
      "services.s",
      """
      services: {s: {image: x, command: !reset a, environment: !override {A: 1}}}
      """,
      #"{"command": null, "entrypoint": null, "environment": {"A": "1"}, "image": "x", "networks": {"default": null}}"#
    ),
    (
      "networks.n",
      """
      services: {s: {image: x, networks: [n]}}
      networks: {n: {driver: bridge, labels: {a: b}}}
      === compose.override.yaml
      networks: {n: {driver: !reset x}}
      """,
      #"{"name": "p_n", "ipam": {}, "labels": {"a": "b"}}"#
    ),
    (
      "services.s.develop.watch",
      """
      services: {s: {image: x, develop: {watch: [{path: /a, action: sync, target: /t}]}}}
      === compose.override.yaml
      services: {s: {develop: {watch: [{path: /b, action: !override rebuild}]}}}
      """,
      #"[{"path": "/a", "action": "sync", "target": "/t", "exec": {"command": null}}, {"path": "/b", "action": "rebuild", "exec": {"command": null}}]"#
    ),
  ]

  @Test(arguments: forms)
  func `What comes of a tag is what Docker Compose makes of it`(path: String, files: String, expected: String) throws {
    #expect(try AttributeTable.part(path, of: files) ?? .null == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    (
      """
      services: {s: {image: x, tty: true}}
      === compose.override.yaml
      services: {s: {image: !override [a]}}
      """,
      "1:23 wrongType, 1:12 missingValue"
    ),
    (
      """
      services: {s: {image: x, blkio_config: {weight: 10}}}
      === compose.override.yaml
      services: {s: {blkio_config: {weight: !override 20}}}
      """,
      "1:39 invalidValue"
    ),
    (
      """
      services: {s: {image: x, tty: true}}
      === compose.override.yaml
      services: {s: {use_api_socket: !override true}}
      """,
      "1:32 wrongType"
    ),
    (
      """
      services: {s: {image: x, tty: true}}
      === compose.override.yaml
      services: {s: {image: !reset x}}
      """,
      "1:12 missingValue"
    ),
  ]

  @Test(arguments: refused)
  func `What is wrong with a tag is told at its place`(files: String, expected: String) {
    #expect(AttributeTable.refusals(ofFiles: files).joined(separator: ", ") == expected)
  }
}
