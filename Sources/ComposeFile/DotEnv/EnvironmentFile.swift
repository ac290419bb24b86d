/// Reads an env file that an option names (`run --env-from-file`), in Compose's dialect.
package enum EnvironmentFile {
  /// The last value of each variable; a bare name takes the caller's value, and stays out when there is none.
  ///
  /// - Parameter lookup: the caller's variables.
  package static func values(
    _ bytes: [UInt8], file: String, lookup: (String) -> String?
  ) throws(ComposeProblems) -> [String: String] {
    var problems: [ComposeProblem] = []
    let settings = DotEnv.parse(bytes, file: file, lookup: lookup, problems: &problems)
    guard problems.isEmpty else { throw ComposeProblems(problems) }
    return DotEnv.values(settings)
  }
}
