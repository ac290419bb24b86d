/// A project as whoever owns its folder has loaded it.
package struct ProjectBody: WireType {
  /// The canonical model as JSON text: the order of its keys counts.
  package var canonical: String
  package var workingDirectory: String
  package var configFiles: [String]
  package var environmentFiles: [String]
  package var inactiveServices: [String]

  package init(
    canonical: String, workingDirectory: String, configFiles: [String], environmentFiles: [String], inactiveServices: [String]
  ) {
    self.canonical = canonical
    self.workingDirectory = workingDirectory
    self.configFiles = configFiles
    self.environmentFiles = environmentFiles
    self.inactiveServices = inactiveServices
  }

  static let path = Schema.text(limit: 4096, minimum: 1)

  package static let schema = Schema.named("Project") {
    .object([
      .required("canonical", .text(limit: 16 << 20, minimum: 2), "the canonical model, JSON as text"),
      .required("working_directory", path), .required("config_files", .array(path, limit: 256)),
      .required("environment_files", .array(path, limit: 256)),
      .required("inactive_services", .array(.text(limit: 255, minimum: 1), limit: 500)),
    ])
  }
}

/// Where a command on this host works, and in whose name: what an embedded command takes from its own surroundings.
package struct LocalPlaceBody: WireType {
  /// The engine's name in the store: `local`, a server's name, or `unix:///…`.
  package var server: String
  package var author: String
  /// As `SLIPWAY_PROJECT_FILES`.
  package var projectFiles: String?
  /// The Docker configuration with the registries' credentials.
  package var credentials: String?
  /// Of the caller's environment, only what the project names.
  package var environment: [String: String]

  package init(
    server: String, author: String, projectFiles: String?, credentials: String?, environment: [String: String]
  ) {
    self.server = server
    self.author = author
    self.projectFiles = projectFiles
    self.credentials = credentials
    self.environment = environment
  }

  package static let schema = Schema.named("LocalPlace") {
    .object([
      .required("server", .text(limit: 255, minimum: 1), "local, a server's name, or unix:///…"),
      .required("author", .text(limit: 255)), .optional("project_files", .nullable(.text(limit: 2100, minimum: 1))),
      .optional("credentials", .nullable(ProjectBody.path)),
      .required("environment", .map(.text(limit: 1 << 20), limit: 1000)),
    ])
  }
}

/// What a command on this host deploys from a folder that is not the server's.
package struct ProjectDeployBody: WireType {
  package struct Input: Codable, Sendable {
    package var path: String
    package var role: String
    package var base64: String

    package init(path: String, role: String, base64: String) {
      self.path = path
      self.role = role
      self.base64 = base64
    }

    static let schema = Schema.object([
      .required("path", ProjectBody.path),
      .required("role", .words(["compose", "include", "extends", "dotEnv", "envFile", "labelFile"])),
      .required("base64", .text(limit: 1_400_000)),
    ])
  }

  package var place: LocalPlaceBody
  package var project: ProjectBody
  package var inputs: [Input]
  /// Those that the files use; null: not set.
  package var used: [String: String?]
  package var options: DeployBody
  /// The revision that is brought back.
  package var rollbackFrom: Int?
  package var pinnedImages: [String: String]?
  /// A rollback writes mounted files that differ, too; else only those that are gone.
  package var restoreFiles: Bool?

  package init(
    place: LocalPlaceBody, project: ProjectBody, inputs: [Input], used: [String: String?], options: DeployBody,
    rollbackFrom: Int?, pinnedImages: [String: String]?, restoreFiles: Bool?
  ) {
    self.place = place
    self.project = project
    self.inputs = inputs
    self.used = used
    self.options = options
    self.rollbackFrom = rollbackFrom
    self.pinnedImages = pinnedImages
    self.restoreFiles = restoreFiles
  }

  package static let schema = Schema.named("ProjectDeploy") {
    .object([
      .required("place", LocalPlaceBody.schema), .required("project", ProjectBody.schema),
      .required("inputs", .array(Input.schema, limit: 256)),
      .required("used", .map(.nullable(.text(limit: 1 << 20)), limit: 10_000), "the variables that the files use"),
      .required("options", DeployBody.schema), .optional("rollback_from", .nullable(.integer(minimum: 1, maximum: nil))),
      .optional("pinned_images", .nullable(.map(.text(limit: 512, minimum: 1), limit: 500))),
      .optional("restore_files", .nullable(.boolean)),
    ])
  }
}

/// What a command on this host takes down.
package struct ProjectDownBody: WireType {
  package var place: LocalPlaceBody
  package var name: String
  /// Nil: the files are not there.
  package var project: ProjectBody?
  package var options: DownBody

  package init(place: LocalPlaceBody, name: String, project: ProjectBody?, options: DownBody) {
    self.place = place
    self.name = name
    self.project = project
    self.options = options
  }

  package static let schema = Schema.named("ProjectDown") {
    .object([
      .required("place", LocalPlaceBody.schema), .required("name", .text(limit: 63, minimum: 1)),
      .optional("project", .nullable(ProjectBody.schema)), .required("options", DownBody.schema),
    ])
  }
}

/// What a command on this host does with the containers of a stack.
package struct ProjectControlBody: WireType {
  package static let verbs = ["start", "stop", "restart", "kill", "pause", "unpause", "rm"]

  package var place: LocalPlaceBody
  package var name: String
  /// Nil: the files are not there.
  package var project: ProjectBody?
  package var verb: String
  package var options: ControlBody

  package init(place: LocalPlaceBody, name: String, project: ProjectBody?, verb: String, options: ControlBody) {
    self.place = place
    self.name = name
    self.project = project
    self.verb = verb
    self.options = options
  }

  package static let schema = Schema.named("ProjectControl") {
    .object([
      .required("place", LocalPlaceBody.schema), .required("name", .text(limit: 63, minimum: 1)),
      .optional("project", .nullable(ProjectBody.schema)), .required("verb", .words(verbs)),
      .required("options", ControlBody.schema),
    ])
  }
}

/// A lock that a command on this host frees.
package struct ProjectUnlockBody: WireType {
  package var lock: String

  package init(lock: String) { self.lock = lock }

  package static let schema = Schema.named("ProjectUnlock") { .object([.required("lock", .text(limit: 100, minimum: 1))]) }
}

/// What was freed.
package struct UnlockedBody: WireType {
  package var stack: String
  package var title: String

  package init(stack: String, title: String) {
    self.stack = stack
    self.title = title
  }

  package static let schema = Schema.named("Unlocked") { .object([.required("stack", .text), .required("title", .text)]) }
}

/// A change to the servers of the store that a command on this host makes; with secrets, for the socket of the data directory only.
package struct ServerChangeBody: WireType {
  package var change: RawJSON

  package init(change: RawJSON) { self.change = change }

  package static let schema = Schema.named("ServerChange") { .object([.required("change", .anything)]) }
}
