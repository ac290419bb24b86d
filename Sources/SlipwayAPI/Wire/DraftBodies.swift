/// Files of a stack that somebody is still writing.
package struct StackDraftBody: WireType {
  package struct File: Codable, Hashable, Sendable {
    /// Within the stack's folder.
    package var path: String
    /// Nil: the file is to be removed.
    package var text: String?
    /// The tag of the saved file that it was made from; nil: there was none.
    package var tag: String?

    static let schema = Schema.object([
      .required("path", .text(limit: 1024, minimum: 1), "within the stack's folder"),
      .optional("text", .nullable(.text(limit: 1 << 20)), "left out: the file is to be removed"),
      .optional("tag", .nullable(.text(limit: 100)), "of the saved file that it was made from; left out: there was none"),
    ])

    static let list = Schema.array(File.schema, limit: 256)
  }

  /// Greater with each change; 0: there is none.
  package var version: Int
  /// Who changed it last.
  package var author: String?
  package var updatedAt: String?
  /// Nil where they are the caller's own.
  package var files: [File]?

  package init(version: Int, author: String? = nil, updatedAt: String? = nil, files: [File]? = nil) {
    self.version = version
    self.author = author
    self.updatedAt = updatedAt
    self.files = files
  }

  package static let schema = Schema.named("StackDraft") {
    .object([
      .required("version", .count, "greater with each change; 0: there is none"),
      .optional("author", .nullable(.text), "who changed it last"), .optional("updated_at", .nullable(.time)),
      .optional("files", .nullable(File.list)),
    ])
  }
}

/// A draft to be kept.
package struct NewStackDraftBody: WireType {
  /// Of the draft that it takes the place of; 0: there is none.
  package var version: Int
  package var files: [StackDraftBody.File]

  package static let schema = Schema.named("NewStackDraft") {
    .object([
      .required("version", .count, "of the draft that it takes the place of; 0: there is none"),
      .required("files", StackDraftBody.File.list),
    ])
  }
}
