/// Bytes to be kept with a new revision.
package enum NewContent: Hashable, Sendable {
  /// Kept as they are, once for all revisions that share them.
  case plain([UInt8])
  /// Kept encrypted under the stack's key: for text that holds secret values.
  case sealed(Secret<[UInt8]>)
  /// Not kept: too large. Only what tells whether the file is still the same (decision 17).
  case hashOnly(sha256: [UInt8], sizeBytes: Int)
}

/// Where the bytes of a stored file are; `RevisionStore.content(_:of:)` fetches them.
package enum ContentReference: Hashable, Sendable {
  case plain(sha256: [UInt8], sizeBytes: Int)
  /// `mac` is keyed: equal bytes of one stack have equal values, and nothing else can be learned from it.
  case sealed(mac: [UInt8], sizeBytes: Int)
  case hashOnly(sha256: [UInt8], sizeBytes: Int)

  /// Of the file itself, whatever way it is kept.
  package var sizeBytes: Int {
    switch self {
    case .plain(_, let size), .sealed(_, let size), .hashOnly(_, let size): size
    }
  }
}

/// What a stored file is to the stack.
package enum FileRole: String, Hashable, Sendable, CaseIterable {
  /// A compose file, also one that is included or extended.
  case compose
  /// A file that gives variables for interpolation (`.env`, `--env-file`).
  case environment
  /// A service's `env_file`.
  case serviceEnvironment = "service_environment"
  /// The source of a `configs:` entry.
  case config
  /// The source of a `secrets:` entry.
  case secret
  /// A project file that a service mounts (decision 17).
  case bind
  /// A project file in a folder that a service mounts and may write to: data, which does not make a deploy a change.
  case writableBind = "writable_bind"
}

/// A file to be kept with a new revision.
package struct NewFile: Hashable, Sendable {
  /// Relative to the working directory when inside it, else absolute.
  package var path: String
  package var role: FileRole
  /// Permission bits, as in `0o644`.
  package var mode: UInt32
  package var content: NewContent

  package init(path: String, role: FileRole, mode: UInt32, content: NewContent) {
    self.path = path
    self.role = role
    self.mode = mode
    self.content = content
  }
}

/// A file of a stored revision.
package struct RevisionFile: Hashable, Sendable {
  package var path: String
  package var role: FileRole
  package var mode: UInt32
  package var content: ContentReference
}
