import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of hooks, and what neither takes.
@Suite struct HooksTests {
  private static let forms: [(String, String)] = [
    ("post_start: [{command: a b}]", #"{"post_start": [{"command": ["a", "b"]}]}"#),
    ("post_start: [{command: [a, b], user: root}]", #"{"post_start": [{"command": ["a", "b"], "user": "root"}]}"#),
    (
      "post_start: [{command: a, environment: [A=1, B]}]",
      #"{"post_start": [{"command": ["a"], "environment": {"A": "1", "B": null}}]}"#
    ),
    ("post_start: []", "{}"),
    ("pre_stop: [{command: a b}]", #"{"pre_stop": [{"command": ["a", "b"]}]}"#),
    ("pre_stop: [{command: [a, b], user: root}]", #"{"pre_stop": [{"command": ["a", "b"], "user": "root"}]}"#),
    (
      "pre_stop: [{command: a, environment: [A=1, B]}]",
      #"{"pre_stop": [{"command": ["a"], "environment": {"A": "1", "B": null}}]}"#
    ),
    ("pre_stop: []", "{}"),
    (
      "pre_start: [{command: a b}]",
      #"{"pre_start": [{"command": ["a", "b"], "entrypoint": null, "image": "x", "networks": {"default": null}}]}"#
    ),
    (
      "pre_start: [{command: a, image: y}]",
      #"{"pre_start": [{"command": ["a"], "entrypoint": null, "image": "y", "networks": {"default": null}}]}"#
    ),
    (
      "pre_start: [{}]",
      #"{"pre_start": [{"command": null, "entrypoint": null, "image": "x", "networks": {"default": null}}]}"#
    ),
    (
      "pre_start: [{image: y}]",
      #"{"pre_start": [{"command": null, "entrypoint": null, "image": "y", "networks": {"default": null}}]}"#
    ),
    ("pre_start: []", "{}"),
    ("post_start: [{command: z, user: root}]", #"{"post_start": [{"command": ["z"], "user": "root"}]}"#),
    (#"post_start: [{command: z, user: "0"}]"#, #"{"post_start": [{"command": ["z"], "user": "0"}]}"#),
    (#"post_start: [{command: z, user: "5"}]"#, #"{"post_start": [{"command": ["z"], "user": "5"}]}"#),
    ("post_start: [{command: z, privileged: true}]", #"{"post_start": [{"command": ["z"], "privileged": true}]}"#),
    ("post_start: [{command: z, privileged: false}]", #"{"post_start": [{"command": ["z"]}]}"#),
    ("post_start: [{command: z, working_dir: /w}]", #"{"post_start": [{"command": ["z"], "working_dir": "/w"}]}"#),
    ("post_start: [{command: z, working_dir: ./w}]", #"{"post_start": [{"command": ["z"], "working_dir": "./w"}]}"#),
    (#"post_start: [{command: z, working_dir: "5"}]"#, #"{"post_start": [{"command": ["z"], "working_dir": "5"}]}"#),
    (
      "post_start: [{command: z, environment: {A: 1, B: null}}]",
      #"{"post_start": [{"command": ["z"], "environment": {"A": "1", "B": null}}]}"#
    ),
    (
      "post_start: [{command: z, environment: [A=1, B, FIVE]}]",
      #"{"post_start": [{"command": ["z"], "environment": {"A": "1", "B": null, "FIVE": null}}]}"#
    ),
    ("post_start: [{command: z, environment: []}]", #"{"post_start": [{"command": ["z"]}]}"#),
    ("post_start: [{command: z, environment: {}}]", #"{"post_start": [{"command": ["z"]}]}"#),
    (
      "pre_start: [{command: z, user: root}]",
      #"{"pre_start": [{"command": ["z"], "entrypoint": null, "image": "x", "networks": {"default": null}, "user": "root"}]}"#
    ),
    (
      #"pre_start: [{command: z, user: "0"}]"#,
      #"{"pre_start": [{"command": ["z"], "entrypoint": null, "image": "x", "networks": {"default": null}, "user": "0"}]}"#
    ),
    (
      #"pre_start: [{command: z, user: "5"}]"#,
      #"{"pre_start": [{"command": ["z"], "entrypoint": null, "image": "x", "networks": {"default": null}, "user": "5"}]}"#
    ),
    (
      "pre_start: [{command: z, privileged: false}]",
      #"{"pre_start": [{"command": ["z"], "entrypoint": null, "image": "x", "networks": {"default": null}}]}"#
    ),
    (
      "pre_start: [{command: z, environment: []}]",
      #"{"pre_start": [{"command": ["z"], "entrypoint": null, "image": "x", "networks": {"default": null}}]}"#
    ),
    (
      "pre_start: [{command: z, environment: {}}]",
      #"{"pre_start": [{"command": ["z"], "entrypoint": null, "image": "x", "networks": {"default": null}}]}"#
    ),
    ("post_start: [{command: echo 'a b'}]", #"{"post_start": [{"command": ["echo", "a b"]}]}"#),
    ("post_start: [{command: [a, b]}]", #"{"post_start": [{"command": ["a", "b"]}]}"#),
    ("post_start: [{command: a && b}]", #"{"post_start": [{"command": ["a"]}]}"#),
    ("post_start: [{command: null}]", #"{"post_start": [{"command": null}]}"#),
    ("post_start: [{command: []}]", #"{"post_start": [{"command": []}]}"#),
    (#"post_start: [{command: "5"}]"#, #"{"post_start": [{"command": ["5"]}]}"#),
    (
      "pre_start: [{command: echo 'a b'}]",
      #"{"pre_start": [{"command": ["echo", "a b"], "entrypoint": null, "image": "x", "networks": {"default": null}}]}"#
    ),
    (
      "pre_start: [{command: [a, b]}]",
      #"{"pre_start": [{"command": ["a", "b"], "entrypoint": null, "image": "x", "networks": {"default": null}}]}"#
    ),
    (
      "pre_start: [{command: a && b}]",
      #"{"pre_start": [{"command": ["a"], "entrypoint": null, "image": "x", "networks": {"default": null}}]}"#
    ),
    (
      "pre_start: [{command: null}]",
      #"{"pre_start": [{"command": null, "entrypoint": null, "image": "x", "networks": {"default": null}}]}"#
    ),
    (
      "pre_start: [{command: []}]",
      #"{"pre_start": [{"command": [], "entrypoint": null, "image": "x", "networks": {"default": null}}]}"#
    ),
    (
      #"pre_start: [{command: "5"}]"#,
      #"{"pre_start": [{"command": ["5"], "entrypoint": null, "image": "x", "networks": {"default": null}}]}"#
    ),
    (
      "pre_start: [{command: z, per_replica: false}]",
      #"{"pre_start": [{"command": ["z"], "entrypoint": null, "image": "x", "networks": {"default": null}}]}"#
    ),
  ]

  @Test(arguments: forms)
  func `Each form of hooks has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("post_start: [{command: a, image: y}]", "4:31 unknownKey"),
    ("post_start: null", "4:17 wrongType"),
    ("pre_stop: [{command: a, image: y}]", "4:29 unknownKey"),
    ("pre_stop: null", "4:15 wrongType"),
    ("pre_start: null", "4:16 wrongType"),
    ("post_start: [{command: z, user: null}]", "4:37 wrongType"),
    ("post_start: [{command: z, privileged: null}]", "4:43 wrongType"),
    ("post_start: [{command: z, working_dir: null}]", "4:44 wrongType"),
    ("post_start: [{command: z, environment: null}]", "4:44 wrongType"),
    ("pre_start: [{command: z, user: null}]", "4:36 wrongType"),
    ("pre_start: [{command: z, privileged: null}]", "4:42 wrongType"),
    ("pre_start: [{command: z, working_dir: null}]", "4:43 wrongType"),
    ("pre_start: [{command: z, environment: null}]", "4:43 wrongType"),
    ("post_start: [{command: {}}]", "4:28 wrongType"),
    ("pre_start: [{command: {}}]", "4:27 wrongType"),
    ("pre_start: [{command: z, per_replica: null}]", "4:43 wrongType"),
    ("pre_start: [{command: z, volumes: null}]", "4:39 wrongType"),
    ("pre_start: [{command: z, networks: null}]", "4:40 wrongType"),
    ("pre_start: [{command: z, secrets: null}]", "4:39 wrongType"),
    ("pre_start: [{command: z, configs: null}]", "4:39 wrongType"),
    ("pre_start: [{command: z, env_file: null}]", "4:40 wrongType"),
    ("pre_start: [{command: z, labels: null}]", "4:38 wrongType"),
    ("pre_start: [{command: z, mem_limit: null}]", "4:41 wrongType"),
    ("pre_start: [{command: z, ulimits: null}]", "4:39 wrongType"),
    ("pre_start: [{command: z, entrypoint: {}}]", "4:42 wrongType"),
    ("pre_start: [{command: z, network_mode: null}]", "4:44 wrongType"),
    ("pre_start: [{command: z, gpus: null}]", "4:36 wrongType"),
    ("pre_start: [{command: z, extra_hosts: {b: 1, a: 2}}]", "4:43 wrongType, 4:47 wrongType, 4:53 wrongType"),
    ("pre_start: [{command: z, extra_hosts: null}]", "4:43 wrongType"),
    ("pre_start: [{command: z, stop_grace_period: null}]", "4:49 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with hooks is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
