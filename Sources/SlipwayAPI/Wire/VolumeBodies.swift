/// A volume on a server.
package struct VolumeBody: WireType, Hashable {
  /// A container that mounts it.
  package struct User: Codable, Hashable, Sendable {
    package var container: String
    package var name: String
    package var stack: String?
    package var service: String?
    package var target: String
    package var writable: Bool
    package var running: Bool

    package init(
      container: String, name: String, stack: String?, service: String?, target: String, writable: Bool, running: Bool
    ) {
      self.container = container
      self.name = name
      self.stack = stack
      self.service = service
      self.target = target
      self.writable = writable
      self.running = running
    }

    static let schema = Schema.object([
      .required("container", .text),
      .required("name", .text),
      .optional("stack", .nullable(.text)),
      .optional("service", .nullable(.text)),
      .required("target", .text),
      .required("writable", .boolean),
      .required("running", .boolean),
    ])
  }

  package var name: String
  package var driver: String
  package var scope: String
  package var stack: String?
  /// Nobody gave it a name.
  package var anonymous: Bool
  package var createdAt: String?
  /// Where it was asked for, and the driver tells it.
  package var sizeBytes: Int64?
  /// Containers that mount it, as far as the caller may see them.
  package var users: [User]
  /// Whether any container mounts it.
  package var inUse: Bool
  /// No container mounts it, and no stack that is known has it.
  package var orphan: Bool

  package init(
    name: String, driver: String, scope: String, stack: String?, anonymous: Bool, createdAt: String?, sizeBytes: Int64?,
    users: [User], inUse: Bool, orphan: Bool
  ) {
    self.name = name
    self.driver = driver
    self.scope = scope
    self.stack = stack
    self.anonymous = anonymous
    self.createdAt = createdAt
    self.sizeBytes = sizeBytes
    self.users = users
    self.inUse = inUse
    self.orphan = orphan
  }

  package static let schema = Schema.named("Volume") {
    .object([
      .required("name", .text),
      .required("driver", .text),
      .required("scope", .text),
      .optional("stack", .nullable(.text)),
      .required("anonymous", .boolean, "nobody gave it a name"),
      .optional("created_at", .nullable(.time)),
      .optional("size_bytes", .nullable(.count), "where it was asked for, and the driver tells it"),
      .required("users", .array(of: User.schema), "containers that mount it, as far as the caller may see them"),
      .required("in_use", .boolean, "whether any container mounts it"),
      .required("orphan", .boolean, "no container mounts it, and no stack that is known has it"),
    ])
  }
}

/// A volume with its settings; secret values are hidden.
package struct VolumeDetailBody: WireType, Hashable {
  package var volume: VolumeBody
  package var mountpoint: String
  package var options: [ContainerDetailBody.Entry]
  package var labels: [ContainerDetailBody.Entry]

  package init(
    volume: VolumeBody, mountpoint: String, options: [ContainerDetailBody.Entry], labels: [ContainerDetailBody.Entry]
  ) {
    self.volume = volume
    self.mountpoint = mountpoint
    self.options = options
    self.labels = labels
  }

  package static let schema = Schema.named("VolumeDetail") {
    .object([
      .required("volume", VolumeBody.schema),
      .required("mountpoint", .text),
      .required("options", .array(of: ContainerDetailBody.Entry.schema)),
      .required("labels", .array(of: ContainerDetailBody.Entry.schema)),
    ])
  }
}

/// What the volumes of a server take on disk, as far as the caller may see them.
package struct VolumeUsageBody: WireType, Hashable {
  /// One of them.
  package struct Size: Codable, Hashable, Sendable {
    package var name: String
    package var stack: String?
    package var sizeBytes: Int64

    package init(
      name: String, stack: String?, sizeBytes: Int64
    ) {
      self.name = name
      self.stack = stack
      self.sizeBytes = sizeBytes
    }

    static let schema = Schema.object([
      .required("name", .text),
      .optional("stack", .nullable(.text)),
      .required("size_bytes", .count),
    ])
  }

  package var volumes: Int
  package var sizeBytes: Int64
  package var orphans: Int
  package var orphanBytes: Int64
  /// At most 20.
  package var largest: [Size]

  package init(
    volumes: Int, sizeBytes: Int64, orphans: Int, orphanBytes: Int64, largest: [Size]
  ) {
    self.volumes = volumes
    self.sizeBytes = sizeBytes
    self.orphans = orphans
    self.orphanBytes = orphanBytes
    self.largest = largest
  }

  package static let schema = Schema.named("VolumeUsage") {
    .object([
      .required("volumes", .count),
      .required("size_bytes", .count),
      .required("orphans", .count),
      .required("orphan_bytes", .count),
      .required("largest", .array(of: Size.schema), "at most 20"),
    ])
  }
}

/// A volume to be made.
package struct NewVolumeBody: WireType {
  package var name: String
  package var labels: [String: String]?

  package static let schema = Schema.named("NewVolume") {
    .object([
      .required("name", .text("^[A-Za-z0-9][A-Za-z0-9_.-]{1,127}$", limit: 128, EngineName.isUsable)),
      .optional("labels", .nullable(.map(.text(limit: 4096), limit: 64))),
    ])
  }
}
