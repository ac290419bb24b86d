/// How an image is made of what a container has changed.
package struct CommitBody: WireType {
  package var reference: String?
  package var author: String?
  package var message: String?
  /// Dockerfile instructions.
  package var changes: [String]?
  /// The container is frozen meanwhile.
  package var pause: Bool?

  package init() {}

  package static let schema = Schema.named("Commit") {
    .object([
      .optional("reference", .nullable(.text(limit: 512, minimum: 1)), "the image's name; it has only an id when left out"),
      .optional("author", .nullable(.text(limit: 255))), .optional("message", .nullable(.text(limit: 1000))),
      .optional("changes", .nullable(.array(.text(limit: 4096, minimum: 1), limit: 100)), "Dockerfile instructions to apply"),
      .optional("pause", .nullable(.boolean), "false: the container is not frozen meanwhile"),
    ])
  }
}

/// The image that was made.
package struct CommittedImageBody: WireType, Hashable {
  package var id: String

  package init(id: String) { self.id = id }

  package static let schema = Schema.named("CommittedImage") { .object([.required("id", .text)]) }
}

/// What stands at a path in a container.
package struct ContainerPathBody: WireType, Hashable {
  package var name: String
  package var sizeBytes: Int64
  /// Go's `os.FileMode`, as the engine tells it.
  package var mode: Int
  /// Empty: it is no link.
  package var linkTarget: String

  package init(name: String, sizeBytes: Int64, mode: Int, linkTarget: String) {
    self.name = name
    self.sizeBytes = sizeBytes
    self.mode = mode
    self.linkTarget = linkTarget
  }

  package static let schema = Schema.named("ContainerPath") {
    .object([
      .required("name", .text), .required("size_bytes", .count),
      .required("mode", .count, "Go's os.FileMode: permission bits below, the kind in the high bits"),
      .required("link_target", .text, "empty where it is no link"),
    ])
  }
}
