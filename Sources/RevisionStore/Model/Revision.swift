/// Why a revision exists.
package enum RevisionKind: Hashable, Sendable {
  case deploy
  /// Made from the snapshot of the earlier revision `from`.
  case rollback(from: Int)
  /// Describes what already ran before Slipway took the stack over.
  case adopt
  /// Made by recovery, which brought `from` back.
  case restored(from: Int)
}

/// How a revision ended; set once, when its operation ends.
package enum RevisionOutcome: String, Hashable, Sendable, CaseIterable {
  case pending
  case deployed
  case failed
  /// It failed and the revision before it runs again, whole.
  case rolledBack = "rolled_back"
  case cancelled
}

/// The image a service got.
package struct ImageRecord: Hashable, Sendable {
  /// As the compose file names it.
  package var reference: String
  /// `sha256:…` of the repository; nil for an image that was built here and never pushed.
  package var digest: String?
  /// The engine's id of the image.
  package var imageID: String

  package init(reference: String, digest: String?, imageID: String) {
    self.reference = reference
    self.digest = digest
    self.imageID = imageID
  }
}

/// A variable of a new revision.
package enum NewVariable: Hashable, Sendable {
  case plain(String)
  /// Kept encrypted and apart; the revision itself gets only its name and a keyed HMAC (S-SEC-3).
  case secret(Secret<String>)
}

/// A variable of a stored revision.
package enum RevisionVariable: Hashable, Sendable {
  case plain(String)
  /// The value is under this name in the stack's secrets; the HMAC tells whether it changed since.
  case secret(mac: [UInt8])
}

/// Everything that is fixed about a revision when its operation starts.
package struct NewRevision: Sendable {
  package var kind: RevisionKind
  package var author: String
  package var message: String
  package var projectName: String
  package var workingDirectory: String
  /// As given on the command line, in order.
  package var configFiles: [String]
  package var environmentFiles: [String]
  package var profiles: [String]
  /// `--scale` overrides by service.
  package var scale: [String: Int]
  package var files: [NewFile]
  package var variables: [String: NewVariable]
  /// The canonical model as JSON; sealed when it holds secret values.
  package var canonical: NewContent
  /// By service, as far as known already; the rest by `recordImages`.
  package var images: [String: ImageRecord]
  /// Of a stack that is taken over as it runs.
  package var adopted: [AdoptedHash] = []

  package init(
    kind: RevisionKind, author: String, message: String, projectName: String, workingDirectory: String,
    configFiles: [String] = [], environmentFiles: [String] = [], profiles: [String] = [], scale: [String: Int] = [:],
    files: [NewFile] = [], variables: [String: NewVariable] = [:], canonical: NewContent,
    images: [String: ImageRecord] = [:]
  ) {
    self.kind = kind
    self.author = author
    self.message = message
    self.projectName = projectName
    self.workingDirectory = workingDirectory
    self.configFiles = configFiles
    self.environmentFiles = environmentFiles
    self.profiles = profiles
    self.scale = scale
    self.files = files
    self.variables = variables
    self.canonical = canonical
    self.images = images
  }
}

/// A stored revision, without the bytes of its files.
package struct Revision: Hashable, Sendable {
  package var stack: StackKey
  /// 1, 2, 3 … in each stack.
  package var number: Int
  package var createdAt: Timestamp
  package var author: String
  package var message: String
  package var kind: RevisionKind
  package var outcome: RevisionOutcome
  package var projectName: String
  package var workingDirectory: String
  package var configFiles: [String]
  package var environmentFiles: [String]
  package var profiles: [String]
  package var scale: [String: Int]
  /// In path order, mounted project files included (role `bind`).
  package var files: [RevisionFile]
  package var variables: [String: RevisionVariable]
  package var canonical: ContentReference
  package var images: [String: ImageRecord]
  /// Over files, variables, canonical model, profiles and scale: equal for an unchanged deploy.
  package var inputHash: [UInt8]
  /// What was planned, as shown; nil before the plan was recorded.
  package var planText: String?
  /// What the operation said at its end; nil while pending.
  package var resultMessage: String?
  /// The operation that made it.
  package var operation: Int64

  /// SHA-256 over `inputHash` and the images: equal only when a deploy would run exactly the same.
  package var snapshotHash: [UInt8] { SnapshotHash.snapshot(input: inputHash, images: images) }
}

/// One line of the list of revisions.
package struct RevisionSummary: Hashable, Sendable {
  package var number: Int
  package var createdAt: Timestamp
  package var author: String
  package var message: String
  package var kind: RevisionKind
  package var outcome: RevisionOutcome
  package var images: [String: ImageRecord]

  package init(
    number: Int, createdAt: Timestamp, author: String, message: String, kind: RevisionKind, outcome: RevisionOutcome,
    images: [String: ImageRecord]
  ) {
    self.number = number
    self.createdAt = createdAt
    self.author = author
    self.message = message
    self.kind = kind
    self.outcome = outcome
    self.images = images
  }
}
