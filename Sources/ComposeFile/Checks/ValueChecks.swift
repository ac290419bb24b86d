/// Checks of single values, in active services or not.
enum ValueChecks {
  static func check(_ service: Node, at path: String, problems: inout [ComposeProblem]) {
    checkPorts(service["ports"], at: "\(path).ports", problems: &problems)
    checkMounts(service["volumes"], at: "\(path).volumes", problems: &problems)
    checkWatch(service["develop"]?["watch"], at: "\(path).develop.watch", problems: &problems)
    checkCount(service["scale"], to: ScaleLimits.service, at: "\(path).scale", problems: &problems)
    checkCount(service["deploy"]?["replicas"], to: ScaleLimits.service, at: "\(path).deploy.replicas", problems: &problems)
    checkCount(service["healthcheck"]?["retries"], at: "\(path).healthcheck.retries", problems: &problems)
    for (section, key) in [
      ("update_config", "parallelism"), ("rollback_config", "parallelism"), ("restart_policy", "max_attempts"),
      ("placement", "max_replicas_per_node"),
    ] {
      checkCount(service["deploy"]?[section]?[key], at: "\(path).deploy.\(section).\(key)", problems: &problems)
    }
    checkProcessors(service["cpus"], at: "\(path).cpus", problems: &problems)
    for part in ["limits", "reservations"] {
      let cpus = service["deploy"]?["resources"]?[part]?["cpus"]
      checkProcessors(cpus, at: "\(path).deploy.resources.\(part).cpus", problems: &problems)
    }
    for (index, item) in (service["expose"]?.items ?? []).enumerated() {
      guard case .double = item.content, problems.count < ComposeProblems.gatheringLimit else { continue }
      problems.append(
        ComposeProblem(
          .invalidValue, at: item.position, "\(path).expose[\(index)]: is not a port", fix: "write a whole number"))
    }
    check(service["gpus"], at: "\(path).gpus", problems: &problems)
    for (key, part) in (service["deploy"]?["resources"]?.entries ?? []).map({ ($0.key, $0.value) }) {
      check(part["devices"], at: "\(path).deploy.resources.\(key).devices", problems: &problems)
    }
  }

  private static func checkPorts(_ ports: Node?, at path: String, problems: inout [ComposeProblem]) {
    for (index, port) in (ports?.items ?? []).enumerated() where port.entries != nil {
      guard problems.count < ComposeProblems.gatheringLimit else { return }
      let target = port["target"]
      if target?.magnitude.map({ !(1...65535).contains($0) }) ?? true {
        let words = target == nil ? "`target` is missing" : "`target` must be a port from 1 to 65535"
        problems.append(
          ComposeProblem(
            target == nil ? .missingValue : .invalidValue, at: target?.position ?? port.position,
            "\(path)[\(index)]: \(words)", fix: "write the port in the container as `target`"))
      }
      if let node = port["host_ip"], let address = node.string, !IPAddress.isValid(address) {
        problems.append(
          ComposeProblem(
            .invalidValue, at: node.position, "\(path)[\(index)].host_ip: `\(address)` is not an IP address",
            fix: "write an address of this machine, e.g. 127.0.0.1"))
      }
    }
  }

  private static func checkMounts(_ mounts: Node?, at path: String, problems: inout [ComposeProblem]) {
    for (index, mount) in (mounts?.items ?? []).enumerated() where mount["type"]?.string == "bind" {
      guard problems.count < ComposeProblems.gatheringLimit else { return }
      guard mount["source"]?.string.isNilOrEmpty ?? true else { continue }
      problems.append(
        ComposeProblem(
          .missingValue, at: mount.position, "\(path)[\(index)]: a bind mount needs a `source`",
          fix: "add the path on the host as `source`"))
    }
  }

  private static func checkWatch(_ rules: Node?, at path: String, problems: inout [ComposeProblem]) {
    for (index, rule) in (rules?.items ?? []).enumerated() where rule["path"]?.string == "" {
      guard problems.count < ComposeProblems.gatheringLimit else { return }
      problems.append(
        ComposeProblem(
          .missingValue, at: rule["path"]?.position ?? rule.position, "\(path)[\(index)].path: is empty",
          fix: "name the file or folder to watch"))
    }
  }

  private static func checkCount(_ count: Node?, to limit: Int = .max, at path: String, problems: inout [ComposeProblem]) {
    guard let count, let number = count.magnitude else { return }
    if number < 0 {
      problems.append(
        ComposeProblem(
          .invalidValue, at: count.position, "\(path): \(count.plainNumber) is less than 0", fix: "write 0 or more"))
    } else if number > Double(limit) {
      problems.append(
        ComposeProblem(
          .limit, at: count.position, "\(path): \(count.plainNumber) is more than \(limit)",
          fix: "write \(limit) or less; a network of one machine holds no more containers"))
    }
  }

  /// The most processors that Linux can be built for (`NR_CPUS` of x86-64); the engine counts them in billionths.
  private static let processorLimit = 8192

  private static func checkProcessors(_ count: Node?, at path: String, problems: inout [ComposeProblem]) {
    guard let count, let number = count.magnitude, !(0...Double(processorLimit)).contains(number) else { return }
    problems.append(
      ComposeProblem(
        .invalidValue, at: count.position, "\(path): \(count.plainNumber) is not a number of processors",
        fix: "write a number from 0 to \(processorLimit), e.g. 0.5"))
  }

  private static func check(_ devices: Node?, at path: String, problems: inout [ComposeProblem]) {
    for (index, device) in (devices?.items ?? []).enumerated() {
      guard problems.count < ComposeProblems.gatheringLimit else { return }
      guard let count = device["count"], !count.isNull, let ids = device["device_ids"], !ids.isNull else { continue }
      problems.append(
        ComposeProblem(
          .conflictingValues, at: device.position, "\(path)[\(index)]: `count` and `device_ids` exclude each other",
          fix: "remove one of them"))
    }
  }
}

extension Node {
  /// The number that this is or spells; whole ones past 64 bits are read as fractions.
  fileprivate var magnitude: Double? {
    switch content {
    case .int(let value): Double(value)
    case .double(let value): value
    case .string(let text): Double(text)
    case .null, .bool, .timestamp, .list, .map: nil
    }
  }

  /// The number as a message shows it.
  fileprivate var plainNumber: String {
    switch content {
    case .int(let value): String(value)
    case .double(let value): GoNumber.text(value)
    case .string(let text): String(text.prefix(40))
    case .null, .bool, .timestamp, .list, .map: kind
    }
  }
}
