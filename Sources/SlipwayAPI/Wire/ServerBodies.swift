/// A server, as lists show it.
package struct ServerBody: WireType, Hashable {
  package var name: String
  /// Local is the engine of this machine.
  package var kind: String
  /// Whether its engine can be asked now.
  package var link: String
  /// Why it is away.
  package var reason: String?
  /// How it is reached; only for who may see all of the server.
  package var address: String?
  /// It only leads to others, and has no engine of ours.
  package var jumpOnly: Bool
  /// Servers on the way there, in order.
  package var jumps: [String]
  /// Key, agent, password or certificate.
  package var login: String?
  /// The engine's socket there.
  package var socket: String?
  /// How it is reached, once that is known.
  package var dial: String?
  package var hostKeyType: String?
  /// Of its host key, SHA256:….
  package var fingerprint: String?
  /// That have containers there, as far as the caller may see them.
  package var stacks: Int
  /// Of these stacks.
  package var containers: Int
  package var running: Int
  /// What the engine calls itself, once it was asked.
  package var engine: String?
  package var apiVersion: String?
  package var createdAt: String?
  /// When its engine could be asked last, where it cannot be now.
  package var seenAt: String?

  package init(
    name: String, kind: String, link: String, reason: String?, address: String?, jumpOnly: Bool, jumps: [String], login: String?,
    socket: String?, dial: String?, hostKeyType: String?, fingerprint: String?, stacks: Int, containers: Int, running: Int,
    engine: String?,
    apiVersion: String?, createdAt: String?, seenAt: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.link = link
    self.reason = reason
    self.address = address
    self.jumpOnly = jumpOnly
    self.jumps = jumps
    self.login = login
    self.socket = socket
    self.dial = dial
    self.hostKeyType = hostKeyType
    self.fingerprint = fingerprint
    self.stacks = stacks
    self.containers = containers
    self.running = running
    self.engine = engine
    self.apiVersion = apiVersion
    self.createdAt = createdAt
    self.seenAt = seenAt
  }

  package static let kinds = ["local", "ssh", "tls"]
  package static let links = ["up", "connecting", "away", "none"]

  package static let schema = Schema.named("Server") {
    .object([
      .required("name", .text),
      .required("kind", .words(kinds), "local is the engine of this machine"),
      .required("link", .words(links), "whether its engine can be asked now"),
      .optional("reason", .nullable(.text), "why it is away"),
      .optional("address", .nullable(.text), "how it is reached; only for who may see all of the server"),
      .required("jump_only", .boolean, "it only leads to others, and has no engine of ours"),
      .required("jumps", .array(of: .text), "servers on the way there, in order"),
      .optional("login", .nullable(.text), "key, agent, password or certificate"),
      .optional("socket", .nullable(.text), "the engine's socket there"),
      .optional("dial", .nullable(.text), "how it is reached, once that is known: tls, or a way through SSH"),
      .optional("host_key_type", .nullable(.text)),
      .optional("fingerprint", .nullable(.text), "of its host key, SHA256:…"),
      .required("stacks", .count, "that have containers there, as far as the caller may see them"),
      .required("containers", .count, "of these stacks"),
      .required("running", .count),
      .optional("engine", .nullable(.text), "what the engine calls itself, once it was asked"),
      .optional("api_version", .nullable(.text)),
      .optional("created_at", .nullable(.time)),
      .optional(
        "seen_at", .nullable(.time), "when the engine of a server that is away could be asked last, since this server began"),
    ])
  }
}

/// A server's machine and engine, as they are now. What could not be had is null.
package struct ServerInfoBody: WireType, Hashable {
  /// A file system.
  package struct Disk: Codable, Hashable, Sendable {
    package var path: String
    package var sizeBytes: Int64
    package var freeBytes: Int64

    package init(
      path: String, sizeBytes: Int64, freeBytes: Int64
    ) {
      self.path = path
      self.sizeBytes = sizeBytes
      self.freeBytes = freeBytes
    }

    static let schema = Schema.object([
      .required("path", .text),
      .required("size_bytes", .count),
      .required("free_bytes", .count),
    ])
  }

  /// Bytes on disk.
  package struct Usage: Codable, Hashable, Sendable {
    package var imagesBytes: Int64
    package var containersBytes: Int64
    package var volumesBytes: Int64
    package var buildCacheBytes: Int64

    package init(
      imagesBytes: Int64, containersBytes: Int64, volumesBytes: Int64, buildCacheBytes: Int64
    ) {
      self.imagesBytes = imagesBytes
      self.containersBytes = containersBytes
      self.volumesBytes = volumesBytes
      self.buildCacheBytes = buildCacheBytes
    }

    static let schema = Schema.object([
      .required("images_bytes", .count),
      .required("containers_bytes", .count),
      .required("volumes_bytes", .count),
      .required("build_cache_bytes", .count),
    ])
  }

  package var engineVersion: String
  package var apiVersion: String
  package var podman: Bool
  package var operatingSystem: String
  package var kernelVersion: String
  package var architecture: String
  package var processors: Int
  package var memoryBytes: Int64
  package var availableMemoryBytes: Int64?
  /// Of 1, 5 and 15 minutes.
  package var load: [Double]?
  package var uptimeSeconds: Int64?
  package var storageDriver: String
  package var cgroupVersion: String
  package var cgroupDriver: String
  /// Where the engine keeps images, containers and volumes.
  package var rootDisk: Disk?
  /// Where project files go.
  package var filesDisk: Disk?
  /// How far the engine's clock is ahead of ours.
  package var clockSkewMilliseconds: Int64?
  package var containers: Int
  package var containersRunning: Int
  package var images: Int
  /// What images, containers, volumes and the build cache take on disk, where it was asked for.
  package var usage: Usage?

  package init(
    engineVersion: String, apiVersion: String, podman: Bool, operatingSystem: String, kernelVersion: String, architecture: String,
    processors: Int, memoryBytes: Int64, availableMemoryBytes: Int64?, load: [Double]?, uptimeSeconds: Int64?,
    storageDriver: String, cgroupVersion: String, cgroupDriver: String, rootDisk: Disk?, filesDisk: Disk?,
    clockSkewMilliseconds: Int64?, containers: Int, containersRunning: Int, images: Int, usage: Usage?
  ) {
    self.engineVersion = engineVersion
    self.apiVersion = apiVersion
    self.podman = podman
    self.operatingSystem = operatingSystem
    self.kernelVersion = kernelVersion
    self.architecture = architecture
    self.processors = processors
    self.memoryBytes = memoryBytes
    self.availableMemoryBytes = availableMemoryBytes
    self.load = load
    self.uptimeSeconds = uptimeSeconds
    self.storageDriver = storageDriver
    self.cgroupVersion = cgroupVersion
    self.cgroupDriver = cgroupDriver
    self.rootDisk = rootDisk
    self.filesDisk = filesDisk
    self.clockSkewMilliseconds = clockSkewMilliseconds
    self.containers = containers
    self.containersRunning = containersRunning
    self.images = images
    self.usage = usage
  }

  package static let schema = Schema.named("ServerInfo") {
    .object([
      .required("engine_version", .text),
      .required("api_version", .text),
      .required("podman", .boolean),
      .required("operating_system", .text),
      .required("kernel_version", .text),
      .required("architecture", .text),
      .required("processors", .count),
      .required("memory_bytes", .count),
      .optional("available_memory_bytes", .nullable(.count)),
      .optional("load", .nullable(.array(of: .number)), "of 1, 5 and 15 minutes"),
      .optional("uptime_seconds", .nullable(.count)),
      .required("storage_driver", .text),
      .required("cgroup_version", .text),
      .required("cgroup_driver", .text),
      .optional("root_disk", .nullable(Disk.schema), "where the engine keeps images, containers and volumes"),
      .optional("files_disk", .nullable(Disk.schema), "where project files go"),
      .optional("clock_skew_milliseconds", .nullable(.integer), "how far the engine's clock is ahead of ours"),
      .required("containers", .count),
      .required("containers_running", .count),
      .required("images", .count),
      .optional(
        "usage", .nullable(Usage.schema),
        "what images, containers, volumes and the build cache take on disk, where it was asked for"),
    ])
  }
}

/// What was found on the way to a server's engine.
package struct ServerTestBody: WireType, Hashable {
  /// One step of the way.
  package struct Step: Codable, Hashable, Sendable {
    package var name: String
    package var host: String
    package var outcome: String
    package var message: String
    package var remedy: String?
    package var milliseconds: Int?

    package init(
      name: String, host: String, outcome: String, message: String, remedy: String?, milliseconds: Int?
    ) {
      self.name = name
      self.host = host
      self.outcome = outcome
      self.message = message
      self.remedy = remedy
      self.milliseconds = milliseconds
    }

    static let schema = Schema.object([
      .required("name", .text),
      .required("host", .text),
      .required("outcome", .words(["ok", "fail", "not_tried"])),
      .required("message", .text),
      .optional("remedy", .nullable(.text)),
      .optional("milliseconds", .nullable(.count)),
    ])
  }

  package var server: String
  package var ok: Bool
  /// How the engine's socket was reached.
  package var dial: String?
  package var steps: [Step]

  package init(
    server: String, ok: Bool, dial: String?, steps: [Step]
  ) {
    self.server = server
    self.ok = ok
    self.dial = dial
    self.steps = steps
  }

  package static let schema = Schema.named("ServerTest") {
    .object([
      .required("server", .text),
      .required("ok", .boolean),
      .optional("dial", .nullable(.text), "how the engine's socket was reached"),
      .required("steps", .array(of: Step.schema)),
    ])
  }
}

/// A server that was added, with what the test of the way there has found.
package struct AddedServerBody: WireType, Hashable {
  package var server: ServerBody
  /// Null where it was not tested.
  package var test: ServerTestBody?

  package init(
    server: ServerBody, test: ServerTestBody?
  ) {
    self.server = server
    self.test = test
  }

  package static let schema = Schema.named("AddedServer") {
    .object([
      .required("server", ServerBody.schema),
      .optional("test", .nullable(ServerTestBody.schema), "null where it was not tested"),
    ])
  }
}

/// A server's new login.
package struct RotatedKeyBody: WireType, Hashable {
  package var server: String
  /// The public half, as authorized_keys has it.
  package var key: String
  package var fingerprint: String
  /// What of the old key is left there.
  package var leftover: String?

  package init(
    server: String, key: String, fingerprint: String, leftover: String?
  ) {
    self.server = server
    self.key = key
    self.fingerprint = fingerprint
    self.leftover = leftover
  }

  package static let schema = Schema.named("RotatedKey") {
    .object([
      .required("server", .text),
      .required("key", .text, "the public half, as authorized_keys has it"),
      .required("fingerprint", .text),
      .optional("leftover", .nullable(.text), "what of the old key is left there"),
    ])
  }
}
