/// An image on a server.
package struct ImageBody: WireType, Hashable {
  /// A revision that was deployed with it.
  package struct Use: Codable, Hashable, Sendable {
    package var stack: String
    package var revision: Int

    package init(
      stack: String, revision: Int
    ) {
      self.stack = stack
      self.revision = revision
    }

    static let schema = Schema.object([
      .required("stack", .text),
      .required("revision", .count),
    ])
  }

  package var id: String
  package var tags: [String]
  package var digests: [String]
  package var createdAt: String
  package var sizeBytes: Int64
  /// Names of containers that are made of it.
  package var usedBy: [String]
  /// Revisions that need it.
  package var keptBy: [Use]

  package init(
    id: String, tags: [String], digests: [String], createdAt: String, sizeBytes: Int64, usedBy: [String], keptBy: [Use]
  ) {
    self.id = id
    self.tags = tags
    self.digests = digests
    self.createdAt = createdAt
    self.sizeBytes = sizeBytes
    self.usedBy = usedBy
    self.keptBy = keptBy
  }

  package static let schema = Schema.named("Image") {
    .object([
      .required("id", .text),
      .required("tags", .array(of: .text)),
      .required("digests", .array(of: .text)),
      .required("created_at", .time),
      .required("size_bytes", .count),
      .required("used_by", .array(of: .text), "names of containers that are made of it"),
      .required("kept_by", .array(of: Use.schema), "revisions that need it"),
    ])
  }
}

/// What a prune would do.
package struct ImagePlanBody: WireType, Hashable {
  /// An image with the reasons that it stays.
  package struct Image: Codable, Hashable, Sendable {
    package var id: String
    package var tags: [String]
    package var digests: [String]
    package var sizeBytes: Int64
    package var reasons: [Reason]

    package init(
      id: String, tags: [String], digests: [String], sizeBytes: Int64, reasons: [Reason]
    ) {
      self.id = id
      self.tags = tags
      self.digests = digests
      self.sizeBytes = sizeBytes
      self.reasons = reasons
    }

    static let schema = Schema.object([
      .required("id", .text),
      .required("tags", .array(of: .text)),
      .required("digests", .array(of: .text)),
      .required("size_bytes", .count),
      .required("reasons", .array(of: Reason.schema)),
    ])
  }

  /// Why an image stays.
  package struct Reason: Codable, Hashable, Sendable {
    package var kind: String
    package var container: String?
    package var stack: String?
    package var revision: Int?

    package init(
      kind: String, container: String?, stack: String?, revision: Int?
    ) {
      self.kind = kind
      self.container = container
      self.stack = stack
      self.revision = revision
    }

    static let schema = Schema.object([
      .required("kind", .words(["container", "revision", "tagged"])),
      .optional("container", .nullable(.text)),
      .optional("stack", .nullable(.text)),
      .optional("revision", .nullable(.count)),
    ])
  }

  package var removed: [Image]
  /// With why each stays.
  package var kept: [Image]
  /// At least.
  package var reclaimableBytes: Int64

  package init(
    removed: [Image], kept: [Image], reclaimableBytes: Int64
  ) {
    self.removed = removed
    self.kept = kept
    self.reclaimableBytes = reclaimableBytes
  }

  package static let schema = Schema.named("ImagePlan") {
    .object([
      .required("removed", .array(of: Image.schema)),
      .required("kept", .array(of: Image.schema), "with why each stays"),
      .required("reclaimable_bytes", .count, "at least"),
    ])
  }
}

/// An image to be pulled.
package struct ImagePullBody: WireType {
  package var reference: String
  package var platform: String?

  package static let schema = Schema.named("ImagePull") {
    .object([
      .required("reference", .text(limit: 512, minimum: 1)),
      .optional("platform", .nullable(.text(limit: 64)), "os[/arch[/variant]]"),
    ])
  }
}

/// Which images are to go.
package struct ImagePruneBody: WireType {
  package var dryRun: Bool?
  package var untaggedOnly: Bool?

  package static let schema = Schema.named("ImagePrune") {
    .object([
      .optional("dry_run", .nullable(.boolean), "true: only tells what would go, and why the rest stays"),
      .optional("untagged_only", .nullable(.boolean), "true: images with a name stay"),
    ])
  }
}

/// What became of an image that was to be removed.
package struct ImageRemovalBody: WireType, Hashable {
  package var untagged: [String]
  package var deleted: [String]

  package init(untagged: [String], deleted: [String]) {
    self.untagged = untagged
    self.deleted = deleted
  }

  package static let schema = Schema.named("ImageRemoval") {
    .object([.required("untagged", .array(of: .text)), .required("deleted", .array(of: .text))])
  }
}
