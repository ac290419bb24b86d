import DockerEngine

/// What the engine is asked about one container's output.
struct ContainerLogs: Sendable {
  let engine: EngineClient
  let id: String

  /// nil when the container is gone.
  func stream(_ options: LogOptions) async throws -> LogStream? {
    do {
      return try await engine.logs(of: id, options)
    } catch {
      guard case .notFound = error else { throw error }
      return nil
    }
  }

  /// nil when the container is gone.
  func state() async throws -> ContainerState? {
    do {
      return try await engine.inspectContainer(id).state
    } catch {
      guard case .notFound = error else { throw error }
      return nil
    }
  }

  /// Waits for the end of a container whose logs cannot be read; gives its state then, nil when it is gone.
  func endWithoutLogs() async throws -> ContainerState? {
    while true {
      guard let state = try await state() else { return nil }
      if state.hasEnded { return state }
      do {
        // As long as the container runs: that has no limit of its own, and ends with the task.
        _ = try await engine.waitContainer(id)
      } catch {
        guard case .notFound = error else { throw error }
        return nil
      }
      // Ended, or about to be started again by the engine.
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// The engine's words where it refuses to give a container's logs; nil for all that is not about this container.
  ///
  /// The logging driver `none` is refused with 501 by Docker and with 500 by Podman.
  static func refusal(_ error: any Error) -> String? {
    guard let error = error as? EngineError else { return nil }
    switch error {
    case .api(_, _, let message), .failedInStream(_, let message), .unsupported(_, let message): return message
    case .badEndpoint, .badTLS, .unreachable, .connectionLost, .timedOut, .cancelled, .notFound, .conflict, .notModified,
      .tooLarge, .malformedAnswer, .apiTooOld, .badArgument, .credentials, .shutDown:
      return nil
    }
  }
}

extension ContainerState {
  /// It does not run, and the engine will not start it again by itself.
  var hasEnded: Bool { status == .exited || status == .dead || status == .created }
}
