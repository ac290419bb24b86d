extension EngineClient {
  /// The volumes, without their sizes.
  package func listVolumes(filters: EngineFilters = [:]) async throws(EngineError) -> [VolumeInspection] {
    var request = EngineRequest(.GET, "/volumes", limit: limits.read, answerBytes: limits.listBytes)
    request.query.add(filters)
    return try await decoded(VolumeList.self, request).volumes
  }

  /// One volume; `notFound` when there is none.
  package func inspectVolume(_ volume: String) async throws(EngineError) -> VolumeInspection {
    try await decoded(
      VolumeInspection.self,
      EngineRequest(.GET, "/volumes/\(try segment(volume, "volume"))", limit: limits.read, answerBytes: limits.objectBytes))
  }

  /// Creates a volume, or answers the one of that name when it exists with the same driver.
  package func createVolume(_ spec: VolumeSpec) async throws(EngineError) -> VolumeInspection {
    var request = try write(.POST, "/volumes/create")
    request.subject = spec.name
    request.body = .json(try encodedJSON(spec))
    return try await decoded(VolumeInspection.self, request)
  }

  /// Removes a volume; one in use is `conflict`.
  package func removeVolume(_ volume: String, force: Bool = false) async throws(EngineError) {
    var request = try write(.DELETE, "/volumes/\(try segment(volume, "volume"))")
    request.limit = limits.removal
    request.query.add("force", force)
    _ = try await perform(request)
  }

  /// Removes unused volumes: from API 1.42 on anonymous ones only, unless a filter says `all`.
  package func pruneVolumes(filters: EngineFilters = [:]) async throws(EngineError) -> VolumesPruned {
    var request = EngineRequest(.POST, "/volumes/prune", limit: limits.removal, answerBytes: limits.listBytes)
    request.query.add(filters)
    return try await decoded(VolumesPruned.self, request)
  }
}
