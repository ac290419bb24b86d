/// A folder of this machine that the engine sees too, maybe by another path (`SLIPWAY_PROJECT_FILES`).
package struct SharedFolder: Hashable, Sendable {
  /// Absolute, without a slash at the end.
  package let here: String
  /// For the engine.
  package let there: String

  /// Reads `PATH`, or `OURS:THE-ENGINE'S`; nil when one of them is no plain absolute path, or the root.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(Self.trimmed)
    guard let here = parts.first, let there = parts.last, parts.count <= 2, Self.isUsable(here), Self.isUsable(there) else {
      return nil
    }
    self.here = here
    self.there = there
  }

  private static func trimmed(_ path: Substring) -> String {
    var path = path
    while path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }

  private static func isUsable(_ path: String) -> Bool {
    path.hasPrefix("/") && path.utf8.count <= 1024 && path.split(separator: "/").allSatisfy { $0 != "." && $0 != ".." }
  }
}
