/// Checks of device requests (`gpus`, `deploy.resources.reservations.devices`), in active services or not.
enum DeviceChecks {
  static func check(_ service: Node, at path: String, problems: inout [ComposeProblem]) {
    check(service["gpus"], at: "\(path).gpus", problems: &problems)
    for (key, part) in (service["deploy"]?["resources"]?.entries ?? []).map({ ($0.key, $0.value) }) {
      check(part["devices"], at: "\(path).deploy.resources.\(key).devices", problems: &problems)
    }
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
