/// A validated Compose project: everything that a deploy needs to know, and nothing about files or YAML.
///
/// Decoded from `canonical`, which is what `config` prints; a revision stores `canonical` and gets its project back by
/// `Project(canonical:…)`, so that no deploy of an old revision depends on the files still being there.
package struct Project: Hashable, Sendable {
  /// `^[a-z0-9][a-z0-9_-]*$`.
  package var name: String
  /// Absolute path; goes into the label `com.docker.compose.project.working_dir`.
  package var workingDirectory: String
  /// Absolute paths of the `-f` files; goes into the label `com.docker.compose.project.config_files`.
  package var configFiles: [String]
  /// Absolute paths given by `--env-file`; empty when none were given.
  package var environmentFiles: [String]
  /// Active services, sorted by name.
  package var services: [Service]
  /// Names of services that exist in the files but whose profiles are not active: not orphans.
  package var inactiveServices: [String]
  /// By key in the file. Unused ones are absent.
  package var networks: [String: Network]
  package var volumes: [String: Volume]
  package var secrets: [String: FileObject]
  package var configs: [String: FileObject]
  /// The model as `config --format json` prints it, before `$` is doubled.
  package var canonical: ComposeValue

  package func service(_ name: String) -> Service? { services.first { $0.name == name } }
}

/// A network of the project. `name` is the name in the engine.
package struct Network: Hashable, Sendable {
  package struct Subnet: Hashable, Sendable {
    package var subnet: String?
    package var gateway: String?
    package var ipRange: String?
    package var auxiliaryAddresses: [String: String]
  }
  package var key: String
  package var name: String
  package var isExternal: Bool
  package var driver: String?
  package var driverOptions: [String: String]
  package var ipamDriver: String?
  package var ipamOptions: [String: String]
  package var subnets: [Subnet]
  package var isInternal: Bool
  package var isAttachable: Bool
  package var enablesIPv4: Bool?
  package var enablesIPv6: Bool?
  /// The user's labels only.
  package var labels: [String: String]
  /// As `com.docker.compose.config-hash` of the network.
  package var configHash: String
}

/// A named volume of the project. `name` is the name in the engine.
package struct Volume: Hashable, Sendable {
  package var key: String
  package var name: String
  package var isExternal: Bool
  package var driver: String?
  package var driverOptions: [String: String]
  package var labels: [String: String]
  package var configHash: String
}

/// A secret or config of the project.
package struct FileObject: Hashable, Sendable {
  package enum Source: Hashable, Sendable {
    /// Absolute path of a file on the machine that holds the stack's folder.
    case file(String)
    /// The value of an environment variable, resolved at load; `value` is nil when the variable is not set.
    case environment(name: String, value: String?)
    /// Inline `content`.
    case content(String)
    case external
  }
  package var key: String
  package var name: String
  package var source: Source
}

extension Project {
  /// The image that a service runs: as written, else the name that a build of it gets (Compose Specification, build).
  package func imageReference(of service: Service) -> String { service.image ?? "\(name)-\(service.name)" }
}
