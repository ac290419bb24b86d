/// Bounds on what one project may cost to load (rule S-IN-4); those of a single file are in `YAMLLimits`.
struct LoadLimits: Sendable {
  var yaml = YAMLLimits()
  /// Files that include one another.
  var includeChain = 16
  /// Services that extend one another.
  var extendsChain = 64
  /// Files read for one project, and files included, each as often as it is.
  var files = 256
  /// Values of everything that is merged: the documents, what they include, and what their services extend.
  var mergedNodes = 300_000
  /// Bytes of all files.
  var bytes = 16 << 20
  var services = 3_000
}
