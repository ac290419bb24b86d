/// A container with its settings; secret values are hidden.
package struct ContainerDetailBody: WireType, Hashable {
  /// A name with its value; secret values are hidden.
  package struct Entry: Codable, Hashable, Sendable {
    package var name: String
    package var value: String
    package var masked: Bool

    package init(
      name: String, value: String, masked: Bool
    ) {
      self.name = name
      self.value = value
      self.masked = masked
    }

    static let schema = Schema.object([
      .required("name", .text),
      .required("value", .text),
      .required("masked", .boolean),
    ])
  }

  /// What it may use; null is unlimited.
  package struct Resources: Codable, Hashable, Sendable {
    package var cpus: Double?
    package var memoryBytes: Int64?
    /// With the memory; -1 is unlimited.
    package var memorySwapBytes: Int64?
    package var pids: Int64?
    /// No, always, unless-stopped or on-failure.
    package var restart: String
    package var restartRetries: Int

    package init(
      cpus: Double?, memoryBytes: Int64?, memorySwapBytes: Int64?, pids: Int64?, restart: String, restartRetries: Int
    ) {
      self.cpus = cpus
      self.memoryBytes = memoryBytes
      self.memorySwapBytes = memorySwapBytes
      self.pids = pids
      self.restart = restart
      self.restartRetries = restartRetries
    }

    static let schema = Schema.object([
      .optional("cpus", .nullable(.number)),
      .optional("memory_bytes", .nullable(.count)),
      .optional("memory_swap_bytes", .nullable(.integer), "with the memory; -1 is unlimited"),
      .optional("pids", .nullable(.count)),
      .required("restart", .text, "no, always, unless-stopped or on-failure"),
      .required("restart_retries", .count),
    ])
  }

  /// Something mounted.
  package struct Mount: Codable, Hashable, Sendable {
    package var kind: String
    /// Of a volume.
    package var name: String?
    package var source: String
    package var target: String
    package var writable: Bool

    package init(
      kind: String, name: String?, source: String, target: String, writable: Bool
    ) {
      self.kind = kind
      self.name = name
      self.source = source
      self.target = target
      self.writable = writable
    }

    static let schema = Schema.object([
      .required("kind", .text),
      .optional("name", .nullable(.text), "of a volume"),
      .required("source", .text),
      .required("target", .text),
      .required("writable", .boolean),
    ])
  }

  /// Its end of a network.
  package struct Network: Codable, Hashable, Sendable {
    package var name: String
    package var id: String
    package var address: String?
    package var ipv6Address: String?
    package var gateway: String?
    package var mac: String?
    package var aliases: [String]

    package init(
      name: String, id: String, address: String?, ipv6Address: String?, gateway: String?, mac: String?, aliases: [String]
    ) {
      self.name = name
      self.id = id
      self.address = address
      self.ipv6Address = ipv6Address
      self.gateway = gateway
      self.mac = mac
      self.aliases = aliases
    }

    static let schema = Schema.object([
      .required("name", .text),
      .required("id", .text),
      .optional("address", .nullable(.text)),
      .optional("ipv6_address", .nullable(.text)),
      .optional("gateway", .nullable(.text)),
      .optional("mac", .nullable(.text)),
      .required("aliases", .array(of: .text)),
    ])
  }

  /// One run of its health check.
  package struct Probe: Codable, Hashable, Sendable {
    package var startedAt: String?
    package var endedAt: String?
    package var exitCode: Int
    package var output: String

    package init(
      startedAt: String?, endedAt: String?, exitCode: Int, output: String
    ) {
      self.startedAt = startedAt
      self.endedAt = endedAt
      self.exitCode = exitCode
      self.output = output
    }

    static let schema = Schema.object([
      .optional("started_at", .nullable(.time)),
      .optional("ended_at", .nullable(.time)),
      .required("exit_code", .integer),
      .required("output", .text),
    ])
  }

  package var container: ContainerBody
  package var imageId: String
  package var command: [String]
  package var entrypoint: [String]
  package var workingDirectory: String?
  package var user: String?
  package var hostname: String?
  package var environment: [Entry]
  package var labels: [Entry]
  package var startedAt: String?
  package var finishedAt: String?
  /// Of one that has ended.
  package var exitCode: Int?
  package var outOfMemory: Bool
  package var error: String?
  package var restartCount: Int
  package var resources: Resources
  package var mounts: [Mount]
  package var networks: [Network]
  package var networkMode: String
  package var privileged: Bool
  package var readOnlyRoot: Bool
  package var addedCapabilities: [String]
  package var droppedCapabilities: [String]
  package var logDriver: String
  /// The last runs of its health check, the oldest first.
  package var probes: [Probe]
  /// The revision that it was deployed with.
  package var revision: Int?

  package init(
    container: ContainerBody, imageId: String, command: [String], entrypoint: [String], workingDirectory: String?, user: String?,
    hostname: String?, environment: [Entry], labels: [Entry], startedAt: String?, finishedAt: String?, exitCode: Int?,
    outOfMemory: Bool, error: String?, restartCount: Int, resources: Resources, mounts: [Mount], networks: [Network],
    networkMode: String, privileged: Bool, readOnlyRoot: Bool, addedCapabilities: [String], droppedCapabilities: [String],
    logDriver: String, probes: [Probe], revision: Int?
  ) {
    self.container = container
    self.imageId = imageId
    self.command = command
    self.entrypoint = entrypoint
    self.workingDirectory = workingDirectory
    self.user = user
    self.hostname = hostname
    self.environment = environment
    self.labels = labels
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.exitCode = exitCode
    self.outOfMemory = outOfMemory
    self.error = error
    self.restartCount = restartCount
    self.resources = resources
    self.mounts = mounts
    self.networks = networks
    self.networkMode = networkMode
    self.privileged = privileged
    self.readOnlyRoot = readOnlyRoot
    self.addedCapabilities = addedCapabilities
    self.droppedCapabilities = droppedCapabilities
    self.logDriver = logDriver
    self.probes = probes
    self.revision = revision
  }

  package static let schema = Schema.named("ContainerDetail") {
    .object([
      .required("container", ContainerBody.schema),
      .required("image_id", .text),
      .required("command", .array(of: .text)),
      .required("entrypoint", .array(of: .text)),
      .optional("working_directory", .nullable(.text)),
      .optional("user", .nullable(.text)),
      .optional("hostname", .nullable(.text)),
      .required("environment", .array(of: Entry.schema)),
      .required("labels", .array(of: Entry.schema)),
      .optional("started_at", .nullable(.time)),
      .optional("finished_at", .nullable(.time)),
      .optional("exit_code", .nullable(.integer), "of one that has ended"),
      .required("out_of_memory", .boolean),
      .optional("error", .nullable(.text)),
      .required("restart_count", .count),
      .required("resources", Resources.schema),
      .required("mounts", .array(of: Mount.schema)),
      .required("networks", .array(of: Network.schema)),
      .required("network_mode", .text),
      .required("privileged", .boolean),
      .required("read_only_root", .boolean),
      .required("added_capabilities", .array(of: .text)),
      .required("dropped_capabilities", .array(of: .text)),
      .required("log_driver", .text),
      .required("probes", .array(of: Probe.schema), "the last runs of its health check, the oldest first"),
      .optional("revision", .nullable(.count), "the revision that it was deployed with"),
    ])
  }
}

/// The processes in a container.
package struct ProcessesBody: WireType, Hashable {
  package var titles: [String]
  /// Secret values of command lines are hidden.
  package var rows: [[String]]

  package init(
    titles: [String], rows: [[String]]
  ) {
    self.titles = titles
    self.rows = rows
  }

  package static let schema = Schema.named("Processes") {
    .object([
      .required("titles", .array(of: .text)),
      .required("rows", .array(of: .array(of: .text)), "secret values of command lines are hidden"),
    ])
  }
}

/// What a container uses.
package struct StatsBody: WireType, Hashable {
  package var at: String
  /// 100 is one whole processor.
  package var cpuPercent: Double?
  /// Without what can be dropped of the cache.
  package var memoryBytes: Int
  package var memoryLimitBytes: Int
  package var receivedBytes: Int
  package var sentBytes: Int
  package var readBytes: Int
  package var writtenBytes: Int
  package var pids: Int

  package init(
    at: String, cpuPercent: Double?, memoryBytes: Int, memoryLimitBytes: Int, receivedBytes: Int, sentBytes: Int, readBytes: Int,
    writtenBytes: Int, pids: Int
  ) {
    self.at = at
    self.cpuPercent = cpuPercent
    self.memoryBytes = memoryBytes
    self.memoryLimitBytes = memoryLimitBytes
    self.receivedBytes = receivedBytes
    self.sentBytes = sentBytes
    self.readBytes = readBytes
    self.writtenBytes = writtenBytes
    self.pids = pids
  }

  package static let schema = Schema.named("Stats") {
    .object([
      .required("at", .time),
      .optional("cpu_percent", .nullable(.number), "100 is one whole processor"),
      .required("memory_bytes", .count, "without what can be dropped of the cache"),
      .required("memory_limit_bytes", .count),
      .required("received_bytes", .count),
      .required("sent_bytes", .count),
      .required("read_bytes", .count),
      .required("written_bytes", .count),
      .required("pids", .count),
    ])
  }
}

/// What is to be done with one container.
package struct ContainerCommandBody: WireType {
  package var timeoutSeconds: Int?
  package var signal: String?

  package static let schema = Schema.named("ContainerCommand") {
    .object([
      .optional("timeout_seconds", .nullable(.integer(minimum: 0, maximum: 3600)), "until it is stopped by force"),
      .optional("signal", .nullable(.text(limit: 32)), "for kill; SIGKILL when left out"),
    ])
  }
}

/// Limits to change in place; what is left out stays.
package struct ResourcesBody: WireType {
  package var cpus: Double?
  package var memoryBytes: Int64?
  package var memorySwapBytes: Int64?
  package var pids: Int64?
  package var restart: String?
  package var restartRetries: Int?

  package static let restartWords = ["no", "always", "unless-stopped", "on-failure"]

  package static let schema = Schema.named("Resources") {
    .object([
      .optional("cpus", .nullable(.number), "more than 0; a limit cannot be taken away in place"),
      .optional("memory_bytes", .nullable(.integer(minimum: 6 << 20, maximum: 1 << 50)), "at least 6 MiB"),
      .optional(
        "memory_swap_bytes", .nullable(.integer(minimum: -1, maximum: 1 << 51)),
        "memory and swap together; -1 is unlimited; twice the memory when left out"),
      .optional("pids", .nullable(.integer(minimum: -1, maximum: nil)), "-1 is unlimited"),
      .optional("restart", .nullable(.words(restartWords))),
      .optional("restart_retries", .nullable(.integer(minimum: 0, maximum: 1000)), "for on-failure"),
    ])
  }
}
