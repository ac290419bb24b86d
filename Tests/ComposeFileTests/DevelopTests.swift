import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of develop, and what neither takes.
@Suite struct DevelopTests {
  private static let forms: [(String, String)] = [
    ("develop: {watch: []}", #"{"develop": {}}"#),
    (
      "develop: {watch: [{path: ., action: sync, target: /t}]}",
      #"{"develop": {"watch": [{"path": "/p", "action": "sync", "target": "/t", "exec": {"command": null}}]}}"#
    ),
    ("develop: {x-a: 1}", #"{"develop": {}}"#),
    ("develop: null", "{}"),
    ("develop: {}", #"{"develop": {}}"#),
    (
      "develop: {watch: [{path: a, action: rebuild}]}",
      #"{"develop": {"watch": [{"path": "/p/a", "action": "rebuild", "exec": {"command": null}}]}}"#
    ),
    (
      "develop: {watch: [{path: ., action: sync+exec, target: /t, exec: {command: a b}}]}",
      #"{"develop": {"watch": [{"path": "/p", "action": "sync+exec", "target": "/t", "exec": {"command": ["a", "b"]}}]}}"#
    ),
    (
      "develop: {watch: [{path: ., action: restart}]}",
      #"{"develop": {"watch": [{"path": "/p", "action": "restart", "exec": {"command": null}}]}}"#
    ),
    (
      "develop: {watch: [{path: ./a/../b, action: sync, target: /t}]}",
      #"{"develop": {"watch": [{"path": "/p/b", "action": "sync", "target": "/t", "exec": {"command": null}}]}}"#
    ),
    (
      "develop: {watch: [{path: /abs, action: sync, target: /t}]}",
      #"{"develop": {"watch": [{"path": "/abs", "action": "sync", "target": "/t", "exec": {"command": null}}]}}"#
    ),
    (
      "develop: {watch: [{path: ~/x, action: sync, target: /t}]}",
      #"{"develop": {"watch": [{"path": "/home/nobody/x", "action": "sync", "target": "/t", "exec": {"command": null}}]}}"#
    ),
    (
      #"develop: {watch: [{path: "5", action: sync, target: /t}]}"#,
      #"{"develop": {"watch": [{"path": "/p/5", "action": "sync", "target": "/t", "exec": {"command": null}}]}}"#
    ),
    (
      "develop: {watch: [{path: ., action: sync, target: t/../u}]}",
      #"{"develop": {"watch": [{"path": "/p", "action": "sync", "target": "t/../u", "exec": {"command": null}}]}}"#
    ),
    (
      #"develop: {watch: [{path: ., action: sync, target: "5"}]}"#,
      #"{"develop": {"watch": [{"path": "/p", "action": "sync", "target": "5", "exec": {"command": null}}]}}"#
    ),
    (
      "develop: {watch: [{path: ., action: sync, target: /t, ignore: []}]}",
      #"{"develop": {"watch": [{"path": "/p", "action": "sync", "target": "/t", "exec": {"command": null}}]}}"#
    ),
    (
      "develop: {watch: [{path: ., action: sync, target: /t, include: []}]}",
      #"{"develop": {"watch": [{"path": "/p", "action": "sync", "target": "/t", "exec": {"command": null}}]}}"#
    ),
    (
      "develop: {watch: [{path: ., action: sync, target: /t, initial_sync: false}]}",
      #"{"develop": {"watch": [{"path": "/p", "action": "sync", "target": "/t", "exec": {"command": null}}]}}"#
    ),
    (
      "develop: {watch: [{path: ., action: sync, target: /t, x-initialSync: false}]}",
      #"{"develop": {"watch": [{"path": "/p", "action": "sync", "target": "/t", "exec": {"command": null}}]}}"#
    ),
    (
      "develop: {watch: [{path: ., action: sync+exec, target: /t, exec: {command: a}}]}",
      #"{"develop": {"watch": [{"path": "/p", "action": "sync+exec", "target": "/t", "exec": {"command": ["a"]}}]}}"#
    ),
    (
      "develop: {watch: [{path: ., action: sync+exec, target: /t, exec: {command: z, privileged: false}}]}",
      #"{"develop": {"watch": [{"path": "/p", "action": "sync+exec", "target": "/t", "exec": {"command": ["z"]}}]}}"#
    ),
    (
      "develop: {watch: [{path: ., action: sync+exec, target: /t, exec: {command: z, environment: []}}]}",
      #"{"develop": {"watch": [{"path": "/p", "action": "sync+exec", "target": "/t", "exec": {"command": ["z"]}}]}}"#
    ),
    (
      "develop: {watch: [{path: ., action: sync+exec, target: /t, exec: {command: z, environment: {}}}]}",
      #"{"develop": {"watch": [{"path": "/p", "action": "sync+exec", "target": "/t", "exec": {"command": ["z"]}}]}}"#
    ),
  ]

  @Test(arguments: forms)
  func `Each form of develop has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("develop: []", "4:14 wrongType"),
    ("develop: {watch: [{path: .}]}", "4:23 missingValue"),
    ("develop: {watch: [{action: sync}]}", "4:23 missingValue"),
    ("develop: {watch: [{path: ., action: sync}]}", "4:23 missingValue"),
    ("develop: {watch: null}", "4:22 wrongType"),
    ("develop: {watch: [{path: ., action: bogus, target: /t}]}", "4:41 invalidValue"),
    ("develop: {watch: [{path: ., action: null, target: /t}]}", "4:41 wrongType"),
    ("develop: {watch: [{path: null, action: sync, target: /t}]}", "4:30 wrongType"),
    ("develop: {watch: [{path: ., action: sync, target: null}]}", "4:23 missingValue, 4:55 wrongType"),
    ("develop: {watch: [{path: ., action: sync, target: /t, ignore: null}]}", "4:67 wrongType"),
    ("develop: {watch: [{path: ., action: sync, target: /t, include: null}]}", "4:68 wrongType"),
    ("develop: {watch: [{path: ., action: sync, target: /t, initial_sync: null}]}", "4:73 wrongType"),
    ("develop: {watch: [{path: ., action: sync, target: /t, x-initialSync: null}]}", "4:74 wrongType"),
    ("develop: {watch: [{path: ., action: sync+exec, target: /t, exec: null}]}", "4:70 wrongType"),
    ("develop: {watch: [{path: ., action: sync+exec, target: /t, exec: {command: z, user: null}}]}", "4:89 wrongType"),
    ("develop: {watch: [{path: ., action: sync+exec, target: /t, exec: {command: z, privileged: null}}]}", "4:95 wrongType"),
    ("develop: {watch: [{path: ., action: sync+exec, target: /t, exec: {command: z, working_dir: null}}]}", "4:96 wrongType"),
    ("develop: {watch: [{path: ., action: sync+exec, target: /t, exec: {command: z, environment: null}}]}", "4:96 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with develop is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
