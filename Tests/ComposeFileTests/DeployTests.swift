import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of deploy, and what neither takes.
@Suite struct DeployTests {
  private static let forms: [(String, String)] = [
    ("deploy: {replicas: 2}", #"{"deploy": {"replicas": 2, "resources": {}, "placement": {}}}"#),
    ("deploy: {mode: global}", #"{"deploy": {"mode": "global", "resources": {}, "placement": {}}}"#),
    ("deploy: {labels: [a=b]}", #"{"deploy": {"labels": {"a": "b"}, "resources": {}, "placement": {}}}"#),
    ("deploy: {x-a: 1}", #"{"deploy": {"resources": {}, "placement": {}}}"#),
    (
      "deploy: {mode: replicated, replicas: 3, endpoint_mode: vip}",
      #"{"deploy": {"mode": "replicated", "replicas": 3, "resources": {}, "placement": {}, "endpoint_mode": "vip"}}"#
    ),
    ("deploy: null", "{}"),
    ("deploy: {}", #"{"deploy": {"resources": {}, "placement": {}}}"#),
    ("deploy: {mode: replicated}", #"{"deploy": {"mode": "replicated", "resources": {}, "placement": {}}}"#),
    ("deploy: {mode: replicated-job}", #"{"deploy": {"mode": "replicated-job", "resources": {}, "placement": {}}}"#),
    (#"deploy: {mode: "5"}"#, #"{"deploy": {"mode": "5", "resources": {}, "placement": {}}}"#),
    ("deploy: {endpoint_mode: vip}", #"{"deploy": {"resources": {}, "placement": {}, "endpoint_mode": "vip"}}"#),
    ("deploy: {endpoint_mode: dnsrr}", #"{"deploy": {"resources": {}, "placement": {}, "endpoint_mode": "dnsrr"}}"#),
    (#"deploy: {endpoint_mode: "5"}"#, #"{"deploy": {"resources": {}, "placement": {}, "endpoint_mode": "5"}}"#),
    ("deploy: {replicas: 3}", #"{"deploy": {"replicas": 3, "resources": {}, "placement": {}}}"#),
    ("deploy: {replicas: '3'}", #"{"deploy": {"replicas": 3, "resources": {}, "placement": {}}}"#),
    ("deploy: {replicas: 1000}", #"{"deploy": {"replicas": 1000, "resources": {}, "placement": {}}}"#),
    (#"deploy: {replicas: "5"}"#, #"{"deploy": {"replicas": 5, "resources": {}, "placement": {}}}"#),
    ("deploy: {labels: {a: b}}", #"{"deploy": {"labels": {"a": "b"}, "resources": {}, "placement": {}}}"#),
    ("deploy: {labels: []}", #"{"deploy": {"resources": {}, "placement": {}}}"#),
    ("deploy: {labels: {}}", #"{"deploy": {"resources": {}, "placement": {}}}"#),
    (
      "deploy: {update_config: {parallelism: 2}}",
      #"{"deploy": {"update_config": {"parallelism": 2}, "resources": {}, "placement": {}}}"#
    ),
    (
      #"deploy: {update_config: {parallelism: "3"}}"#,
      #"{"deploy": {"update_config": {"parallelism": 3}, "resources": {}, "placement": {}}}"#
    ),
    (
      #"deploy: {update_config: {parallelism: "5"}}"#,
      #"{"deploy": {"update_config": {"parallelism": 5}, "resources": {}, "placement": {}}}"#
    ),
    (
      "deploy: {update_config: {delay: 10s}}",
      #"{"deploy": {"update_config": {"delay": "10s"}, "resources": {}, "placement": {}}}"#
    ),
    (
      "deploy: {update_config: {delay: 1h30m}}",
      #"{"deploy": {"update_config": {"delay": "1h30m0s"}, "resources": {}, "placement": {}}}"#
    ),
    (
      "deploy: {update_config: {failure_action: pause}}",
      #"{"deploy": {"update_config": {"failure_action": "pause"}, "resources": {}, "placement": {}}}"#
    ),
    (
      "deploy: {update_config: {failure_action: rollback}}",
      #"{"deploy": {"update_config": {"failure_action": "rollback"}, "resources": {}, "placement": {}}}"#
    ),
    (
      #"deploy: {update_config: {failure_action: "5"}}"#,
      #"{"deploy": {"update_config": {"failure_action": "5"}, "resources": {}, "placement": {}}}"#
    ),
    (
      "deploy: {update_config: {monitor: 5s}}",
      #"{"deploy": {"update_config": {"monitor": "5s"}, "resources": {}, "placement": {}}}"#
    ),
    ("deploy: {update_config: {monitor: 0s}}", #"{"deploy": {"update_config": {}, "resources": {}, "placement": {}}}"#),
    (
      "deploy: {update_config: {max_failure_ratio: 0.1}}",
      #"{"deploy": {"update_config": {"max_failure_ratio": 0.1}, "resources": {}, "placement": {}}}"#
    ),
    (
      #"deploy: {update_config: {max_failure_ratio: "0.25"}}"#,
      #"{"deploy": {"update_config": {"max_failure_ratio": 0.25}, "resources": {}, "placement": {}}}"#
    ),
    (
      "deploy: {update_config: {max_failure_ratio: 1}}",
      #"{"deploy": {"update_config": {"max_failure_ratio": 1}, "resources": {}, "placement": {}}}"#
    ),
    (
      #"deploy: {update_config: {max_failure_ratio: "5"}}"#,
      #"{"deploy": {"update_config": {"max_failure_ratio": 5}, "resources": {}, "placement": {}}}"#
    ),
    (
      "deploy: {update_config: {order: start-first}}",
      #"{"deploy": {"update_config": {"order": "start-first"}, "resources": {}, "placement": {}}}"#
    ),
    (
      "deploy: {update_config: {order: stop-first}}",
      #"{"deploy": {"update_config": {"order": "stop-first"}, "resources": {}, "placement": {}}}"#
    ),
    (
      "deploy: {rollback_config: {parallelism: 2}}",
      #"{"deploy": {"rollback_config": {"parallelism": 2}, "resources": {}, "placement": {}}}"#
    ),
    (
      #"deploy: {rollback_config: {parallelism: "5"}}"#,
      #"{"deploy": {"rollback_config": {"parallelism": 5}, "resources": {}, "placement": {}}}"#
    ),
    (
      "deploy: {rollback_config: {delay: 10s}}",
      #"{"deploy": {"rollback_config": {"delay": "10s"}, "resources": {}, "placement": {}}}"#
    ),
    (
      "deploy: {rollback_config: {failure_action: pause}}",
      #"{"deploy": {"rollback_config": {"failure_action": "pause"}, "resources": {}, "placement": {}}}"#
    ),
    (
      #"deploy: {rollback_config: {failure_action: "5"}}"#,
      #"{"deploy": {"rollback_config": {"failure_action": "5"}, "resources": {}, "placement": {}}}"#
    ),
    (
      "deploy: {rollback_config: {monitor: 5s}}",
      #"{"deploy": {"rollback_config": {"monitor": "5s"}, "resources": {}, "placement": {}}}"#
    ),
    (
      "deploy: {rollback_config: {max_failure_ratio: 0.1}}",
      #"{"deploy": {"rollback_config": {"max_failure_ratio": 0.1}, "resources": {}, "placement": {}}}"#
    ),
    (
      #"deploy: {rollback_config: {max_failure_ratio: "5"}}"#,
      #"{"deploy": {"rollback_config": {"max_failure_ratio": 5}, "resources": {}, "placement": {}}}"#
    ),
  ]

  @Test(arguments: forms)
  func `Each form of deploy has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("deploy: {bogus: 1}", "4:14 unknownKey"),
    ("deploy: []", "4:13 wrongType"),
    ("deploy: {mode: null}", "4:20 wrongType"),
    ("deploy: {endpoint_mode: null}", "4:29 wrongType"),
    ("deploy: {replicas: null}", "4:24 wrongType"),
    ("deploy: {labels: null}", "4:22 wrongType"),
    ("deploy: {update_config: {parallelism: null}}", "4:43 wrongType"),
    ("deploy: {update_config: {delay: null}}", "4:37 wrongType"),
    ("deploy: {update_config: {failure_action: null}}", "4:46 wrongType"),
    ("deploy: {update_config: {monitor: null}}", "4:39 wrongType"),
    ("deploy: {update_config: {max_failure_ratio: null}}", "4:49 wrongType"),
    ("deploy: {update_config: {order: null}}", "4:37 wrongType"),
    ("deploy: {rollback_config: {parallelism: null}}", "4:45 wrongType"),
    ("deploy: {rollback_config: {delay: null}}", "4:39 wrongType"),
    ("deploy: {rollback_config: {failure_action: null}}", "4:48 wrongType"),
    ("deploy: {rollback_config: {monitor: null}}", "4:41 wrongType"),
    ("deploy: {rollback_config: {max_failure_ratio: null}}", "4:51 wrongType"),
    ("deploy: {rollback_config: {order: null}}", "4:39 wrongType"),
    ("deploy: {resources: null}", "4:25 wrongType"),
    ("deploy: {resources: {limits: {devices: []}}}", "4:35 unknownKey"),
    ("deploy: {resources: {limits: {generic_resources: []}}}", "4:35 unknownKey"),
    ("deploy: {resources: {limits: null}}", "4:34 wrongType"),
    ("deploy: {resources: {limits: {cpus: null}}}", "4:41 wrongType"),
    ("deploy: {resources: {limits: {memory: null}}}", "4:43 wrongType"),
    ("deploy: {resources: {limits: {pids: null}}}", "4:41 wrongType"),
    ("deploy: {resources: {reservations: {pids: 1}}}", "4:41 unknownKey"),
    ("cpus: 0.5\ndeploy: {resources: {limits: {}}}", "4:11 conflictingValues"),
    ("mem_limit: 10m\ndeploy: {resources: {limits: {cpus: '1'}}}", "4:16 conflictingValues"),
    ("mem_reservation: 10m\ndeploy: {resources: {reservations: {cpus: '1'}}}", "4:22 conflictingValues"),
    ("pids_limit: 10\ndeploy: {resources: {limits: {cpus: '1'}}}", "4:17 conflictingValues"),
    ("deploy: {resources: {reservations: null}}", "4:40 wrongType"),
    ("deploy: {resources: {reservations: {cpus: null}}}", "4:47 wrongType"),
    ("deploy: {resources: {reservations: {memory: null}}}", "4:49 wrongType"),
    ("deploy: {resources: {reservations: {generic_resources: null}}}", "4:60 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with deploy is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
