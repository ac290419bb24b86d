package import ComposeFile

extension ProjectDifference {
  /// The difference for machines.
  package var record: ComposeValue {
    .list(
      entries.map { entry in
        .map(
          ComposeMap([
            ("section", .string(entry.section)), ("name", .string(entry.name)), ("kind", .string(entry.kind.rawValue)),
            ("changes", .list(entry.changes.map(Self.record))),
          ]))
      })
  }

  /// Made of `record` again; nil: it is no such record.
  package init?(record: ComposeValue?) {
    guard let list = record?.list else { return nil }
    self.init(
      entries: list.compactMap { entry in
        guard let section = entry["section"]?.string, let name = entry["name"]?.string,
          let kind = entry["kind"]?.string.flatMap({ Kind(rawValue: $0) })
        else { return nil }
        return Entry(section: section, name: name, kind: kind, changes: (entry["changes"]?.list ?? []).compactMap(Self.change))
      })
  }

  private static func change(_ record: ComposeValue) -> AttributeChange? {
    record["path"]?.string.map {
      AttributeChange(path: $0, before: record["before"]?.string, after: record["after"]?.string)
    }
  }

  private static func record(_ change: AttributeChange) -> ComposeValue {
    .map(
      ComposeMap([
        ("path", .string(change.path)), ("before", change.before.map { .string($0) } ?? .null),
        ("after", change.after.map { .string($0) } ?? .null),
      ]))
  }
}
