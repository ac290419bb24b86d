/// The rules for `deploy`. Source: `deployment` of the Compose Specification's schema.
enum DeploySchema {
  static let deploy = SchemaRule.object(
    ObjectRule([
      "mode": .string,
      "endpoint_mode": .string,
      "replicas": .integerOrString,
      "labels": .pairs,
      "rollback_config": update,
      "update_config": update,
      "resources": .object(
        ObjectRule([
          "limits": .object(ObjectRule(["cpus": .numberOrString, "memory": .string, "pids": .integerOrString])),
          "reservations": .object(
            ObjectRule([
              "cpus": .numberOrString, "memory": .string, "generic_resources": genericResources,
              "devices": .list(of: .object(deviceRequest(required: ["capabilities"], isClosed: true)), areItemsUnique: false),
            ])),
        ])),
      "restart_policy": .object(
        ObjectRule(["condition": .string, "delay": .string, "max_attempts": .integerOrString, "window": .string])),
      "placement": .object(
        ObjectRule([
          "constraints": .strings,
          "preferences": .list(of: .object(ObjectRule(["spread": .string])), areItemsUnique: false),
          "max_replicas_per_node": .integerOrString,
        ])),
    ]))

  static func deviceRequest(required: [String], isClosed: Bool) -> ObjectRule {
    ObjectRule(
      [
        "capabilities": .uniqueStrings, "count": .integerOrString, "device_ids": .uniqueStrings, "driver": .string,
        "options": .pairs,
      ], required: required, isClosed: isClosed)
  }

  private static let update = SchemaRule.object(
    ObjectRule([
      "parallelism": .integerOrString, "delay": .string, "failure_action": .string, "monitor": .string,
      "max_failure_ratio": .numberOrString, "order": .oneOf("start-first", "stop-first"),
    ]))

  private static let genericResources = SchemaRule.list(
    of: .object(
      ObjectRule([
        "discrete_resource_spec": .object(ObjectRule(["kind": .string, "value": .numberOrString]))
      ])), areItemsUnique: false)
}
