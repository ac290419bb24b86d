/// Where the server has the files of a stack from, and on which server it runs them (decision 16).
package struct StackHome: Hashable, Sendable {
  /// Where the files come from.
  package enum Source: Hashable, Sendable {
    /// They are written in the stack's folder itself.
    case folder
    case git(Git)
  }

  /// A repository that the folder is made from.
  package struct Git: Hashable, Sendable, Codable {
    package var url: String
    /// A branch, a tag or a commit.
    package var ref: String
    /// The project's folder in the repository; empty: its root.
    package var path: String
    /// How often it is looked at; nil: only when asked.
    package var intervalSeconds: Int?
    /// In whose name it is looked at, and with whose rights what has changed is deployed; nil without an interval.
    package var owner: Owner?

    package init(url: String, ref: String, path: String = "", intervalSeconds: Int? = nil, owner: Owner? = nil) {
      self.url = url
      self.ref = ref
      self.path = path
      self.intervalSeconds = intervalSeconds
      self.owner = owner
    }
  }

  /// Who has asked for what is done later without them.
  package struct Owner: Hashable, Sendable, Codable {
    /// Nil: the owner of the data directory.
    package var user: Int64?
    package var name: String

    package init(user: Int64?, name: String) {
      self.user = user
      self.name = name
    }
  }

  package var name: String
  package var server: String
  package var source: Source
  package var createdAt: Timestamp
  package var updatedAt: Timestamp
}

/// As it stands in the database: `{"kind":"folder"}`, or `{"kind":"git","git":{…}}`.
struct StoredSource: Codable {
  var kind: String
  var git: StackHome.Git?

  init(_ source: StackHome.Source) {
    switch source {
    case .folder: kind = "folder"
    case .git(let details):
      kind = "git"
      git = details
    }
  }

  /// Nil when it is damaged.
  var source: StackHome.Source? {
    switch (kind, git) {
    case ("folder", nil): .folder
    case ("git", let git?): .git(git)
    default: nil
    }
  }
}
