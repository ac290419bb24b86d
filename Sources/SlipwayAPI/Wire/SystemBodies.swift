/// The server process.
package struct SystemBody: WireType, Hashable {
  /// The database.
  package struct Store: Codable, Hashable, Sendable {
    package var condition: String
    package var sizeBytes: Int64
    package var message: String?

    package init(
      condition: String, sizeBytes: Int64, message: String?
    ) {
      self.condition = condition
      self.sizeBytes = sizeBytes
      self.message = message
    }

    static let schema = Schema.object([
      .required("condition", .words(["sound", "damaged"])),
      .required("size_bytes", .count),
      .optional("message", .nullable(.text)),
    ])
  }

  /// What this installation is called.
  package var title: String
  package var version: String
  package var startedAt: String
  package var uptimeSeconds: Int64
  package var store: Store
  /// Of the data directory.
  package var disk: ServerInfoBody.Disk?
  /// WebSockets that are open.
  package var sockets: Int
  package var operationsRunning: Int
  package var operationsWaiting: Int
  /// Resident.
  package var memoryBytes: Int64
  package var servers: Int
  package var serversUp: Int

  package init(
    title: String, version: String, startedAt: String, uptimeSeconds: Int64, store: Store, disk: ServerInfoBody.Disk?,
    sockets: Int, operationsRunning: Int, operationsWaiting: Int, memoryBytes: Int64, servers: Int, serversUp: Int
  ) {
    self.title = title
    self.version = version
    self.startedAt = startedAt
    self.uptimeSeconds = uptimeSeconds
    self.store = store
    self.disk = disk
    self.sockets = sockets
    self.operationsRunning = operationsRunning
    self.operationsWaiting = operationsWaiting
    self.memoryBytes = memoryBytes
    self.servers = servers
    self.serversUp = serversUp
  }

  package static let schema = Schema.named("System") {
    .object([
      .required("title", .text, "what this installation is called"),
      .required("version", .text),
      .required("started_at", .time),
      .required("uptime_seconds", .count),
      .required("store", Store.schema),
      .optional("disk", .nullable(ServerInfoBody.Disk.schema), "of the data directory"),
      .required("sockets", .count, "WebSockets that are open"),
      .required("operations_running", .count),
      .required("operations_waiting", .count),
      .required("memory_bytes", .count, "resident"),
      .required("servers", .count),
      .required("servers_up", .count),
    ])
  }
}

/// A setting of the server.
package struct SettingBody: WireType, Hashable {
  package var key: String
  package var about: String
  package var value: RawJSON
  package var defaultValue: RawJSON
  package var source: String

  package init(
    key: String, about: String, value: RawJSON, defaultValue: RawJSON, source: String
  ) {
    self.key = key
    self.about = about
    self.value = value
    self.defaultValue = defaultValue
    self.source = source
  }

  package static let schema = Schema.named("Setting") {
    .object([
      .required("key", .text),
      .required("about", .text),
      .required("value", .anything),
      .required("default_value", .anything),
      .required("source", .words(["default", "stored"])),
    ])
  }
}

/// Settings to change, by key; null takes one back to its default.
package struct SettingsBody: WireType {
  package var values: [String: RawJSON]

  package static let schema = Schema.named("SettingChanges") {
    .object([.required("values", .map(.anything, limit: 100), "by key; null: the default again")])
  }
}
