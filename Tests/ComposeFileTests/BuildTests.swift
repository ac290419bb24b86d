import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of build, and what neither takes.
@Suite struct BuildTests {
  private static let forms: [(String, String)] = [
    ("build: .", #"{"build": {"context": "/p", "dockerfile": "Dockerfile"}}"#),
    ("build: ./dir", #"{"build": {"context": "/p/dir", "dockerfile": "Dockerfile"}}"#),
    ("build: https://example.com/a.git", #"{"build": {"context": "https://example.com/a.git", "dockerfile": "Dockerfile"}}"#),
    ("build: git@h:a/b.git#main", #"{"build": {"context": "git@h:a/b.git#main", "dockerfile": "Dockerfile"}}"#),
    ("build: /abs", #"{"build": {"context": "/abs", "dockerfile": "Dockerfile"}}"#),
    ("build: {context: .}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile"}}"#),
    ("build: ~/x", #"{"build": {"context": "/home/nobody/x", "dockerfile": "Dockerfile"}}"#),
    ("build: {dockerfile_inline: FROM x}", #"{"build": {"context": "/p", "dockerfile_inline": "FROM x"}}"#),
    ("build: {context: ., x-a: {b: [c]}}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile"}}"#),
    ("build: oci-layout://x", #"{"build": {"context": "oci-layout://x", "dockerfile": "Dockerfile"}}"#),
    ("build: docker-image://x", #"{"build": {"context": "docker-image://x", "dockerfile": "Dockerfile"}}"#),
    ("build: {}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile"}}"#),
    (#"build: "5""#, #"{"build": {"context": "/p/5", "dockerfile": "Dockerfile"}}"#),
    ("build: {context: sub/../dir}", #"{"build": {"context": "/p/dir", "dockerfile": "Dockerfile"}}"#),
    ("build: {context: github.com/a/b}", #"{"build": {"context": "github.com/a/b", "dockerfile": "Dockerfile"}}"#),
    ("build: {context: ssh://git@h/x}", #"{"build": {"context": "ssh://git@h/x", "dockerfile": "Dockerfile"}}"#),
    ("build: {context: http://h/x.tar}", #"{"build": {"context": "http://h/x.tar", "dockerfile": "Dockerfile"}}"#),
    (#"build: {context: "5"}"#, #"{"build": {"context": "/p/5", "dockerfile": "Dockerfile"}}"#),
    ("build: {context: ., dockerfile: Dockerfile}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile"}}"#),
    ("build: {context: ., dockerfile: ../Df}", #"{"build": {"context": "/p", "dockerfile": "../Df"}}"#),
    ("build: {context: ., dockerfile: /abs/Df}", #"{"build": {"context": "/p", "dockerfile": "/abs/Df"}}"#),
    ("build: {context: ., dockerfile: d/Df}", #"{"build": {"context": "/p", "dockerfile": "d/Df"}}"#),
    (#"build: {context: ., dockerfile: "5"}"#, #"{"build": {"context": "/p", "dockerfile": "5"}}"#),
    (
      #"build: {context: ., dockerfile_inline: "FROM x\nRUN y\n"}"#,
      #"{"build": {"context": "/p", "dockerfile_inline": "FROM x\nRUN y\n"}}"#
    ),
    ("build: {context: ., dockerfile_inline: FROM x}", #"{"build": {"context": "/p", "dockerfile_inline": "FROM x"}}"#),
    (#"build: {context: ., dockerfile_inline: "5"}"#, #"{"build": {"context": "/p", "dockerfile_inline": "5"}}"#),
    (
      "build: {context: ., entitlements: [network.host, security.insecure]}",
      #"{"build": {"context": "/p", "dockerfile": "Dockerfile", "entitlements": ["network.host", "security.insecure"]}}"#
    ),
    ("build: {context: ., entitlements: []}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile"}}"#),
    (
      "build: {context: ., args: {A: 1, B: true, C: null, D: 1.5, FIVE: null}}",
      #"{"build": {"context": "/p", "dockerfile": "Dockerfile", "args": {"A": "1", "B": "true", "D": "1.5", "FIVE": "5"}}}"#
    ),
    (
      "build: {context: ., args: [A=1, B, FIVE]}",
      #"{"build": {"context": "/p", "dockerfile": "Dockerfile", "args": {"A": "1", "FIVE": "5"}}}"#
    ),
    ("build: {context: ., args: []}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile"}}"#),
    ("build: {context: ., args: {}}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile"}}"#),
    ("build: {context: ., ssh: [default]}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile", "ssh": ["default"]}}"#),
    ("build: {context: ., ssh: {a: null}}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile", "ssh": ["a"]}}"#),
    ("build: {context: ., ssh: []}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile"}}"#),
    ("build: {context: ., ssh: {}}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile"}}"#),
    ("build: {context: ., labels: {a: b}}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile", "labels": {"a": "b"}}}"#),
    (
      "build: {context: ., labels: [a=b, c]}",
      #"{"build": {"context": "/p", "dockerfile": "Dockerfile", "labels": {"a": "b", "c": ""}}}"#
    ),
    ("build: {context: ., labels: []}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile"}}"#),
    ("build: {context: ., labels: {}}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile"}}"#),
    (
      "build: {context: ., cache_from: [a, b]}",
      #"{"build": {"context": "/p", "dockerfile": "Dockerfile", "cache_from": ["a", "b"]}}"#
    ),
    (
      "build: {context: ., cache_from: ['type=local,src=x']}",
      #"{"build": {"context": "/p", "dockerfile": "Dockerfile", "cache_from": ["type=local,src=x"]}}"#
    ),
    ("build: {context: ., cache_from: []}", #"{"build": {"context": "/p", "dockerfile": "Dockerfile"}}"#),
  ]

  @Test(arguments: forms)
  func `Each form of build has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("build: null", "4:12 wrongType"),
    ("build: {context: null}", "4:22 wrongType"),
    ("build: {context: ., dockerfile: null}", "4:37 wrongType"),
    ("build: {context: ., dockerfile_inline: null}", "4:44 wrongType"),
    ("build: {context: ., dockerfile: a, dockerfile_inline: FROM x}", "4:59 conflictingValues"),
    ("build: {context: ., dockerfile: a, dockerfile_inline: null}", "4:59 wrongType"),
    ("build: {context: ., entitlements: null}", "4:39 wrongType"),
    ("build: {context: ., args: null}", "4:31 wrongType"),
    ("build: {context: ., ssh: default}", "4:30 wrongType"),
    ("build: {context: ., ssh: null}", "4:30 wrongType"),
    ("build: {context: ., labels: null}", "4:33 wrongType"),
    ("build: {context: ., cache_from: null}", "4:37 wrongType"),
    ("build: {context: ., cache_to: null}", "4:35 wrongType"),
    ("build: {context: ., no_cache: null}", "4:35 wrongType"),
    ("build: {context: ., no_cache_filter: null}", "4:42 wrongType"),
    ("build: {context: ., additional_contexts: {a: service:o}}", "4:50 conflictingValues"),
    ("build: {context: ., additional_contexts: null}", "4:46 wrongType"),
    ("build: {context: ., network: null}", "4:34 wrongType"),
    ("build: {context: ., provenance: null}", "4:37 wrongType"),
    ("build: {context: ., sbom: null}", "4:31 wrongType"),
    ("build: {context: ., pull: null}", "4:31 wrongType"),
    ("build: {context: ., target: null}", "4:33 wrongType"),
    ("build: {context: ., shm_size: null}", "4:35 wrongType"),
    ("build: {context: ., extra_hosts: null}", "4:38 wrongType"),
    ("build: {context: ., isolation: null}", "4:36 wrongType"),
    ("build: {context: ., privileged: null}", "4:37 wrongType"),
    ("build: {context: ., secrets: [nope]}", "4:34 undefinedSecret"),
    ("build: {context: ., secrets: null}", "4:34 wrongType"),
    ("build: {context: ., tags: null}", "4:31 wrongType"),
    ("build: {context: ., ulimits: null}", "4:34 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with build is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
