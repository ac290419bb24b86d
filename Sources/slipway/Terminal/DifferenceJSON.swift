import ComposeFile
import StackPlanning

/// A difference as JSON for machines.
enum DifferenceJSON {
  static func value(_ difference: ProjectDifference) -> ComposeValue {
    .list(
      difference.entries.map { entry in
        .map(
          ComposeMap([
            ("section", .string(entry.section)), ("name", .string(entry.name)), ("kind", .string(entry.kind.rawValue)),
            ("changes", .list(entry.changes.map(value))),
          ]))
      })
  }

  private static func value(_ change: AttributeChange) -> ComposeValue {
    .map(
      ComposeMap([
        ("path", .string(change.path)), ("before", change.before.map { .string($0) } ?? .null),
        ("after", change.after.map { .string($0) } ?? .null),
      ]))
  }
}
