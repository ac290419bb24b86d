/// Which stack: a project on a server.
package struct StackKey: Hashable, Sendable {
  /// `local`, or the name or endpoint of a server.
  package var server: String
  package var project: String

  package init(server: String, project: String) {
    self.server = server
    self.project = project
  }
}

extension StackKey: CustomStringConvertible {
  package var description: String { server == "local" ? project : "\(project) on \(server)" }
}

/// One line of the list of stacks.
package struct StackSummary: Hashable, Sendable {
  package var stack: StackKey
  /// The number last given out; 0 when the stack has no revision yet.
  package var lastRevision: Int
  /// The newest deployed revision; nil before the first success.
  package var currentRevision: Int?
  package var workingDirectory: String?
  /// When the newest revision was made; nil without one.
  package var changedAt: Timestamp?
  /// The operation that runs on it now, if any.
  package var holder: LockHolder?
}
