package import ComposeFile

/// The model that runs after a deploy of some services.
package enum RecordedModel {
  /// The named services as `project` has them, all others as `before` does.
  ///
  /// - Parameters:
  ///   - targets: services that the deploy looked at.
  ///   - before: the canonical model of the revision that ran; nil: there was none.
  package static func of(_ project: Project, targets: Set<String>, over before: ComposeValue?) -> ComposeValue {
    let old = before?["services"]?.map?.pairs.filter { !targets.contains($0.key) } ?? []
    let new = project.services.filter { targets.contains($0.name) }.map { (key: $0.name, value: $0.canonical) }
    var root = project.canonical.map ?? ComposeMap()
    let services = (old + new).sorted { $0.key < $1.key }
    root["services"] = .map(ComposeMap(services.map { ($0.key, $0.value) }))
    for section in ["networks", "volumes", "secrets", "configs"] {
      var members = before?[section]?.map ?? ComposeMap()
      for (key, value) in root[section]?.map?.pairs ?? [] { members[key] = value }
      if !members.isEmpty {
        root[section] = .map(ComposeMap(members.pairs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
      }
    }
    return .map(root)
  }
}
