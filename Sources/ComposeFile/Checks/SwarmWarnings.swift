/// Tells of attributes that Compose takes but that only a Swarm honours.
enum SwarmWarnings {
  static func check(_ service: ServiceDraft) -> [ComposeWarning] {
    var warnings: [ComposeWarning] = []
    func warn(_ position: SourcePosition, _ attribute: String) {
      warnings.append(ComposeWarning(at: position, "\(service.path).\(attribute): only a Swarm honours this; it is ignored"))
    }
    let deploy = service.canonical["deploy"]
    for key in ["mode", "labels", "endpoint_mode", "update_config", "rollback_config"] where deploy?[key] != nil {
      warn(service.position(of: "deploy", key), "deploy.\(key)")
    }
    if let placement = deploy?["placement"]?.map, !placement.isEmpty {
      warn(service.position(of: "deploy", "placement"), "deploy.placement")
    }
    for (index, port) in (service.canonical["ports"]?.list ?? []).enumerated() where port["mode"]?.string == "host" {
      warn(service.position(ofItem: index, in: "ports"), "ports[\(index)].mode")
    }
    for section in ["secrets", "configs"] {
      for (index, file) in (service.canonical[section]?.list ?? []).enumerated() {
        for key in ["uid", "gid", "mode"] where file[key] != nil {
          warn(service.position(ofItem: index, in: section), "\(section)[\(index)].\(key)")
        }
      }
    }
    for (index, mount) in (service.canonical["volumes"]?.list ?? []).enumerated() where mount["type"]?.string == "cluster" {
      warn(service.position(ofItem: index, in: "volumes"), "volumes[\(index)].type")
    }
    if service.canonical["storage_opt"]?["size"] != nil { warn(service.position(of: "storage_opt"), "storage_opt.size") }
    if service.canonical["credential_spec"] != nil { warn(service.position(of: "credential_spec"), "credential_spec") }
    return warnings
  }

  /// For a secret or config in use.
  static func check(_ entry: Node.Entry, in section: String) -> [ComposeWarning] {
    (entry.value.entries ?? []).filter { ["labels", "driver", "driver_opts", "template_driver"].contains($0.key) }.map {
      ComposeWarning(
        at: $0.keyPosition, "\(section).\(entry.key).\($0.key): only a Swarm honours this; it is ignored")
    }
  }
}
