/// The rules for `x-slipway`, our own extension. It is closed: a key that is not here is a mistake.
enum SlipwaySchema {
  /// The key of the extension.
  static let key = "x-slipway"
  /// What begins the labels that stand for keys of the extension.
  static let labelPrefix = "slipway."

  static let project = object(["servers": servers, "auto_update": autoUpdate, "gate": gate])
  static let service = object([
    "auto_update": autoUpdate, "update": update, "deploy": deploy, "backup": backup, "gate": gate,
  ])
  static let volume = object(["keep": .boolean, "backup": backup])

  private static let servers = SchemaRule.list(of: text(.serverName), areItemsUnique: true)

  private static let autoUpdate = object([
    "enabled": .boolean,
    "strategy": .oneOf("manual", "automatic", "canary", "blue-green"),
    "schedule": text(.cron),
    "rollback_on_failure": .boolean,
    "health_check_timeout": text(.duration),
  ])

  /// Which versions of an image are offered.
  private static let update = object([
    "policy": .oneOf("patch", "minor", "major"),
    "include": text(.pattern),
    "exclude": text(.pattern),
    "allow_prerelease": .boolean,
    "track": .string,
    "max_major_step": .scalar(ScalarRule(.integer, range: 0...1_000)),
    "min_age": text(.duration),
    "ignore": .uniqueStrings,
    "snooze_until": text(.date),
  ])

  private static let deploy = object(["overlap": .oneOf("allow", "deny"), "singleton": .boolean])

  private static let backup = object([
    "mode": .oneOf("live", "pause", "stop", "dump", "dump+volume"),
    "command": .either([.string, .strings]),
    "pre_exec": backupHook,
    "post_exec": backupHook,
  ])

  private static let backupHook = SchemaRule.object(
    ObjectRule(
      [
        "service": .string, "command": .strings, "user": .string, "timeout": text(.duration),
        "on_error": .oneOf("abort", "ignore"),
      ], required: ["command"], takesExtensions: false))

  /// What an image scan must find to block a deploy.
  private static let gate = object([
    "severity": .oneOf("critical", "high", "medium", "low"),
    "cvss": .scalar(ScalarRule(.number, range: 0...10)),
    "fixable_only": .boolean,
    "older_than": text(.duration),
    "allowed": .scalar(ScalarRule(.integer, range: 0...1_000_000)),
    "relative": .boolean,
    "eol": .oneOf("warn", "block"),
    "unscanned": .oneOf("warn", "block"),
  ])

  private static func object(_ attributes: [String: SchemaRule]) -> SchemaRule {
    .object(ObjectRule(attributes, takesExtensions: false))
  }

  private static func text(_ form: TextForm) -> SchemaRule { .scalar(ScalarRule(.string, form: form)) }
}
