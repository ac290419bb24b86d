import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of a merge, and what neither takes. Files are below `=== NAME`.
@Suite struct MergeListsTests {
  private static let forms: [(String, String, String)] = [
    (
      "services.s.build.entitlements",
      """
      services: {s: {image: x, build: {context: ., entitlements: [a, b]}}}
      === compose.override.yaml
      services: {s: {build: {entitlements: [b, c]}}}
      """,
      #"["a", "b", "c"]"#
    ),
    (
      "services.s.group_add",
      """
      services: {s: {image: x, group_add: [mail, 5]}}
      === compose.override.yaml
      services: {s: {group_add: ['5', 5]}}
      """,
      #"["mail", "5", "5"]"#
    ),
    (
      "services.s.post_start",
      """
      services: {s: {image: x, post_start: [{command: a b}]}}
      === compose.override.yaml
      services: {s: {post_start: [{command: a b}, {command: c}]}}
      """,
      #"[{"command": ["a", "b"]}, {"command": ["c"]}]"#
    ),
    (
      "services.s.build.tags",
      """
      services: {s: {image: x, build: {context: ., tags: [a=1]}}}
      === compose.override.yaml
      services: {s: {build: {tags: [a=2, b]}}}
      """,
      #"["a=2", "b"]"#
    ),
    (
      "services.s.build.no_cache_filter",
      """
      services: {s: {image: x, build: {context: ., no_cache_filter: a}}}
      === compose.override.yaml
      services: {s: {build: {no_cache_filter: b}}}
      """,
      #"["b"]"#
    ),
    (
      "services.s.extra_hosts",
      """
      services: {s: {image: x, extra_hosts: ['a:1.1.1.1']}}
      === compose.override.yaml
      services: {s: {extra_hosts: ['a:1.1.1.1', 'a=1.1.1.1', 'b:2.2.2.2']}}
      """,
      #"["a=1.1.1.1", "a=1.1.1.1", "b=2.2.2.2"]"#
    ),
    (
      "services.s.extra_hosts",
      """
      services: {s: {image: x, extra_hosts: {a: 1.1.1.1}}}
      === compose.override.yaml
      services: {s: {extra_hosts: {a: [1.1.1.1, 2.2.2.2]}}}
      """,
      #"["a=1.1.1.1", "a=2.2.2.2"]"#
    ),
    (
      "services.s.ulimits",
      """
      services: {s: {image: x, ulimits: {n: {soft: 1, hard: 3}, m: 5}}}
      === compose.override.yaml
      services: {s: {ulimits: {n: {hard: 5}, m: {soft: 1, hard: 2}}}}
      """,
      #"{"m": {"soft": 1, "hard": 2}, "n": {"soft": 1, "hard": 5}}"#
    ),
    (
      "services.s.logging",
      """
      services: {s: {image: x, logging: {driver: a, options: {x: 1}}}}
      === compose.override.yaml
      services: {s: {logging: {options: {y: 2}}}}
      """,
      #"{"driver": "a", "options": {"x": "1", "y": "2"}}"#
    ),
    (
      "services.s.logging",
      """
      services: {s: {image: x, logging: {driver: a, options: {x: 1}}}}
      === compose.override.yaml
      services: {s: {logging: {driver: b}}}
      """,
      #"{"driver": "b"}"#
    ),
    (
      "services.s.gpus",
      """
      services: {s: {image: x, gpus: [{driver: a}]}}
      === compose.override.yaml
      services: {s: {gpus: [{driver: a}, {driver: b}]}}
      """,
      #"[{"driver": "a", "count": -1}, {"driver": "b", "count": -1}]"#
    ),
    (
      "services.s.volumes",
      """
      services: {s: {image: x, volumes: ['/a:/b', '/c:/d']}}
      === compose.override.yaml
      services: {s: {volumes: ['/x:/b:ro']}}
      """,
      #"[{"type": "bind", "source": "/x", "target": "/b", "read_only": true, "bind": {}}, {"type": "bind", "source": "/c", "target": "/d", "bind": {}}]"#
    ),
    (
      "services.s.ports",
      """
      services: {s: {image: x, ports: ['80:80']}}
      === compose.override.yaml
      services: {s: {ports: ['80:80', '81:80', {target: 80, published: '80'}]}}
      """,
      #"[{"mode": "ingress", "target": 80, "published": "80", "protocol": "tcp"}, {"mode": "ingress", "target": 80, "published": "81", "protocol": "tcp"}]"#
    ),
    (
      "services.s.devices",
      """
      services: {s: {image: x, devices: ['/a:/b']}}
      === compose.override.yaml
      services: {s: {devices: ['/c:/b']}}
      """,
      #"[{"source": "/c", "target": "/b", "permissions": "rwm"}]"#
    ),
    (
      "services.s.dns",
      """
      services: {s: {image: x, dns: 1.1.1.1}}
      === compose.override.yaml
      services: {s: {dns: [2.2.2.2, 1.1.1.1]}}
      """,
      #"["1.1.1.1", "2.2.2.2"]"#
    ),
    (
      "services.s.tmpfs",
      """
      services: {s: {image: x, tmpfs: /a}}
      === compose.override.yaml
      services: {s: {tmpfs: [/b, /a]}}
      """,
      #"["/a", "/b"]"#
    ),
    (
      "services.s.environment",
      """
      services: {s: {image: x, environment: {A: 1, B: }}}
      === compose.override.yaml
      services: {s: {environment: [A=2, C]}}
      """,
      #"{"A": "2", "B": null, "C": null}"#
    ),
    (
      "services.s.healthcheck",
      """
      services: {s: {image: x, healthcheck: {test: a, retries: 3}}}
      === compose.override.yaml
      services: {s: {healthcheck: {test: [CMD, b]}}}
      """,
      #"{"test": ["CMD", "b"], "retries": 3}"#
    ),
    (
      "services.s.networks",
      """
      services: {s: {image: x, networks: [n, m]}}
      networks: {n: , m: }
      === compose.override.yaml
      services: {s: {networks: {n: {aliases: [a]}}}}
      """,
      #"{"m": null, "n": {"aliases": ["a"]}}"#
    ),
    (
      "services.s.secrets",
      """
      services: {s: {image: x, secrets: [a]}}
      secrets: {a: {file: /a}}
      === compose.override.yaml
      services: {s: {secrets: [{source: a, target: /run/secrets/a, mode: 0400}]}}
      """,
      #"[{"source": "a", "target": "/run/secrets/a", "mode": "0400"}]"#
    ),
    (
      "networks.n.ipam",
      """
      services: {s: {image: x, networks: [n]}}
      networks: {n: {ipam: {config: [{subnet: A, gateway: g}]}}}
      === compose.override.yaml
      networks: {n: {ipam: {config: [{subnet: A, ip_range: r}]}}}
      """,
      #"{"config": [{"subnet": "A", "gateway": "g", "ip_range": "r"}]}"#
    ),
    (
      "networks.n.ipam",
      """
      services: {s: {image: x, networks: [n]}}
      networks: {n: {ipam: {config: [{subnet: A}]}}}
      === compose.override.yaml
      networks: {n: {ipam: {config: [{subnet: B}]}}}
      """,
      #"{"config": [{"subnet": "B"}]}"#
    ),
    (
      "networks.n.ipam",
      """
      services: {s: {image: x, networks: [n]}}
      networks: {n: {ipam: {config: [{subnet: A, gateway: g}, {subnet: B, gateway: h}]}}}
      === compose.override.yaml
      networks: {n: {ipam: {config: [{subnet: C}, {subnet: A}]}}}
      """,
      #"{"config": [{"subnet": "A", "gateway": "h"}, {"subnet": "A", "gateway": "g"}]}"#
    ),
    (
      "networks.n",
      """
      services: {s: {image: x, networks: [n]}}
      networks: {n: {external: {name: a}}}
      === compose.override.yaml
      networks: {n: {external: true}}
      """,
      #"{"name": "a", "ipam": {}, "external": true}"#
    ),
    (
      "x-a",
      """
      services: {s: {image: x}}
      x-a: {b: [1, c]}
      === compose.override.yaml
      x-a: {b: [c, d]}
      """,
      #"{"b": [1, "c", "d"]}"#
    ),
  ]

  @Test(arguments: forms)
  func `What comes of a merge is what Docker Compose makes of it`(path: String, files: String, expected: String) throws {
    #expect(try AttributeTable.part(path, of: files) ?? .null == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    (
      """
      services: {s: {image: x, logging: {driver: a}}}
      === compose.override.yaml
      services: {s: {logging: }}
      """,
      "1:25 wrongType"
    ),
    (
      """
      services: {s: {image: x, cap_add: [a]}}
      === compose.override.yaml
      services: {s: {cap_add: b}}
      """,
      "1:25 wrongType"
    ),
    (
      """
      services: {s: {image: x, build: {context: ., cache_from: [a]}}}
      === compose.override.yaml
      services: {s: {build: {cache_from: b}}}
      """,
      "1:36 wrongType"
    ),
    (
      """
      services: {s: {image: x, command: a}}
      === compose.override.yaml
      services: {s: {ports: {a: b}}}
      """,
      "1:23 wrongType"
    ),
    (
      """
      services: {s: {image: x, networks: [n]}}
      networks: {n: {ipam: {config: [{subnet: A}]}}}
      === compose.override.yaml
      networks: {n: {ipam: {config: }}}
      """,
      "1:31 wrongType"
    ),
  ]

  @Test(arguments: refused)
  func `What is wrong with a merge is told at its place`(files: String, expected: String) {
    #expect(AttributeTable.refusals(ofFiles: files).joined(separator: ", ") == expected)
  }
}
