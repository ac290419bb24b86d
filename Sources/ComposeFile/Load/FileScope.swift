/// What the files that are loaded together have in common: those of `-f`, or those of one `include`.
struct FileScope {
  /// Tells the scopes of one load apart.
  var id: Int
  /// What relative paths count from; absolute.
  var directory: String
  var environment: [String: String]
  /// The files whose `include` led here, outermost first.
  var includeChain: [String] = []
}

/// How much of the pipeline a file goes through.
enum FileUse {
  /// Everything.
  case project
  /// Only what makes its services a base for others: no include, no extends, no checks.
  case extensionBase
}
