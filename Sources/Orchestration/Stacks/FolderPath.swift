/// A path of a file within a stack's folder, as a client names it: it leads nowhere else (S-IN-2).
package struct FolderPath: Hashable, Sendable, CustomStringConvertible {
  /// Joined by `/`, without one at the beginning.
  package let text: String
  package let parts: [String]

  /// Bytes of a whole path and of a part (limits.h), and how deep folders may be nested.
  private static let limitBytes = 1024
  private static let partLimitBytes = 255
  private static let depthLimit = 16

  /// Nil: absolute, `.` or `..` in it, control characters, too long or too deep.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard !text.isEmpty, text.utf8.count <= Self.limitBytes, parts.count <= Self.depthLimit else { return nil }
    for part in parts {
      guard !part.isEmpty, part != ".", part != "..", part.utf8.count <= Self.partLimitBytes,
        part.unicodeScalars.allSatisfy({ $0.value >= 32 && !(127...159).contains($0.value) })
      else { return nil }
    }
    self.text = text
    self.parts = parts
  }

  package var name: String { parts.last ?? text }
  package var description: String { text }
}
