import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of a secret or config, and what neither takes.
@Suite struct SecretsAndConfigsTests {
  private static let forms: [(String, String)] = [
    ("configs: [c1]", #"{"configs": [{"source": "c1"}]}"#),
    ("configs: [c1, c2]", #"{"configs": [{"source": "c1"}, {"source": "c2"}]}"#),
    (
      "configs: [{source: c1, target: /t, uid: '1', gid: '2', mode: 0440}]",
      #"{"configs": [{"source": "c1", "target": "/t", "uid": "1", "gid": "2", "mode": "0440"}]}"#
    ),
    ("configs: [{source: c1}]", #"{"configs": [{"source": "c1"}]}"#),
    ("configs: [c1, c1]", #"{"configs": [{"source": "c1"}]}"#),
    ("configs: [{source: c1, mode: '0440'}]", #"{"configs": [{"source": "c1", "mode": "0440"}]}"#),
    ("configs: [{source: c1, mode: 440}]", #"{"configs": [{"source": "c1", "mode": "0670"}]}"#),
    ("configs: []", "{}"),
    ("configs: [{source: c1, mode: 0440}]", #"{"configs": [{"source": "c1", "mode": "0440"}]}"#),
    ("configs: [{source: c1, mode: 0o440}]", #"{"configs": [{"source": "c1", "mode": "0440"}]}"#),
    ("configs: [{source: c1, mode: 288}]", #"{"configs": [{"source": "c1", "mode": "0440"}]}"#),
    (#"configs: [{source: c1, mode: "5"}]"#, #"{"configs": [{"source": "c1", "mode": "05"}]}"#),
    ("configs: [{source: c1, target: /a}]", #"{"configs": [{"source": "c1", "target": "/a"}]}"#),
    ("configs: [{source: c1, target: b}]", #"{"configs": [{"source": "c1", "target": "b"}]}"#),
    ("configs: [{source: c1, target: /a/../b}]", #"{"configs": [{"source": "c1", "target": "/a/../b"}]}"#),
    (#"configs: [{source: c1, target: "5"}]"#, #"{"configs": [{"source": "c1", "target": "5"}]}"#),
    ("configs: [{source: c1, uid: '103'}]", #"{"configs": [{"source": "c1", "uid": "103"}]}"#),
    (#"configs: [{source: c1, uid: "5"}]"#, #"{"configs": [{"source": "c1", "uid": "5"}]}"#),
    ("secrets: [s1]", #"{"secrets": [{"source": "s1", "target": "/run/secrets/s1"}]}"#),
    (
      "secrets: [s1, s2]",
      #"{"secrets": [{"source": "s1", "target": "/run/secrets/s1"}, {"source": "s2", "target": "/run/secrets/s2"}]}"#
    ),
    (
      "secrets: [{source: s1, target: t, uid: '1', gid: '2', mode: 0440}]",
      #"{"secrets": [{"source": "s1", "target": "t", "uid": "1", "gid": "2", "mode": "0440"}]}"#
    ),
    ("secrets: [{source: s1, target: /abs}]", #"{"secrets": [{"source": "s1", "target": "/abs"}]}"#),
    ("secrets: [s1, s1]", #"{"secrets": [{"source": "s1", "target": "/run/secrets/s1"}]}"#),
    ("secrets: [{source: s1}, s1]", #"{"secrets": [{"source": "s1", "target": "/run/secrets/s1"}]}"#),
    ("secrets: []", "{}"),
    ("secrets: [{source: s1, mode: 0440}]", #"{"secrets": [{"source": "s1", "target": "/run/secrets/s1", "mode": "0440"}]}"#),
    ("secrets: [{source: s1, mode: '0440'}]", #"{"secrets": [{"source": "s1", "target": "/run/secrets/s1", "mode": "0440"}]}"#),
    (#"secrets: [{source: s1, mode: "5"}]"#, #"{"secrets": [{"source": "s1", "target": "/run/secrets/s1", "mode": "05"}]}"#),
    ("secrets: [{source: s1, target: /a}]", #"{"secrets": [{"source": "s1", "target": "/a"}]}"#),
    ("secrets: [{source: s1, target: b}]", #"{"secrets": [{"source": "s1", "target": "b"}]}"#),
    (#"secrets: [{source: s1, target: "5"}]"#, #"{"secrets": [{"source": "s1", "target": "5"}]}"#),
  ]

  @Test(arguments: forms)
  func `Each form of a secret or config has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("configs: [nope]", "4:15 undefinedConfig"),
    ("configs: [{target: /t}]", "4:15 undefinedConfig"),
    ("configs: null", "4:14 wrongType"),
    ("configs: [{source: c1, mode: '9'}]", "4:34 invalidValue"),
    ("configs: [{source: c1, mode: '0x1'}]", "4:34 invalidValue"),
    ("configs: [{source: c1, mode: null}]", "4:34 wrongType"),
    ("configs: [{source: c1, uid: null}]", "4:33 wrongType"),
    ("secrets: [nope]", "4:15 undefinedSecret"),
    ("secrets: [{target: a}]", "4:15 undefinedSecret"),
    ("secrets: null", "4:14 wrongType"),
    ("secrets: [{source: s1, mode: '9'}]", "4:34 invalidValue"),
    ("secrets: [{source: s1, mode: 288.0}]", "4:34 invalidValue"),
    ("secrets: [{source: s1, mode: null}]", "4:34 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with a secret or config is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
