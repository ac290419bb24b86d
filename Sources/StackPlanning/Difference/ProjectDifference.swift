package import ComposeFile

/// What differs between two projects (two revisions of a stack), by what it means to a user.
package struct ProjectDifference: Hashable, Sendable, Codable {
  package enum Kind: String, Sendable, Codable { case added, removed, changed }

  package struct Entry: Hashable, Sendable, Codable {
    /// `service`, `network`, `volume`, `secret` or `config`.
    package var section: String
    package var name: String
    package var kind: Kind
    package var changes: [AttributeChange]

    package init(section: String, name: String, kind: Kind, changes: [AttributeChange]) {
      self.section = section
      self.name = name
      self.kind = kind
      self.changes = changes
    }
  }

  package var entries: [Entry]

  package init(entries: [Entry]) { self.entries = entries }

  package var isEmpty: Bool { entries.isEmpty }

  /// - Parameters:
  ///   - imagesBefore: image IDs or digests by service, as deployed; a difference that the files do not show.
  package static func between(
    _ before: Project, _ after: Project, imagesBefore: [String: String] = [:], imagesAfter: [String: String] = [:]
  ) -> ProjectDifference {
    var entries: [Entry] = []
    for section in ["services", "networks", "volumes", "secrets", "configs"] {
      let old = before.canonical[section]?.map ?? ComposeMap()
      let new = after.canonical[section]?.map ?? ComposeMap()
      for name in Set(old.keys).union(new.keys).sorted() {
        var changes: [AttributeChange] = []
        if let a = old[name], let b = new[name] {
          changes = ValueDifference.between(a, b)
          if section == "services", let a = imagesBefore[name], let b = imagesAfter[name], a != b {
            changes.append(AttributeChange(path: "image digest", before: a, after: b))
          }
          guard !changes.isEmpty else { continue }
        }
        let kind: Kind = old[name] == nil ? .added : new[name] == nil ? .removed : .changed
        entries.append(Entry(section: String(section.dropLast()), name: name, kind: kind, changes: changes))
      }
    }
    return ProjectDifference(entries: entries)
  }

  /// One line an object, one indented line an attribute.
  package var text: String {
    if entries.isEmpty { return "no difference" }
    return entries.map { entry in
      let mark =
        switch entry.kind {
        case .added: "+"
        case .removed: "-"
        case .changed: "~"
        }
      return (["\(mark) \(entry.section) \(entry.name)"] + entry.changes.map { "    \($0.text)" }).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
