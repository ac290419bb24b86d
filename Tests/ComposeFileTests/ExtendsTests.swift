import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of extends, and what neither takes. Files are below `=== NAME`.
@Suite struct ExtendsTests {
  private static let forms: [(String, String, String)] = [
    (
      "services.s.environment",
      """
      services: {s: {extends: b, environment: {B: 2}}, b: {image: x, environment: [A=1, B=1]}}
      """,
      #"{"A": "1", "B": "2"}"#
    ),
    (
      "services.s.volumes",
      """
      services: {s: {extends: {file: d/b.yaml, service: b}}}
      === d/b.yaml
      services: {b: {image: x, volumes: ['./v:/v']}}
      """,
      #"[{"type": "bind", "source": "/p/d/v", "target": "/v", "bind": {}}]"#
    ),
    (
      "services.s.build.context",
      """
      services: {s: {extends: {file: d/b.yaml, service: b}}}
      === d/b.yaml
      services: {b: {build: .}}
      """,
      #""/p/d""#
    ),
    (
      "services.s.cap_add",
      """
      services: {s: {extends: b, cap_add: [B]}, b: {extends: c, cap_add: [A]}, c: {image: x, cap_add: [C, A]}}
      """,
      #"["C", "A", "B"]"#
    ),
    (
      "services.s.ports",
      """
      services: {s: {extends: b, ports: !reset []}, b: {image: x, ports: ['80']}}
      """,
      #"null"#
    ),
    (
      "services.s.labels",
      """
      services: {s: {extends: b, labels: !override {n: 1}}, b: {image: x, labels: {l: 1}}}
      """,
      #"{"n": "1"}"#
    ),
    (
      "services.s.command",
      """
      services: {s: {extends: b, command: }, b: {image: x, command: a b}}
      """,
      #"null"#
    ),
    (
      "services.s.environment",
      """
      services: {s: {extends: {file: d/b.yaml, service: b}}}
      === d/b.yaml
      services: {b: {image: x, env_file: e.env}}
      === d/e.env
      E=d
      """,
      #"{"E": "d"}"#
    ),
    (
      "services.s.depends_on",
      """
      services: {s: {extends: b}, b: {image: x, depends_on: [o]}, o: {image: y}}
      """,
      #"{"o": {"condition": "service_started", "required": true}}"#
    ),
    (
      "services.s.ulimits",
      """
      services: {s: {extends: b, ulimits: {n: {hard: 9, soft: 2}}}, b: {image: x, ulimits: {n: {soft: 1, hard: 3}, m: 1}}}
      """,
      #"{"m": 1, "n": {"soft": 2, "hard": 9}}"#
    ),
  ]

  @Test(arguments: forms)
  func `What comes of extends is what Docker Compose makes of it`(path: String, files: String, expected: String) throws {
    #expect(try AttributeTable.part(path, of: files) ?? .null == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    (
      """
      services: {s: {extends: b}, b: {extends: s}}
      """,
      "1:42 cycle"
    ),
    (
      """
      services: {s: {extends: nope}}
      """,
      "1:25 extends"
    ),
    (
      """
      services: {s: {extends: {file: nope.yaml, service: b}}}
      """,
      "1:32 missingFile"
    ),
    (
      """
      services: {s: {extends: {file: b.yaml, service: nope}}}
      === b.yaml
      services: {b: {image: x}}
      """,
      "1:49 extends"
    ),
    (
      """
      services: {s: {extends: {file: b.yaml, service: b}}}
      === b.yaml
      services: {b: {image: x, depends_on: [o]}, o: {image: y}}
      """,
      "1:39 undefinedService"
    ),
  ]

  @Test(arguments: refused)
  func `What is wrong with extends is told at its place`(files: String, expected: String) {
    #expect(AttributeTable.refusals(ofFiles: files).joined(separator: ", ") == expected)
  }
}
