/// What `commitContainer` puts into the image.
package struct CommitOptions: Hashable, Sendable {
  /// `NAME[:TAG]`; nil: the image has an Id only.
  package var reference: String?
  package var author: String?
  package var comment: String?
  /// Dockerfile instructions (`ENV A=b`).
  package var changes: [String] = []
  /// Freezes the container meanwhile.
  package var pauses = true

  package init() {}
}

extension EngineClient {
  /// The whole file system of a container as a tar archive; volumes are not part of it.
  package func exportContainer(_ container: String) async throws(EngineError) -> ByteStream {
    let request = EngineRequest(
      .GET, try containerPath(container, "export"), limit: limits.streamStart, answerBytes: limits.objectBytes)
    return ByteStream(stream: try await open(request), silenceLimit: limits.progressSilence)
  }

  /// Makes an image of what a container has changed; gives the image's Id.
  package func commitContainer(_ container: String, _ options: CommitOptions) async throws(EngineError) -> String {
    var request = EngineRequest(.POST, "/commit", limit: limits.progressSilence, answerBytes: limits.objectBytes)
    request.subject = container
    request.query.add("container", container)
    if let reference = options.reference {
      let parts = PulledReference(reference)
      request.query.add("repo", parts.name)
      request.query.add("tag", parts.tagOrDigest)
    }
    request.query.add("author", options.author)
    request.query.add("comment", options.comment)
    for change in options.changes { request.query.add("changes", change) }
    request.query.add("pause", options.pauses ? "1" : "0")
    return try await decoded(CreatedObject.self, request).id
  }
}
