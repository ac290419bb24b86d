/// A project as one tree: all files merged, interpolated, in long form, paths absolute, tags used up.
struct MergedDocument: Sendable {
  var root: Node
  /// `^[a-z0-9][a-z0-9_-]*$`.
  var projectName: String
  /// Absolute.
  var workingDirectory: String
  /// Absolute paths of the `-f` files (or those found).
  var configFiles: [String]
  /// Absolute paths given by `--env-file`.
  var environmentFiles: [String]
  /// The process environment over the values of `.env`: for null `environment` entries, `secrets.environment` …
  var environment: [String: String]
  /// From `--profile`, else `COMPOSE_PROFILES`.
  var profiles: [String]
  var request: LoadRequest
}
