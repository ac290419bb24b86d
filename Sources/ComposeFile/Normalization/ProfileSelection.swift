/// Which services are part of the project: by active profiles, and by name.
struct ProfileSelection {
  /// Active profiles; `*` is all.
  var profiles: Set<String>

  func isActive(_ service: ServiceDraft) -> Bool {
    let own = service.profiles
    return own.isEmpty || profiles.contains("*") || own.contains(where: profiles.contains)
  }

  /// The named services and all that they need, in turn. `drafts` by name.
  static func closure(of names: [String], in drafts: [String: ServiceDraft]) -> Set<String> {
    var selected: Set<String> = []
    var waiting = names
    while let name = waiting.popLast() {
      guard let draft = drafts[name], selected.insert(name).inserted else { continue }
      waiting += draft.dependencies.keys
    }
    return selected
  }
}
