import DockerEngine

/// What a call to the engine gives; nil when what it is about is not there.
func unlessAbsent<Value>(_ body: () async throws -> Value) async throws -> Value? {
  do {
    return try await body()
  } catch EngineError.notFound {
    return nil
  }
}
