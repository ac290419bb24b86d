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
  /// Those of which a container runs, or has done its work.
  package var servicesUp: Int
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
  /// Whether what runs is not what the revision says; nil: not known.
  package var drifted: Bool?

  package init(
    name: String, server: String, status: String, reachable: Bool, services: Int, servicesUp: Int, containers: Int, running: Int,
    revision: Int?,
    lastRevision: Int?, changedAt: String?, managed: Bool, busy: String?, drifted: Bool? = nil
  ) {
    id = "\(name)@\(server)"
    self.name = name
    self.server = server
    self.status = status
    self.reachable = reachable
    self.services = services
    self.servicesUp = servicesUp
    self.containers = containers
    self.running = running
    self.revision = revision
    self.lastRevision = lastRevision
    self.changedAt = changedAt
    self.managed = managed
    self.busy = busy
    self.drifted = drifted
  }

  package static let statusWords = ["running", "starting", "partial", "unhealthy", "stopped", "down", "unknown"]

  package static let schema = Schema.named("Stack") {
    .object([
      .required("id", .text, "NAME@SERVER"), .required("name", .text), .required("server", .text),
      .required("status", .words(statusWords)),
      .required("reachable", .boolean, "whether the server can be asked; else the status is what was seen last"),
      .required("services", .count),
      .required("services_up", .count, "those of which a container runs, or has done its work"),
      .required("containers", .count), .required("running", .count),
      .optional("revision", .nullable(.count), "the revision that runs"),
      .optional("last_revision", .nullable(.count), "the newest revision, also one that failed"),
      .optional("changed_at", .nullable(.time)), .required("managed", .boolean, "whether the server keeps its files"),
      .optional("busy", .nullable(.text), "the title of the operation that runs on it"),
      .optional(
        "drifted", .nullable(.boolean),
        "whether what runs is not what the revision says; null: not known yet, `stack.drift` tells when it is"),
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
  /// The files are a client's project, which takes away later what it has no more.
  package var sent: Bool?

  package init(
    name: String, server: String?, files: [FileContentBody], secrets: [String: String]? = nil, sent: Bool? = nil
  ) {
    self.name = name
    self.server = server
    self.files = files
    self.secrets = secrets
    self.sent = sent
  }

  package static let schema = Schema.named("NewStack") {
    .object([
      .required("name", .text(limit: 63, minimum: 1), "lower-case letters, digits, - and _"),
      .optional("server", .nullable(.text(limit: 63)), "null: this machine's engine"),
      .required("files", .array(FileContentBody.schema, limit: 256)),
      .optional(
        "secrets", .nullable(.map(.text(limit: 100 << 10), limit: 100)),
        "secret variables by name, sealed from the beginning; needs the right to set them"),
      .optional("sent", .nullable(.boolean), "the files are a client's project; each is remembered as such"),
    ])
  }
}

/// Permission bits of a file as they travel.
package enum FileMode {
  package static let schema = Schema.text("^[0-7]{3}$", limit: 3) { text in
    text.utf8.count == 3 && text.utf8.allSatisfy { (48...55).contains($0) }
  }

  package static func text(_ mode: UInt32) -> String {
    let text = String(mode & 0o777, radix: 8)
    return String(repeating: "0", count: 3 - text.utf8.count) + text
  }

  /// The bits of a text; the owner may always read and write, so that the server can.
  package static func bits(_ text: String) -> UInt32? { UInt32(text, radix: 8).map { $0 & 0o777 | 0o600 } }
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
  /// Permission bits, octal.
  package var mode: String?

  package init(path: String, text: String?, base64: String? = nil, masked: Bool? = nil, mode: String? = nil) {
    self.path = path
    self.text = text
    self.base64 = base64
    self.masked = masked
    self.mode = mode
  }

  package static let schema = Schema.named("FileContent") {
    .object([
      .required("path", .text(limit: 1024, minimum: 1), "within the stack's folder"),
      .optional("text", .nullable(.text(limit: 1 << 20))),
      .optional("base64", .nullable(.text(limit: 1_400_000)), "for files that are no text"),
      .optional("masked", .nullable(.boolean), "secret values in it are hidden; told, and not taken"),
      .optional("mode", .nullable(FileMode.schema), "permission bits; taken, and told by the list of files"),
    ])
  }
}

extension FileContentBody {
  /// Paths of saved files that do not count.
  static let absent = Schema.nullable(.array(.text(limit: 1024, minimum: 1), limit: 4096))
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
  /// Its tag as a client's project brought it; nil: none did.
  package var sent: String?

  package init(
    path: String, folder: Bool, size: Int, mode: String, modifiedAt: String, tag: String?, sent: String? = nil
  ) {
    self.path = path
    self.folder = folder
    self.size = size
    self.mode = mode
    self.modifiedAt = modifiedAt
    self.tag = tag
    self.sent = sent
  }

  package static let schema = Schema.named("File") {
    .object([
      .required("path", .text), .required("folder", .boolean), .required("size", .count), .required("mode", .text),
      .required("modified_at", .time), .optional("tag", .nullable(.text), "what If-Match takes"),
      .optional("sent", .nullable(.text), "its tag as a client's project brought it; null: none did"),
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
    /// Permission bits, octal; left out: they stay, and a new file has the usual.
    package var mode: String?
    /// A client's project brings it, or takes away what one brought.
    package var sent: Bool?

    package init(
      path: String, text: String?, base64: String?, remove: Bool?, tag: String?, mode: String? = nil, sent: Bool? = nil
    ) {
      self.path = path
      self.text = text
      self.base64 = base64
      self.remove = remove
      self.tag = tag
      self.mode = mode
      self.sent = sent
    }
  }

  /// Files of one call.
  package static let limit = 256

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
            .optional("mode", .nullable(FileMode.schema), "permission bits; left out: they stay"),
            .optional("sent", .nullable(.boolean), "a client's project brings it, and takes it away when it has it no more"),
          ]), limit: Self.limit))
    ])
  }
}

/// The tags of files after a change.
package struct FileTagsBody: WireType {
  package var tags: [String: String?]

  package init(_ tags: [String: String?]) { self.tags = tags }

  package static let schema = Schema.named("FileTags") { .object([.required("tags", .map(.nullable(.text), limit: nil))]) }
}
