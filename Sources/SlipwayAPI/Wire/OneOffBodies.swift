/// What a container for one run of a service's program has of its own.
package struct OneOffBody: WireType {
  package var service: String
  /// Of the container.
  package var name: String
  /// 64 random hexadecimal digits.
  package var slug: String
  package var command: [String]?
  package var entrypoint: String?
  package var user: String?
  package var workingDirectory: String?
  package var environment: [String: String]?
  package var labels: [String: String]?
  package var tty: Bool?
  package var stdin: Bool?
  package var dropCapabilities: [String]?
  /// As the service publishes them.
  package var servicePorts: Bool?
  /// In Compose's short syntax.
  package var ports: [String]?
  package var pull: String?
  package var build: Bool?
  package var useAliases: Bool?
  package var remove: Bool?
  package var removeOrphans: Bool?
  /// What it depends on is left as it is.
  package var skipDependencies: Bool?
  /// Is started and left.
  package var detach: Bool?
  package var profiles: [String]?
  package var variables: [String: String]?
  /// Longest wait for what it depends on.
  package var timeoutSeconds: Int?
  package var contexts: BuildContextsBody?

  package init(service: String, name: String, slug: String) {
    self.service = service
    self.name = name
    self.slug = slug
  }

  static let members: [Schema.Member] = [
    .required("service", .text(limit: 255, minimum: 1)), .required("name", .text(limit: 255, minimum: 1), "of the container"),
    .required("slug", .text("^[0-9a-f]{64}$", limit: 64) { $0.utf8.count == 64 && $0.allSatisfy(\.isHexDigit) }, "random"),
    .optional("command", .nullable(.array(.text(limit: 32 << 10), limit: 100))),
    .optional("entrypoint", .nullable(.text(limit: 32 << 10))), .optional("user", .nullable(.text(limit: 100, minimum: 1))),
    .optional("working_directory", .nullable(.text(limit: 4096, minimum: 1))),
    .optional("environment", .nullable(.map(.text(limit: 100 << 10), limit: 1000))),
    .optional("labels", .nullable(.map(.text(limit: 32 << 10), limit: 200))), .optional("tty", .nullable(.boolean)),
    .optional("stdin", .nullable(.boolean)),
    .optional("drop_capabilities", .nullable(.array(.text(limit: 64, minimum: 1), limit: 64))),
    .optional("service_ports", .nullable(.boolean), "the service's ports are published"),
    .optional("ports", .nullable(.array(.text(limit: 255, minimum: 1), limit: 100)), "to publish, in Compose's short syntax"),
    .optional("pull", .nullable(.words(["always", "missing", "never"]))),
    .optional("build", .nullable(.boolean), "the image is built first, also when it is there"),
    .optional("use_aliases", .nullable(.boolean), "it is found by the service's name in its networks"),
    .optional("remove", .nullable(.boolean), "it is removed when it has ended"),
    .optional("remove_orphans", .nullable(.boolean)),
    .optional("skip_dependencies", .nullable(.boolean), "what it depends on is left as it is"),
    .optional("detach", .nullable(.boolean), "it is started and left"),
    .optional("profiles", .nullable(.array(.text(limit: 255, minimum: 1), limit: 100))),
    .optional("variables", .nullable(.map(.text(limit: 256 << 10), limit: 1000)), "of the environment, for this run"),
    .optional("timeout_seconds", .nullable(.integer(minimum: 0, maximum: 31_536_000)), "for what it depends on"),
    .optional("contexts", .nullable(BuildContextsBody.schema), "of builds, that the caller brings; see build"),
  ]

  package static let schema = Schema.named("OneOff") { .object(members) }
}

/// The same for a project of this host.
package struct ProjectRunBody: WireType {
  /// What it depends on; the project with it.
  package var deploy: ProjectDeployBody
  package var run: OneOffBody
  package var addCapabilities: [String]
  /// Mounts in Compose's short syntax.
  package var volumes: [String]
  /// Of the user, for `~`.
  package var home: String?

  package init(
    deploy: ProjectDeployBody, run: OneOffBody, addCapabilities: [String], volumes: [String], home: String?
  ) {
    self.deploy = deploy
    self.run = run
    self.addCapabilities = addCapabilities
    self.volumes = volumes
    self.home = home
  }

  package static let schema = Schema.named("ProjectRun") {
    .object([
      .required("deploy", ProjectDeployBody.schema), .required("run", OneOffBody.schema),
      .required("add_capabilities", .array(.text(limit: 64, minimum: 1), limit: 64)),
      .required("volumes", .array(.text(limit: 4096, minimum: 1), limit: 100)), .optional("home", .nullable(ProjectBody.path)),
    ])
  }
}
