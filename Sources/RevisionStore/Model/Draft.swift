/// Files of a stack that somebody is still writing.
package struct Draft: Hashable, Sendable {
  /// Greater with each change.
  package var version: Int64
  /// Who changed it last.
  package var author: String
  package var updatedAt: Timestamp
  package var content: Secret<[UInt8]>
}
