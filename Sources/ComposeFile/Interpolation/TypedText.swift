/// The attributes whose text stands for a number or a boolean, so that variables can give them.
enum TypedText: Sendable {
  case integer, number, boolean

  // The list of compose-go; everywhere else text stays text.
  static let table = PathTable<TypedText>([
    "services.*.cpu_count": .integer,
    "services.*.cpu_percent": .number,
    "services.*.cpu_period": .integer,
    "services.*.cpu_quota": .integer,
    "services.*.cpu_rt_period": .integer,
    "services.*.cpu_rt_runtime": .integer,
    "services.*.cpu_shares": .integer,
    "services.*.cpus": .number,
    "services.*.depends_on.*.required": .boolean,
    "services.*.depends_on.*.restart": .boolean,
    "services.*.deploy.replicas": .integer,
    "services.*.deploy.placement.max_replicas_per_node": .integer,
    "services.*.deploy.restart_policy.max_attempts": .integer,
    "services.*.deploy.rollback_config.max_failure_ratio": .number,
    "services.*.deploy.rollback_config.parallelism": .integer,
    "services.*.deploy.update_config.max_failure_ratio": .number,
    "services.*.deploy.update_config.parallelism": .integer,
    "services.*.healthcheck.disable": .boolean,
    "services.*.healthcheck.retries": .integer,
    "services.*.init": .boolean,
    "services.*.oom_kill_disable": .boolean,
    "services.*.oom_score_adj": .integer,
    "services.*.pids_limit": .integer,
    "services.*.ports.*.target": .integer,
    "services.*.pre_start.*.ulimits.*": .integer,
    "services.*.pre_start.*.ulimits.*.hard": .integer,
    "services.*.pre_start.*.ulimits.*.soft": .integer,
    "services.*.privileged": .boolean,
    "services.*.read_only": .boolean,
    "services.*.scale": .integer,
    "services.*.stdin_open": .boolean,
    "services.*.tty": .boolean,
    "services.*.ulimits.*": .integer,
    "services.*.ulimits.*.hard": .integer,
    "services.*.ulimits.*.soft": .integer,
    "services.*.volumes.*.read_only": .boolean,
    "services.*.volumes.*.volume.nocopy": .boolean,
    "networks.*.attachable": .boolean,
    "networks.*.enable_ipv4": .boolean,
    "networks.*.enable_ipv6": .boolean,
    "networks.*.external": .boolean,
    "networks.*.internal": .boolean,
    "volumes.*.external": .boolean,
    "secrets.*.external": .boolean,
    "configs.*.external": .boolean,
  ])

  /// The typed value of `text`; nil when it is not one.
  func value(of text: String) -> Node.Content? {
    switch self {
    case .integer: return Int(text).map(Node.Content.int)
    // Swift reads hexadecimal fractions without an exponent too; Docker Compose does not.
    case .number: return text.utf8.contains(where: { $0 | 32 == UInt8(ascii: "x") }) ? nil : Double(text).map(Node.Content.double)
    case .boolean:
      switch text.lowercased() {
      case "true", "yes", "y", "on": return .bool(true)
      case "false", "no", "n", "off": return .bool(false)
      default: return nil
      }
    }
  }

  var name: String {
    switch self {
    case .integer: "an integer"
    case .number: "a number"
    case .boolean: "a boolean"
    }
  }
}
