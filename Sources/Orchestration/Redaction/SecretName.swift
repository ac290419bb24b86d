/// Which variables hold secrets, by their names.
package enum SecretName {
  /// Anywhere in the name.
  private static let parts = ["PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "PRIVATE", "DSN"]
  /// As a whole word of the name.
  private static let words: Set<Substring> = ["PW", "PWD", "AUTH", "PIN", "SALT", "CERT"]
  /// The working folder, by POSIX.
  private static let harmless: Set<String> = ["PWD", "OLDPWD"]

  package static func looksSecret(_ name: String) -> Bool {
    let upper = name.uppercased()
    if harmless.contains(upper) { return false }
    return parts.contains { upper.contains($0) } || upper.split(separator: "_").contains { words.contains($0) }
  }
}
