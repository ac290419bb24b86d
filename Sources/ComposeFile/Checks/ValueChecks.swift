/// Checks of single values, in active services or not.
enum ValueChecks {
  static func check(_ service: Node, at path: String, problems: inout [ComposeProblem]) {
    checkPorts(service["ports"], at: "\(path).ports", problems: &problems)
    checkMounts(service["volumes"], at: "\(path).volumes", problems: &problems)
    checkWatch(service["develop"]?["watch"], at: "\(path).develop.watch", problems: &problems)
    checkCount(service["scale"], at: "\(path).scale", problems: &problems)
    checkCount(service["deploy"]?["replicas"], at: "\(path).deploy.replicas", problems: &problems)
    checkCount(service["healthcheck"]?["retries"], at: "\(path).healthcheck.retries", problems: &problems)
    for (index, item) in (service["expose"]?.items ?? []).enumerated() {
      guard case .double = item.content else { continue }
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
      let target = port["target"]
      let number = target?.int ?? target?.string.flatMap(Int.init)
      if number.map({ !(1...65535).contains($0) }) ?? true {
        let words = target == nil ? "`target` is missing" : "`target` must be a port from 1 to 65535"
        problems.append(
          ComposeProblem(
            target == nil ? .missingValue : .invalidValue, at: target?.position ?? port.position,
            "\(path)[\(index)]: \(words)", fix: "write the port in the container as `target`"))
      }
      if let node = port["host_ip"], let address = node.string, !address.isEmpty, !IPAddress.isValid(address) {
        problems.append(
          ComposeProblem(
            .invalidValue, at: node.position, "\(path)[\(index)].host_ip: `\(address)` is not an IP address",
            fix: "write an address of this machine, e.g. 127.0.0.1"))
      }
    }
  }

  private static func checkMounts(_ mounts: Node?, at path: String, problems: inout [ComposeProblem]) {
    for (index, mount) in (mounts?.items ?? []).enumerated() where mount["type"]?.string == "bind" {
      guard mount["source"]?.string.isNilOrEmpty ?? true else { continue }
      problems.append(
        ComposeProblem(
          .missingValue, at: mount.position, "\(path)[\(index)]: a bind mount needs a `source`",
          fix: "add the path on the host as `source`"))
    }
  }

  private static func checkWatch(_ rules: Node?, at path: String, problems: inout [ComposeProblem]) {
    for (index, rule) in (rules?.items ?? []).enumerated() where rule["path"]?.string == "" {
      problems.append(
        ComposeProblem(
          .missingValue, at: rule["path"]?.position ?? rule.position, "\(path)[\(index)].path: is empty",
          fix: "name the file or folder to watch"))
    }
  }

  private static func checkCount(_ count: Node?, at path: String, problems: inout [ComposeProblem]) {
    guard let count, let number = count.int, number < 0 else { return }
    problems.append(
      ComposeProblem(.invalidValue, at: count.position, "\(path): \(number) is less than 0", fix: "write 0 or more"))
  }

  private static func check(_ devices: Node?, at path: String, problems: inout [ComposeProblem]) {
    for (index, device) in (devices?.items ?? []).enumerated() {
      guard let count = device["count"], !count.isNull, let ids = device["device_ids"], !ids.isNull else { continue }
      problems.append(
        ComposeProblem(
          .conflictingValues, at: device.position, "\(path)[\(index)]: `count` and `device_ids` exclude each other",
          fix: "remove one of them"))
    }
  }
}
