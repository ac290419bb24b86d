/// Bounds on what one project may cost to load (rule S-IN-4); those of a single file are in `YAMLLimits`.
struct LoadLimits: Sendable {
  var yaml = YAMLLimits()
  /// Files that include one another.
  var includeChain = 16
  /// Services that extend one another.
  var extendsChain = 64
  /// Files read for one project.
  var files = 256
  /// Bytes of all files.
  var bytes = 16 << 20
  var services = 5_000
}
