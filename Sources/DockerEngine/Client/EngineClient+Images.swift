import FoundationEssentials

extension EngineClient {
  // MARK: Looking

  /// The images; layers of others too when `all`.
  package func listImages(all: Bool = false, filters: EngineFilters = [:]) async throws(EngineError) -> [ImageSummary] {
    var request = EngineRequest(.GET, "/images/json", limit: limits.read, answerBytes: limits.listBytes)
    request.query.add("all", all)
    request.query.add(filters)
    return try await decoded([ImageSummary].self, request)
  }

  /// One image, by Id or reference; `notFound` when it is not on this engine.
  package func inspectImage(_ reference: String) async throws(EngineError) -> ImageInspection {
    try await decoded(
      ImageInspection.self,
      EngineRequest(
        .GET, "/images/\(try imageSegment(reference))/json", limit: limits.read, answerBytes: limits.objectBytes))
  }

  /// How an image was made, newest step first.
  package func imageHistory(_ reference: String) async throws(EngineError) -> [ImageHistoryEntry] {
    try await decoded(
      [ImageHistoryEntry].self,
      EngineRequest(
        .GET, "/images/\(try imageSegment(reference))/history", limit: limits.read, answerBytes: limits.objectBytes))
  }

  /// What the registry holds under a reference; the engine asks it.
  package func inspectDistribution(
    _ reference: String, auth: RegistryAuth? = nil
  ) async throws(EngineError) -> DistributionInspection {
    var request = EngineRequest(
      .GET, "/distribution/\(try imageSegment(reference))/json", limit: limits.registryRead, answerBytes: limits.objectBytes)
    if let auth { request.headers.append(("X-Registry-Auth", auth.headerValue)) }
    return try await decoded(DistributionInspection.self, request)
  }

  // MARK: Registry

  /// Pulls one image; without tag and digest it is `latest`. Read the stream to its end: a failure may come in it.
  package func pullImage(
    _ reference: String, platform: String? = nil, auth: RegistryAuth? = nil
  ) async throws(EngineError) -> ProgressStream {
    _ = try imageSegment(reference)
    let parts = PulledReference(reference)
    var request = EngineRequest(.POST, "/images/create", limit: limits.registryRead, answerBytes: limits.messageBytes)
    request.subject = reference
    request.query.add("fromImage", parts.name)
    request.query.add("tag", parts.tagOrDigest)
    request.query.add("platform", platform)
    if let auth { request.headers.append(("X-Registry-Auth", auth.headerValue)) }
    return progress(try await open(request))
  }

  /// Pushes one tag. Read the stream to its end: a failure may come in it, and the digest at its end.
  package func pushImage(_ reference: String, auth: RegistryAuth? = nil) async throws(EngineError) -> ProgressStream {
    let parts = PulledReference(reference)
    var request = EngineRequest(
      .POST, "/images/\(try imageSegment(parts.name))/push", limit: limits.registryRead, answerBytes: limits.messageBytes)
    request.query.add("tag", parts.tagOrDigest)
    // The engine wants the header even without credentials.
    request.headers.append(("X-Registry-Auth", (auth ?? .anonymous).headerValue))
    return progress(try await open(request))
  }

  // MARK: Changing

  /// Gives an image one more name; a name that another image has moves to this one.
  package func tagImage(_ reference: String, repository: String, tag: String) async throws(EngineError) {
    var request = try write(.POST, "/images/\(try imageSegment(reference))/tag")
    request.query.add("repo", repository)
    request.query.add("tag", tag)
    _ = try await perform(request)
  }

  /// Removes a tag, and the image when it was its last; one in use is `conflict` unless by force.
  @discardableResult
  package func removeImage(
    _ reference: String, force: Bool = false, keepsParents: Bool = false
  ) async throws(EngineError) -> [ImageRemoval] {
    var request = EngineRequest(
      .DELETE, "/images/\(try imageSegment(reference))", limit: limits.removal, answerBytes: limits.objectBytes)
    request.query.add("force", force)
    request.query.add("noprune", keepsParents)
    return try await decoded([ImageRemoval].self, request)
  }

  /// Removes untagged images; with the filter `dangling=false` all unused ones.
  package func pruneImages(filters: EngineFilters = [:]) async throws(EngineError) -> ImagesPruned {
    var request = EngineRequest(.POST, "/images/prune", limit: limits.removal, answerBytes: limits.listBytes)
    request.query.add(filters)
    return try await decoded(ImagesPruned.self, request)
  }

  // MARK: Archives

  /// Images with their tags as one tar archive.
  package func saveImages(_ references: [String]) async throws(EngineError) -> ByteStream {
    var request = EngineRequest(.GET, "/images/get", limit: limits.slowRead, answerBytes: limits.objectBytes)
    for reference in references { request.query.add("names", reference) }
    return ByteStream(stream: try await open(request), silenceLimit: limits.progressSilence)
  }

  /// Loads an archive made by `saveImages`; answers what the engine printed.
  package func loadImages<Archive: AsyncSequence & Sendable>(
    _ archive: Archive
  ) async throws(EngineError) -> [ProgressEvent] where Archive.Element == [UInt8] {
    var request = EngineRequest(.POST, "/images/load", limit: limits.slowRead, answerBytes: limits.objectBytes)
    request.query.add("quiet", true)
    return try await progressOfUpload(request, archive)
  }

  /// Makes an image of a root file system's tar archive; `changes` are Dockerfile instructions. Answers its Id.
  package func importImage<Archive: AsyncSequence & Sendable>(
    _ archive: Archive, repository: String, tag: String, changes: [String] = [], message: String? = nil
  ) async throws(EngineError) -> String where Archive.Element == [UInt8] {
    var request = EngineRequest(.POST, "/images/create", limit: limits.slowRead, answerBytes: limits.objectBytes)
    request.subject = "\(repository):\(tag)"
    request.query.add("fromSrc", "-")
    request.query.add("repo", repository)
    request.query.add("tag", tag)
    request.query.add("message", message)
    for change in changes { request.query.add("changes", change) }
    let events = try await progressOfUpload(request, archive)
    guard let id = events.last(where: { !$0.status.isEmpty })?.status else {
      throw .malformedAnswer(call: call(request), reason: "no Id of the new image")
    }
    return id
  }

  private func progress(_ stream: AnswerStream) -> ProgressStream {
    ProgressStream(
      stream, messageBytes: limits.messageBytes, silenceLimit: limits.progressSilence,
      failure: { $0.errorText.isEmpty ? nil : $0.errorText })
  }

  private func progressOfUpload<Archive: AsyncSequence & Sendable>(
    _ request: EngineRequest, _ archive: Archive
  ) async throws(EngineError) -> [ProgressEvent] where Archive.Element == [UInt8] {
    let answer = try await upload(
      request, contentType: "application/x-tar", body: archive, silence: limits.progressSilence)
    let call = call(request)
    var splitter = JSONSplitter(limitBytes: limits.messageBytes)
    var events: [ProgressEvent] = []
    do {
      try splitter.take(answer.body)
      while let message = splitter.next() {
        events.append(try JSONDecoder().decode(ProgressEvent.self, from: Data(message)))
      }
    } catch {
      throw .malformedAnswer(call: call, reason: decodingText(error))
    }
    if let failed = events.first(where: { !$0.errorText.isEmpty }) {
      throw .failedInStream(call: call, message: printable(failed.errorText, limit: 4096))
    }
    return events
  }
}

/// An image reference in the two parts that the engine's pull takes.
struct PulledReference: Hashable {
  var name: String
  /// A digest wins over a tag; without both it is `latest`, since the engine would pull all tags.
  var tagOrDigest: String

  init(_ reference: String) {
    var rest = reference[...]
    var digest: Substring?
    if let at = rest.firstIndex(of: "@") {
      digest = rest[rest.index(after: at)...]
      rest = rest[..<at]
    }
    var tag: Substring?
    // A colon before the last slash is the registry's port.
    if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
      tag = rest[rest.index(after: colon)...]
      rest = rest[..<colon]
    }
    name = String(rest)
    tagOrDigest = String(digest ?? tag ?? "latest")
  }
}
