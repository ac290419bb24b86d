import ComposeFile

extension Plan {
  /// Names this plan: SHA-256 in lower-case hex of its stable form (R-PLAN-1).
  ///
  /// Equal hashes mean equal steps on the same objects for the same configuration: ids of containers and networks, hashes of
  /// services, networks and volumes, and IDs of images go in, so that a plan is stale as soon as one of them is another.
  /// Causes and warnings are for people and stay out.
  package var hash: String { ContentHash.hexadecimal(Array(stableForm.utf8)) }

  /// One line a fact, fields parted by tabs; the first line names the form.
  var stableForm: String {
    var lines = ["slipway plan 1", "project\t\(project)"]
    lines += (inputs ?? []).map { "input\t\($0)" }
    lines += steps.map { step in
      let fields =
        ["step", "\(step.number)", step.phase.rawValue] + step.action.stableFields
        + [
          step.dependencies.map(String.init).joined(separator: ","), step.causesDowntime ? "downtime" : "",
          step.losesData ? "data loss" : "",
        ]
      return fields.map(Self.escaped).joined(separator: "\t")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func escaped(_ field: String) -> String {
    field.replacing("\\", with: "\\\\").replacing("\t", with: "\\t").replacing("\n", with: "\\n")
  }
}

extension PlanAction {
  /// The name of the action and all that it carries.
  fileprivate var stableFields: [String] {
    switch self {
    case .pullImage(let reference, let services): ["pull image", reference, services.joined(separator: ",")]
    case .buildImage(let reference, let service): ["build image", reference, service]
    case .createNetwork(let key, let name): ["create network", key, name]
    case .removeNetwork(let id, let name): ["remove network", id, name]
    case .restoreNetwork(let network): ["restore network", network.id, network.name]
    case .createVolume(let key, let name): ["create volume", key, name]
    case .removeVolume(let name): ["remove volume", name]
    case .removeImage(let reference): ["remove image", reference]
    case .createContainer(let service, let number, let name, let temporaryName, let replaces):
      ["create container", service, "\(number)", name, temporaryName ?? "", replaces ?? ""]
    case .sendFiles(let sources): ["send files"] + sources
    case .copyFiles(let container): ["copy files", container.stableField]
    case .connect(let container, let key, let name): ["connect", container.stableField, key, name]
    case .reconnect(let container, let name, let endpoint):
      ["reconnect", container.stableField, name, endpoint.ipv4Address ?? "", endpoint.ipv6Address ?? ""] + endpoint.aliases
    case .disconnect(let container, let name): ["disconnect", container.stableField, name]
    case .stop(let container, let seconds): ["stop", container.stableField, seconds.map(String.init) ?? ""]
    case .rename(let container, let name): ["rename", container.stableField, name]
    case .start(let container): ["start", container.stableField]
    case .unpause(let container): ["unpause", container.stableField]
    case .pause(let container): ["pause", container.stableField]
    case .preStartHook(let container, let index): ["pre_start", container.stableField, "\(index)"]
    case .preStopHook(let container, let index): ["pre_stop", container.stableField, "\(index)"]
    case .postStartHook(let container, let index): ["post_start", container.stableField, "\(index)"]
    case .await(let service, let condition, let containers, let isRequired):
      ["await", service, condition.rawValue, "\(isRequired)"] + containers.map(\.stableField)
    case .remove(let container, let volumes): ["remove", container.stableField, "\(volumes)"]
    }
  }
}

extension ContainerReference {
  fileprivate var stableField: String {
    switch self {
    case .existing(let id, let name, _): "\(id) \(name)"
    case .planned(_, let number, let name): "new \(number) \(name)"
    }
  }
}
