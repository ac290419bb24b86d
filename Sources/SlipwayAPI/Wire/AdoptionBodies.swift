/// How a project that runs is taken over.
package struct AdoptBody: WireType {
  /// Where the files say something else than what runs.
  package var prefer: String?
  package var message: String?
  package var takeOver: Bool?

  package init() {}

  package static let schema = Schema.named("Adopt") {
    .object([
      .optional("prefer", .nullable(.words(["running", "files"])), "where the files say something else than what runs"),
      .optional("message", .nullable(.text(limit: 1000))),
      .optional("take_over", .nullable(.boolean), "also a stack that another Slipway deployed"),
    ])
  }
}

/// A Compose project on an engine, and what would come of adopting it.
package struct AdoptableProjectBody: WireType, Hashable {
  package var name: String
  package var services: [String]
  /// How many containers are in each state.
  package var states: [String: Int]
  package var workingDirectory: String
  package var configFiles: [String]
  package var environmentFiles: [String]
  /// Of these files, those that the server cannot read.
  package var unreadable: [String]
  package var severalOrigins: Bool
  package var revision: Int?
  package var deployedBySlipway: Bool

  package init(
    name: String, services: [String], states: [String: Int], workingDirectory: String, configFiles: [String],
    environmentFiles: [String], unreadable: [String], severalOrigins: Bool, revision: Int?, deployedBySlipway: Bool
  ) {
    self.name = name
    self.services = services
    self.states = states
    self.workingDirectory = workingDirectory
    self.configFiles = configFiles
    self.environmentFiles = environmentFiles
    self.unreadable = unreadable
    self.severalOrigins = severalOrigins
    self.revision = revision
    self.deployedBySlipway = deployedBySlipway
  }

  package static let schema = Schema.named("AdoptableProject") {
    .object([
      .required("name", .text), .required("services", .array(of: .text)),
      .required("states", .map(.count, limit: nil), "how many containers are in each state"),
      .required("working_directory", .text, "of its newest container, as its label says"),
      .required("config_files", .array(of: .text)), .required("environment_files", .array(of: .text)),
      .required("unreadable", .array(of: .text), "of these files, those that the server cannot read"),
      .required("several_origins", .boolean, "its containers were made from different files or folders"),
      .optional("revision", .nullable(.count), "the current one, where the server has one"),
      .required("deployed_by_slipway", .boolean),
    ])
  }
}

/// A project of this host that a command takes over, from the user's own files.
package struct ProjectAdoptBody: WireType {
  /// Files that the user names, instead of those that the containers' labels name.
  package struct Files: Codable, Sendable {
    package var paths: [String]
    package var projectDirectory: String?
    package var environmentFiles: [String]
    package var profiles: [String]
    package var currentDirectory: String
    package var keepsUnusedResources: Bool
    package var isCompatible: Bool

    package init(
      paths: [String], projectDirectory: String?, environmentFiles: [String], profiles: [String], currentDirectory: String,
      keepsUnusedResources: Bool, isCompatible: Bool
    ) {
      self.paths = paths
      self.projectDirectory = projectDirectory
      self.environmentFiles = environmentFiles
      self.profiles = profiles
      self.currentDirectory = currentDirectory
      self.keepsUnusedResources = keepsUnusedResources
      self.isCompatible = isCompatible
    }

    static let schema = Schema.object([
      .required("paths", .array(ProjectBody.path, limit: 256)), .optional("project_directory", .nullable(ProjectBody.path)),
      .required("environment_files", .array(ProjectBody.path, limit: 256)),
      .required("profiles", .array(.text(limit: 255, minimum: 1), limit: 100)),
      .required("current_directory", ProjectBody.path), .required("keeps_unused_resources", .boolean),
      .required("is_compatible", .boolean),
    ])
  }

  package var place: LocalPlaceBody
  package var name: String
  package var options: AdoptBody
  package var files: Files?
  /// Folder for a compose file that is made from what runs.
  package var output: String?

  package init(place: LocalPlaceBody, name: String, options: AdoptBody, files: Files?, output: String?) {
    self.place = place
    self.name = name
    self.options = options
    self.files = files
    self.output = output
  }

  package static let schema = Schema.named("ProjectAdopt") {
    .object([
      .required("place", LocalPlaceBody.schema), .required("name", .text(limit: 63, minimum: 1)),
      .required("options", AdoptBody.schema), .optional("files", .nullable(Files.schema)),
      .optional("output", .nullable(ProjectBody.path)),
    ])
  }
}
