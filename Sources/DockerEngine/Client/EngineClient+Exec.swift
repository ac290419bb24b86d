extension EngineClient {
  /// Prepares a command in a running container and answers the exec's Id.
  package func createExec(in container: String, _ spec: ExecSpec) async throws(EngineError) -> String {
    var request = try write(.POST, try containerPath(container, "exec"))
    request.body = .json(try encodedJSON(spec))
    return try await decoded(CreatedObject.self, request).id
  }

  /// Runs a prepared command, joined to its input and output; `hasTTY` must be that of its spec.
  package func startExec(_ exec: String, hasTTY: Bool) async throws(EngineError) -> HijackedConnection {
    try await hijack(try startRequest(exec, isDetached: false, hasTTY: hasTTY), framing: hasTTY ? .raw : .multiplexed)
  }

  /// Runs a prepared command without waiting for it.
  package func startExecDetached(_ exec: String, hasTTY: Bool = false) async throws(EngineError) {
    _ = try await perform(try startRequest(exec, isDetached: true, hasTTY: hasTTY))
  }

  /// Sets the size of an exec's terminal; it must have been started.
  package func resizeExec(_ exec: String, rows: Int, columns: Int) async throws(EngineError) {
    _ = try await perform(try resizeRequest("/exec/\(try segment(exec, "exec"))/resize", rows: rows, columns: columns))
  }

  /// How an exec is doing; its exit code once it has ended.
  package func inspectExec(_ exec: String) async throws(EngineError) -> ExecInspection {
    try await decoded(
      ExecInspection.self,
      EngineRequest(.GET, "/exec/\(try segment(exec, "exec"))/json", limit: limits.read, answerBytes: limits.objectBytes))
  }

  private func startRequest(_ exec: String, isDetached: Bool, hasTTY: Bool) throws(EngineError) -> EngineRequest {
    var start = ExecStart()
    start.isDetached = isDetached
    start.hasTTY = hasTTY
    var request = try write(.POST, "/exec/\(try segment(exec, "exec"))/start")
    request.body = .json(try encodedJSON(start))
    return request
  }
}
