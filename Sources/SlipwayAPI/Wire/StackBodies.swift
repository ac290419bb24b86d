/// A stack on a server, as lists show it.
package struct StackBody: WireType, Hashable {
  /// `NAME@SERVER`.
  package var id: String
  package var name: String
  package var server: String
  package var status: String
  /// Whether the server can be asked; else the status is what was seen last.
  package var reachable: Bool
  package var services: Int
  package var containers: Int
  package var running: Int
  /// The revision that runs.
  package var revision: Int?
  /// The newest revision, also one that failed.
  package var lastRevision: Int?
  package var changedAt: String?
  /// Whether the server keeps its files.
  package var managed: Bool
  /// The title of the operation that runs on it.
  package var busy: String?

  package init(
    name: String, server: String, status: String, reachable: Bool, services: Int, containers: Int, running: Int, revision: Int?,
    lastRevision: Int?, changedAt: String?, managed: Bool, busy: String?
  ) {
    id = "\(name)@\(server)"
    self.name = name
    self.server = server
    self.status = status
    self.reachable = reachable
    self.services = services
    self.containers = containers
    self.running = running
    self.revision = revision
    self.lastRevision = lastRevision
    self.changedAt = changedAt
    self.managed = managed
    self.busy = busy
  }

  package static let statusWords = ["running", "starting", "partial", "unhealthy", "stopped", "down", "unknown"]

  package static let schema = Schema.named("Stack") {
    .object([
      .required("id", .text, "NAME@SERVER"), .required("name", .text), .required("server", .text),
      .required("status", .words(statusWords)),
      .required("reachable", .boolean, "whether the server can be asked; else the status is what was seen last"),
      .required("services", .count), .required("containers", .count), .required("running", .count),
      .optional("revision", .nullable(.count), "the revision that runs"),
      .optional("last_revision", .nullable(.count), "the newest revision, also one that failed"),
      .optional("changed_at", .nullable(.time)), .required("managed", .boolean, "whether the server keeps its files"),
      .optional("busy", .nullable(.text), "the title of the operation that runs on it"),
    ])
  }
}

/// A service of a stack with its containers.
package struct ServiceBody: WireType, Hashable {
  package var name: String
  package var image: String?
  package var containers: [ContainerBody]

  package init(name: String, image: String?, containers: [ContainerBody]) {
    self.name = name
    self.image = image
    self.containers = containers
  }

  package static let schema = Schema.named("Service") {
    .object([
      .required("name", .text), .optional("image", .nullable(.text)), .required("containers", .array(of: ContainerBody.schema)),
    ])
  }
}

/// A container, as lists show it.
package struct ContainerBody: WireType, Hashable {
  package struct Port: Codable, Hashable, Sendable {
    package var address: String?
    package var published: Int?
    package var target: Int
    package var transport: String

    package init(address: String?, published: Int?, target: Int, transport: String) {
      self.address = address
      self.published = published
      self.target = target
      self.transport = transport
    }

    static let schema = Schema.object([
      .optional("address", .nullable(.text)), .optional("published", .nullable(.integer)), .required("target", .integer),
      .required("transport", .text),
    ])
  }

  package var id: String
  package var name: String
  package var server: String
  package var stack: String?
  package var service: String?
  package var number: Int?
  package var image: String
  package var status: String
  package var health: String?
  /// For people, as the engine writes it.
  package var text: String
  package var createdAt: String
  package var ports: [Port]

  package init(
    id: String, name: String, server: String, stack: String?, service: String?, number: Int?, image: String, status: String,
    health: String?, text: String, createdAt: String, ports: [Port]
  ) {
    self.id = id
    self.name = name
    self.server = server
    self.stack = stack
    self.service = service
    self.number = number
    self.image = image
    self.status = status
    self.health = health
    self.text = text
    self.createdAt = createdAt
    self.ports = ports
  }

  package static let schema = Schema.named("Container") {
    .object([
      .required("id", .text), .required("name", .text), .required("server", .text), .optional("stack", .nullable(.text)),
      .optional("service", .nullable(.text)), .optional("number", .nullable(.integer)), .required("image", .text),
      .required("status", .text), .optional("health", .nullable(.text)), .required("text", .text),
      .required("created_at", .time), .required("ports", .array(of: Port.schema)),
    ])
  }
}

/// A stack to be made.
package struct NewStackBody: WireType {
  package var name: String
  /// Nil: this machine's engine.
  package var server: String?
  package var files: [FileContentBody]
  /// Secret variables that it has from the beginning.
  package var secrets: [String: String]?

  package init(name: String, server: String?, files: [FileContentBody], secrets: [String: String]? = nil) {
    self.name = name
    self.server = server
    self.files = files
    self.secrets = secrets
  }

  package static let schema = Schema.named("NewStack") {
    .object([
      .required("name", .text(limit: 63, minimum: 1), "lower-case letters, digits, - and _"),
      .optional("server", .nullable(.text(limit: 63)), "null: this machine's engine"),
      .required("files", .array(FileContentBody.schema, limit: 256)),
      .optional(
        "secrets", .nullable(.map(.text(limit: 100 << 10), limit: 100)),
        "secret variables by name, sealed from the beginning; needs the right to set them"),
    ])
  }
}

/// A file with its content.
package struct FileContentBody: WireType, Hashable {
  /// Within the stack's folder.
  package var path: String
  /// What is in it, as text; else `base64`.
  package var text: String?
  package var base64: String?
  /// Secret values in it are hidden; nil: it is as it is.
  package var masked: Bool?

  package init(path: String, text: String?, base64: String? = nil, masked: Bool? = nil) {
    self.path = path
    self.text = text
    self.base64 = base64
    self.masked = masked
  }

  package static let schema = Schema.named("FileContent") {
    .object([
      .required("path", .text(limit: 1024, minimum: 1), "within the stack's folder"),
      .optional("text", .nullable(.text(limit: 1 << 20))),
      .optional("base64", .nullable(.text(limit: 1_400_000)), "for files that are no text"),
      .optional("masked", .nullable(.boolean), "secret values in it are hidden; told, and not taken"),
    ])
  }
}

/// A file of a stack's folder.
package struct FileBody: WireType, Hashable {
  package var path: String
  package var folder: Bool
  package var size: Int
  package var mode: String
  package var modifiedAt: String
  /// The entity tag of a file: what `If-Match` takes.
  package var tag: String?

  package init(path: String, folder: Bool, size: Int, mode: String, modifiedAt: String, tag: String?) {
    self.path = path
    self.folder = folder
    self.size = size
    self.mode = mode
    self.modifiedAt = modifiedAt
    self.tag = tag
  }

  package static let schema = Schema.named("File") {
    .object([
      .required("path", .text), .required("folder", .boolean), .required("size", .count), .required("mode", .text),
      .required("modified_at", .time), .optional("tag", .nullable(.text), "what If-Match takes"),
    ])
  }
}

/// Changes to the files of a stack, made all or none.
package struct FileChangesBody: WireType {
  package struct Change: Codable, Sendable {
    package var path: String
    package var text: String?
    package var base64: String?
    /// True: the file is removed.
    package var remove: Bool?
    /// The tag that the file must have; left out: it is not asked. An empty one: it must not be there.
    package var tag: String?

    package init(path: String, text: String?, base64: String?, remove: Bool?, tag: String?) {
      self.path = path
      self.text = text
      self.base64 = base64
      self.remove = remove
      self.tag = tag
    }
  }

  package var changes: [Change]

  package init(changes: [Change]) { self.changes = changes }

  package static let schema = Schema.named("FileChanges") {
    .object([
      .required(
        "changes",
        .array(
          .object([
            .required("path", .text(limit: 1024, minimum: 1)), .optional("text", .nullable(.text(limit: 1 << 20))),
            .optional("base64", .nullable(.text(limit: 1_400_000))), .optional("remove", .nullable(.boolean)),
            .optional(
              "tag", .nullable(.text(limit: 64)),
              "the tag that the file must have; left out: not asked; empty: it must not be there"),
          ]), limit: 256))
    ])
  }
}

/// The tags of files after a change.
package struct FileTagsBody: WireType {
  package var tags: [String: String?]

  package init(_ tags: [String: String?]) { self.tags = tags }

  package static let schema = Schema.named("FileTags") { .object([.required("tags", .map(.nullable(.text), limit: nil))]) }
}
