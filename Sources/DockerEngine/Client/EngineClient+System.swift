extension EngineClient {
  /// What the engine and its parts are.
  package func version() async throws(EngineError) -> EngineVersion {
    try await decoded(EngineVersion.self, EngineRequest(.GET, "/version", limit: limits.read, answerBytes: limits.objectBytes))
  }

  /// The engine's host, settings and counts.
  package func info() async throws(EngineError) -> EngineInfo {
    try await decoded(EngineInfo.self, EngineRequest(.GET, "/info", limit: limits.read, answerBytes: limits.objectBytes))
  }

  /// What images, containers, volumes and the build cache take on disk; slow, as the engine walks its storage.
  package func diskUsage() async throws(EngineError) -> DiskUsage {
    try await decoded(
      DiskUsage.self, EngineRequest(.GET, "/system/df", limit: limits.slowRead, answerBytes: limits.listBytes))
  }

  /// What happens on the engine, from `since` or from now on, to `until` or without end.
  package func events(
    since: EngineTimestamp? = nil, until: EngineTimestamp? = nil, filters: EngineFilters = [:]
  ) async throws(EngineError) -> EventStream {
    var request = EngineRequest(.GET, "/events", limit: limits.streamStart, answerBytes: limits.messageBytes)
    request.query.add("since", since?.queryText)
    request.query.add("until", until?.queryText)
    request.query.add(filters)
    return EventStream(try await open(request), messageBytes: limits.messageBytes)
  }
}
