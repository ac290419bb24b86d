import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of a shared resource, and what neither takes. Files are below `=== NAME`.
@Suite struct ResourcesTests {
  private static let forms: [(String, String, String)] = [
    (
      "networks.n",
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: {driver: overlay, attachable: true, internal: "yes", enable_ipv6: true}}
      volumes: {vv: }
      secrets: {c: {file: a}}
      configs: {c: {file: a}}
      """,
      #"{"name": "p_n", "driver": "overlay", "ipam": {}, "internal": true, "attachable": true, "enable_ipv6": true}"#
    ),
    (
      "networks.n",
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: {external: true, name: e}}
      volumes: {vv: }
      secrets: {c: {file: a}}
      configs: {c: {file: a}}
      """,
      #"{"name": "e", "ipam": {}, "external": true}"#
    ),
    (
      "networks.n",
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: {ipam: {driver: d, config: [{subnet: 10.0.0.0/8, gateway: 10.0.0.1, aux_addresses: {a: 10.0.0.2}}]}}}
      volumes: {vv: }
      secrets: {c: {file: a}}
      configs: {c: {file: a}}
      """,
      #"{"name": "p_n", "ipam": {"driver": "d", "config": [{"subnet": "10.0.0.0/8", "gateway": "10.0.0.1", "aux_addresses": {"a": "10.0.0.2"}}]}}"#
    ),
    (
      "volumes.vv",
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: }
      volumes: {vv: {driver_opts: {type: none, o: bind, device: ./x}}}
      secrets: {c: {file: a}}
      configs: {c: {file: a}}
      """,
      #"{"name": "p_vv", "driver_opts": {"device": "./x", "o": "bind", "type": "none"}}"#
    ),
    (
      "volumes.vv",
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: }
      volumes: {vv: {external: true}}
      secrets: {c: {file: a}}
      configs: {c: {file: a}}
      """,
      #"{"name": "vv", "external": true}"#
    ),
    (
      "volumes.vv",
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: }
      volumes: {vv: {labels: [a=b, c]}}
      secrets: {c: {file: a}}
      configs: {c: {file: a}}
      """,
      #"{"name": "p_vv", "labels": {"a": "b", "c": ""}}"#
    ),
    (
      "secrets.c",
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: }
      volumes: {vv: }
      secrets: {c: {environment: FIVE}}
      configs: {c: {file: a}}
      """,
      #"{"name": "p_c", "environment": "FIVE"}"#
    ),
    (
      "secrets.c",
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: }
      volumes: {vv: }
      secrets: {c: {external: true, name: z}}
      configs: {c: {file: a}}
      """,
      #"{"name": "z", "external": true}"#
    ),
    (
      "configs.c",
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: }
      volumes: {vv: }
      secrets: {c: {file: a}}
      configs: {c: {content: "a $$b ${FIVE}"}}
      """,
      #"{"name": "p_c", "content": "a $b 5"}"#
    ),
    (
      "configs.c",
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: }
      volumes: {vv: }
      secrets: {c: {file: a}}
      configs: {c: {file: ./a/../b, labels: {l: 1}}}
      """,
      #"{"name": "p_c", "file": "/p/b", "labels": {"l": "1"}}"#
    ),
  ]

  @Test(arguments: forms)
  func `What comes of a shared resource is what Docker Compose makes of it`(path: String, files: String, expected: String) throws
  {
    #expect(try AttributeTable.part(path, of: files) ?? .null == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    (
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: {bogus: 1}}
      volumes: {vv: }
      secrets: {c: {file: a}}
      configs: {c: {file: a}}
      """,
      "2:16 unknownKey"
    ),
    (
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: }
      volumes: {vv: {external: true, driver: d}}
      secrets: {c: {file: a}}
      configs: {c: {file: a}}
      """,
      "3:32 conflictingValues"
    ),
    (
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: }
      volumes: {vv: }
      secrets: {c: {file: a, environment: B}}
      configs: {c: {file: a, content: b}}
      """,
      "4:24 conflictingValues, 5:24 conflictingValues"
    ),
    (
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: }
      volumes: {vv: }
      secrets: {c: {}}
      configs: {c: {name: n}}
      """,
      "4:11 missingValue, 5:11 missingValue"
    ),
    (
      """
      services: {s: {image: x, networks: [n], volumes: ['vv:/d'], secrets: [c], configs: [c]}}
      networks: {n: {ipam: {options: {"": a}}}}
      volumes: {vv: }
      secrets: {c: {file: a}}
      configs: {c: {file: a}}
      """,
      "2:33 invalidValue"
    ),
  ]

  @Test(arguments: refused)
  func `What is wrong with a shared resource is told at its place`(files: String, expected: String) {
    #expect(AttributeTable.refusals(ofFiles: files).joined(separator: ", ") == expected)
  }
}
