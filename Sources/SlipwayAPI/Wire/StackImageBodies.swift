/// An image that containers of a stack were made of.
package struct StackImageBody: WireType, Hashable {
  package var id: String
  package var tags: [String]
  /// Null where the image does not say.
  package var createdAt: String?
  package var sizeBytes: Int64
  package var os: String
  package var architecture: String
  package var variant: String

  package init(
    id: String, tags: [String], createdAt: String?, sizeBytes: Int64, os: String, architecture: String, variant: String
  ) {
    self.id = id
    self.tags = tags
    self.createdAt = createdAt
    self.sizeBytes = sizeBytes
    self.os = os
    self.architecture = architecture
    self.variant = variant
  }

  package static let schema = Schema.named("StackImage") {
    .object([
      .required("id", .text), .required("tags", .array(of: .text)), .optional("created_at", .nullable(.time)),
      .required("size_bytes", .count), .required("os", .text), .required("architecture", .text), .required("variant", .text),
    ])
  }
}

/// Which images of a stack are to be pulled.
package struct StackPullBody: WireType {
  /// Nil: all.
  package var services: [String]?
  package var includeDependencies: Bool?
  package var skipBuildable: Bool?
  /// Nil: each service's own.
  package var policy: String?
  package var profiles: [String]?
  /// Files that count instead of those that are saved, as in a plan.
  package var files: [FileContentBody]?
  package var variables: [String: String]?

  package init() {}

  package static let schema = Schema.named("StackPull") {
    .object([
      .optional("services", .nullable(.array(.text(limit: 255, minimum: 1), limit: 500)), "all when left out"),
      .optional("include_dependencies", .nullable(.boolean), "also what the services depend on"),
      .optional("skip_buildable", .nullable(.boolean), "not of services that have a build section"),
      .optional("policy", .nullable(.words(["missing", "always"])), "each service's own when left out"),
      .optional("profiles", .nullable(.array(.text(limit: 255, minimum: 1), limit: 100))),
      .optional(
        "files", .nullable(.array(FileContentBody.schema, limit: 256)), "taken instead of those that are saved; nothing is kept"),
      .optional("variables", .nullable(.map(.text(limit: 100 << 10), limit: 500)), "of the environment"),
    ])
  }
}

/// Which images of a stack are pushed.
package struct StackPushBody: WireType {
  /// Nil: all.
  package var services: [String]?
  package var includeDependencies: Bool?
  package var profiles: [String]?
  /// Files that count instead of those that are saved, as in a plan.
  package var files: [FileContentBody]?
  package var variables: [String: String]?

  package init() {}

  package static let schema = Schema.named("StackPush") {
    .object([
      .optional("services", .nullable(.array(.text(limit: 255, minimum: 1), limit: 500)), "all when left out"),
      .optional("include_dependencies", .nullable(.boolean), "also what the services depend on"),
      .optional("profiles", .nullable(.array(.text(limit: 255, minimum: 1), limit: 100))),
      .optional(
        "files", .nullable(.array(FileContentBody.schema, limit: 256)), "taken instead of those that are saved; nothing is kept"),
      .optional("variables", .nullable(.map(.text(limit: 100 << 10), limit: 500)), "of the environment"),
    ])
  }
}
