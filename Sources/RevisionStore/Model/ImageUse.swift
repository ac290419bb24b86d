/// An image that a revision was deployed with.
package struct ImageUse: Hashable, Sendable {
  package var stack: StackKey
  package var revision: Int
  /// As the compose file names it.
  package var reference: String
  /// `sha256:…`, with or without its repository; nil for one that was built and never pushed.
  package var digest: String?
  /// The engine's id; empty: it was never known.
  package var imageID: String

  package init(stack: StackKey, revision: Int, reference: String, digest: String?, imageID: String) {
    self.stack = stack
    self.revision = revision
    self.reference = reference
    self.digest = digest
    self.imageID = imageID
  }
}
