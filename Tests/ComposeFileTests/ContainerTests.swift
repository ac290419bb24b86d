import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of a container, and what neither takes.
@Suite struct ContainerTests {
  private static let forms: [(String, String)] = [
    ("attach: true", #"{"attach": true}"#),
    ("attach: false", #"{"attach": false}"#),
    ("container_name: web", #"{"container_name": "web"}"#),
    ("container_name: a.b-c_d", #"{"container_name": "a.b-c_d"}"#),
    ("container_name: ab!", #"{"container_name": "ab!"}"#),
    ("domainname: foo.com", #"{"domainname": "foo.com"}"#),
    (#"domainname: "5""#, #"{"domainname": "5"}"#),
    ("hostname: foo", #"{"hostname": "foo"}"#),
    ("hostname: a_b", #"{"hostname": "a_b"}"#),
    ("hostname: a.b", #"{"hostname": "a.b"}"#),
    (#"hostname: "5""#, #"{"hostname": "5"}"#),
    ("init: true", #"{"init": true}"#),
    ("init: false", #"{"init": false}"#),
    ("platform: linux/amd64", #"{"platform": "linux/amd64"}"#),
    ("platform: bogus/x", #"{"platform": "bogus/x"}"#),
    ("platform: linux/arm64/v8", #"{"platform": "linux/arm64/v8"}"#),
    (#"platform: "5""#, #"{"platform": "5"}"#),
    ("pull_policy: always", #"{"pull_policy": "always"}"#),
    ("pull_policy: never", #"{"pull_policy": "never"}"#),
    ("pull_policy: missing", #"{"pull_policy": "missing"}"#),
    ("pull_policy: if_not_present", #"{"pull_policy": "missing"}"#),
    ("pull_policy: build", #"{"pull_policy": "build"}"#),
    ("pull_policy: refresh", #"{"pull_policy": "refresh"}"#),
    ("pull_policy: daily", #"{"pull_policy": "daily"}"#),
    ("pull_policy: weekly", #"{"pull_policy": "weekly"}"#),
    ("pull_policy: every_12h", #"{"pull_policy": "every_12h"}"#),
    ("pull_policy: every_1d12h", #"{"pull_policy": "every_1d12h"}"#),
    ("pull_refresh_after: 24h", #"{"pull_refresh_after": "24h"}"#),
    (#"pull_refresh_after: "5""#, #"{"pull_refresh_after": "5"}"#),
    ("restart: 'no'", #"{"restart": "no"}"#),
    ("restart: always", #"{"restart": "always"}"#),
    ("restart: on-failure", #"{"restart": "on-failure"}"#),
    ("restart: on-failure:3", #"{"restart": "on-failure:3"}"#),
    ("restart: unless-stopped", #"{"restart": "unless-stopped"}"#),
    ("restart: bogus", #"{"restart": "bogus"}"#),
    ("restart: no", #"{"restart": "no"}"#),
    (#"restart: "5""#, #"{"restart": "5"}"#),
    ("runtime: runc", #"{"runtime": "runc"}"#),
    (#"runtime: "5""#, #"{"runtime": "5"}"#),
    ("scale: 2", #"{"scale": 2}"#),
    ("scale: '2'", #"{"scale": 2}"#),
    ("scale: 1000", #"{"scale": 1000}"#),
    (#"scale: "5""#, #"{"scale": 5}"#),
    ("stdin_open: true", #"{"stdin_open": true}"#),
  ]

  @Test(arguments: forms)
  func `Each form of a container has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("attach: null", "4:13 wrongType"),
    ("container_name: a b", "4:21 invalidValue"),
    ("container_name: _a", "4:21 invalidValue"),
    ("container_name: a/b", "4:21 invalidValue"),
    ("container_name: null", "4:21 wrongType"),
    ("domainname: null", "4:17 wrongType"),
    ("hostname: null", "4:15 wrongType"),
    ("image: a:1", "4:5 duplicateKey"),
    ("image: r.io:5000/a@sha256:0123456789012345678901234567890123456789012345678901234567890123", "4:5 duplicateKey"),
    ("image: A:b", "4:5 duplicateKey"),
    ("image: a b", "4:5 duplicateKey"),
    ("image: null", "4:5 duplicateKey"),
    ("init: null", "4:11 wrongType"),
    ("platform: null", "4:15 wrongType"),
    ("pull_policy: bogus", "4:18 invalidValue"),
    ("pull_policy: every_", "4:18 invalidValue"),
    ("pull_policy: every_5", "4:18 invalidValue"),
    ("pull_policy: null", "4:18 wrongType"),
    ("pull_refresh_after: null", "4:25 wrongType"),
    ("restart: null", "4:14 wrongType"),
    ("runtime: null", "4:14 wrongType"),
    ("scale: null", "4:12 wrongType"),
    ("stdin_open: null", "4:17 wrongType"),
    ("stop_grace_period: null", "4:24 wrongType"),
    ("stop_signal: 9", "4:18 wrongType"),
    ("stop_signal: null", "4:18 wrongType"),
    ("tty: null", "4:10 wrongType"),
    ("user: 1000", "4:11 wrongType"),
    ("user: null", "4:11 wrongType"),
    ("bogus: 1", "4:5 unknownKey"),
  ]

  @Test(arguments: refused)
  func `What is wrong with a container is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
