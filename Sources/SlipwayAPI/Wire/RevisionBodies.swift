/// A revision, as lists show it.
package struct RevisionBody: WireType {
  package struct Image: Codable, Hashable, Sendable {
    package var reference: String
    package var digest: String?
    package var id: String

    package init(reference: String, digest: String?, id: String) {
      self.reference = reference
      self.digest = digest
      self.id = id
    }

    static let schema = Schema.object([
      .required("reference", .text), .optional("digest", .nullable(.text)), .required("id", .text),
    ])
  }

  package var number: Int
  package var createdAt: String
  package var author: String
  package var message: String
  /// `deploy`, `rollback`, `adopt` or `restored`.
  package var kind: String
  /// The revision that it was made from.
  package var from: Int?
  package var outcome: String
  /// Whether it is what runs.
  package var current: Bool
  /// The newest one that was deployed, and the stack was taken down since.
  package var down: Bool?
  package var images: [String: Image]

  package init(
    number: Int, createdAt: String, author: String, message: String, kind: String, from: Int?, outcome: String, current: Bool,
    down: Bool? = nil, images: [String: Image]
  ) {
    self.number = number
    self.createdAt = createdAt
    self.author = author
    self.message = message
    self.kind = kind
    self.from = from
    self.outcome = outcome
    self.current = current
    self.down = down
    self.images = images
  }

  static let members: [Schema.Member] = [
    .required("number", .count), .required("created_at", .time), .required("author", .text), .required("message", .text),
    .required("kind", .words(["deploy", "rollback", "adopt", "restored"])), .optional("from", .nullable(.count)),
    .required("outcome", .words(["pending", "deployed", "failed", "rolled_back", "cancelled"])), .required("current", .boolean),
    .optional("down", .nullable(.boolean), "it is the current one, and the stack was taken down since"),
    .required("images", .map(Image.schema, limit: nil)),
  ]

  package static let schema = Schema.named("Revision") { .object(members) }
}

/// A revision with all that it keeps.
package struct RevisionDetailBody: WireType {
  package struct File: Codable, Sendable {
    package var path: String
    package var role: String
    package var size: Int?
    /// Equal for equal contents; nil: for who may edit the stack only.
    package var tag: String?

    package init(path: String, role: String, size: Int?, tag: String? = nil) {
      self.path = path
      self.role = role
      self.size = size
      self.tag = tag
    }

    static let schema = Schema.object([
      .required("path", .text), .required("role", .text), .optional("size", .nullable(.count)),
      .optional("tag", .nullable(.text), "equal for equal contents; only for who may edit the stack"),
    ])
  }

  /// Something that its operation told.
  package struct Notice: Codable, Sendable {
    package var sequence: Int
    package var at: String
    package var level: String
    package var kind: String
    package var service: String?
    package var text: String

    package init(sequence: Int, at: String, level: String, kind: String, service: String?, text: String) {
      self.sequence = sequence
      self.at = at
      self.level = level
      self.kind = kind
      self.service = service
      self.text = text
    }

    static let schema = Schema.object([
      .required("sequence", .count), .required("at", .time), .required("level", .text), .required("kind", .text),
      .optional("service", .nullable(.text)), .required("text", .text),
    ])
  }

  package var revision: RevisionBody
  package var workingDirectory: String
  package var profiles: [String]
  package var files: [File]
  /// Names; values of secrets are never told.
  package var variables: [String: VariableBody]
  package var plan: String?
  package var result: String?
  /// Of its operation, the first 10,000.
  package var events: [Notice]

  package init(
    revision: RevisionBody, workingDirectory: String, profiles: [String], files: [File], variables: [String: VariableBody],
    plan: String?, result: String?, events: [Notice]
  ) {
    self.revision = revision
    self.workingDirectory = workingDirectory
    self.profiles = profiles
    self.files = files
    self.variables = variables
    self.plan = plan
    self.result = result
    self.events = events
  }

  package static let schema = Schema.named("RevisionDetail") {
    .object([
      .required("revision", RevisionBody.schema), .required("working_directory", .text), .required("profiles", .array(of: .text)),
      .required("files", .array(of: File.schema)),
      .required("variables", .map(VariableBody.schema, limit: nil)), .optional("plan", .nullable(.text)),
      .optional("result", .nullable(.text)),
      .required("events", .array(of: Notice.schema), "what its operation has told, the first 10,000"),
    ])
  }
}

/// A variable of a stack; the value of a secret one is not told.
package struct VariableBody: WireType, Hashable {
  package var secret: Bool
  package var value: String?
  package var updatedAt: String?

  package init(secret: Bool, value: String? = nil, updatedAt: String? = nil) {
    self.secret = secret
    self.value = value
    self.updatedAt = updatedAt
  }

  package static let schema = Schema.named("Variable") {
    .object([
      .required("secret", .boolean), .optional("value", .nullable(.text), "not told of secret ones"),
      .optional("updated_at", .nullable(.time)),
    ])
  }
}
