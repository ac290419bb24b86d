/// What a user asks to be loaded: the global options of `docker compose`, and the world they are read in.
package struct LoadRequest: Sendable {
  /// `-f`, in order, as given (relative ones count from `currentDirectory`); `-` is standard input.
  package var files: [String] = []
  /// `-p`.
  package var projectName: String?
  /// `--project-directory`.
  package var projectDirectory: String?
  /// `--profile`.
  package var profiles: [String] = []
  /// `--env-file`, in order.
  package var envFiles: [String] = []
  /// Services named on the command line; they and what they depend on are kept. Empty: all.
  package var services: [String] = []
  /// Services that are kept with what they need although no profile of theirs is active; the rest of the project stays too.
  package var activatedServices: [String] = []
  /// `--all-resources`: keep networks, volumes, secrets and configs that no service uses.
  package var keepsUnusedResources = false
  /// `--compatibility`: names are joined by `_` instead of `-`.
  package var isCompatible = false
  /// `--no-interpolate`.
  package var isInterpolated = true
  /// `--no-normalize`: no defaults, implied dependencies or names.
  package var isNormalized = true
  /// `--no-consistency`: references and contradictions are not checked.
  package var isConsistencyChecked = true
  /// `--no-path-resolution`: relative paths stay as written.
  package var resolvesPaths = true
  /// `--no-env-resolution`: `env_file` is not read.
  package var readsServiceFiles = true
  /// Process environment (or, on a server, the stack's variables). Also the source of `COMPOSE_FILE`, `COMPOSE_PROJECT_NAME`,
  /// `COMPOSE_PROFILES`, `COMPOSE_ENV_FILES`, `COMPOSE_DISABLE_ENV_FILE`, `COMPOSE_PATH_SEPARATOR`, `HOME`, `DOCKER_DEFAULT_PLATFORM`.
  package var environment: [String: String]
  /// Absolute.
  package var currentDirectory: String

  package init(environment: [String: String], currentDirectory: String) {
    self.environment = environment
    self.currentDirectory = currentDirectory
  }
}

/// A project, what the user should know about it, and the exact inputs it was made from.
package struct LoadedProject: Sendable {
  package var project: Project
  package var warnings: [ComposeWarning]
  /// Every file that was read, in reading order, each once: a revision keeps them.
  package var inputs: [InputFile]
  /// The variables that interpolation read from the environment or env files, with the value used (nil: unset).
  package var usedVariables: [String: String?]
  /// Settings of ours in the files, of all services.
  package var slipway: SlipwayExtension
  /// Where it was written.
  package var places: SourcePlaces
}

package struct InputFile: Hashable, Sendable {
  package enum Role: String, Sendable { case compose, include, extends, dotEnv, envFile, labelFile }
  package var path: String
  package var role: Role
  package var bytes: [UInt8]

  package init(path: String, role: Role, bytes: [UInt8]) {
    self.path = path
    self.role = role
    self.bytes = bytes
  }
}
