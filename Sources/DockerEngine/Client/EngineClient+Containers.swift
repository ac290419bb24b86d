/// When `waitContainer` is satisfied.
package enum ContainerWaitCondition: String, Sendable {
  /// At once when it does not run now.
  case notRunning = "not-running"
  /// At its next exit; a container that was not started yet is waited for.
  case nextExit = "next-exit"
  case removed
}

extension EngineClient {
  // MARK: Looking

  /// The containers, running ones only unless `all`.
  package func listContainers(
    all: Bool = false, filters: EngineFilters = [:], withSizes: Bool = false, limit: Int? = nil
  ) async throws(EngineError) -> [ContainerSummary] {
    var request = EngineRequest(
      .GET, "/containers/json", limit: withSizes ? limits.slowRead : limits.read, answerBytes: limits.listBytes)
    request.query.add("all", all)
    request.query.add("size", withSizes)
    request.query.add("limit", limit.map { "\($0)" })
    request.query.add(filters)
    return try await decoded([ContainerSummary].self, request)
  }

  /// One container, by Id or name; `notFound` when there is none.
  package func inspectContainer(_ container: String, withSizes: Bool = false) async throws(EngineError) -> ContainerInspection {
    var request = EngineRequest(
      .GET, try containerPath(container, "json"), limit: withSizes ? limits.slowRead : limits.read,
      answerBytes: limits.objectBytes)
    request.query.add("size", withSizes)
    return try await decoded(ContainerInspection.self, request)
  }

  /// The processes in a running container; `arguments` are those of `ps`.
  package func topContainer(_ container: String, arguments: String? = nil) async throws(EngineError) -> ContainerProcesses {
    var request = EngineRequest(
      .GET, try containerPath(container, "top"), limit: limits.read, answerBytes: limits.objectBytes)
    request.query.add("ps_args", arguments)
    return try await decoded(ContainerProcesses.self, request)
  }

  // MARK: Changing

  /// Creates a container; `platform` is `os[/arch[/variant]]`. A taken name is `conflict`, a missing image `notFound`.
  package func createContainer(
    named name: String? = nil, _ spec: ContainerSpec, platform: String? = nil
  ) async throws(EngineError) -> CreatedContainer {
    var request = try write(.POST, "/containers/create")
    request.query.add("name", name)
    request.subject = name
    request.query.add("platform", platform)
    request.body = .json(try encodedJSON(spec))
    return try await decoded(CreatedContainer.self, request)
  }

  /// Starts a container; false when it ran already.
  @discardableResult
  package func startContainer(_ container: String) async throws(EngineError) -> Bool {
    try await changes(try write(.POST, try containerPath(container, "start")))
  }

  /// Stops a container, by force after the grace period (nil: the container's own); false when it did not run.
  ///
  /// `signal` needs API 1.42; nil is the container's own. A grace of -1 waits without end, up to the call's limit of a day.
  @discardableResult
  package func stopContainer(
    _ container: String, graceSeconds: Int? = nil, signal: String? = nil
  ) async throws(EngineError) -> Bool {
    try await changes(try await stopRequest(container, "stop", graceSeconds: graceSeconds, signal: signal))
  }

  /// Stops as `stopContainer` does, and starts again.
  package func restartContainer(
    _ container: String, graceSeconds: Int? = nil, signal: String? = nil
  ) async throws(EngineError) {
    _ = try await perform(try await stopRequest(container, "restart", graceSeconds: graceSeconds, signal: signal))
  }

  /// Sends a signal (`SIGKILL` when nil). A container that does not run is `conflict`.
  package func killContainer(_ container: String, signal: String? = nil) async throws(EngineError) {
    var request = try write(.POST, try containerPath(container, "kill"))
    request.query.add("signal", signal)
    _ = try await perform(request)
  }

  /// Freezes all processes of a running container.
  package func pauseContainer(_ container: String) async throws(EngineError) {
    _ = try await perform(try write(.POST, try containerPath(container, "pause")))
  }

  /// Lets a paused container go on.
  package func unpauseContainer(_ container: String) async throws(EngineError) {
    _ = try await perform(try write(.POST, try containerPath(container, "unpause")))
  }

  /// Gives a container another name; a taken one is `conflict`.
  package func renameContainer(_ container: String, to name: String) async throws(EngineError) {
    var request = try write(.POST, try containerPath(container, "rename"))
    request.query.add("name", name)
    _ = try await perform(request)
  }

  /// Changes limits and the restart policy of a container in place.
  @discardableResult
  package func updateContainer(_ container: String, _ update: ContainerUpdate) async throws(EngineError) -> ContainerUpdated {
    var request = try write(.POST, try containerPath(container, "update"))
    request.body = .json(try encodedJSON(update))
    return try await decoded(ContainerUpdated.self, request)
  }

  /// Removes a container, a running one only by force; `volumes` are its anonymous ones.
  package func removeContainer(
    _ container: String, force: Bool = false, volumes: Bool = false
  ) async throws(EngineError) {
    var request = EngineRequest(
      .DELETE, "/containers/\(try segment(container, "container"))", limit: limits.removal, answerBytes: limits.objectBytes)
    request.query.add("force", force)
    request.query.add("v", volumes)
    _ = try await perform(request)
  }

  /// Removes all containers that do not run.
  package func pruneContainers(filters: EngineFilters = [:]) async throws(EngineError) -> ContainersPruned {
    var request = EngineRequest(.POST, "/containers/prune", limit: limits.removal, answerBytes: limits.listBytes)
    request.query.add(filters)
    return try await decoded(ContainersPruned.self, request)
  }

  /// Sets the size of a container's terminal.
  package func resizeContainer(_ container: String, rows: Int, columns: Int) async throws(EngineError) {
    _ = try await perform(try resizeRequest(try containerPath(container, "resize"), rows: rows, columns: columns))
  }

  // MARK: Waiting

  /// Waits for a container to end, as long as the task is not cancelled; `limit` bounds it.
  package func waitContainer(
    _ container: String, for condition: ContainerWaitCondition = .notRunning, limit: Duration? = nil
  ) async throws(EngineError) -> ContainerWaitResult {
    try await startWaiting(container, for: condition).result(limit: limit)
  }

  /// Begins to wait: when this returns, the engine is watching, so that a container started now is not missed.
  package func startWaiting(
    _ container: String, for condition: ContainerWaitCondition
  ) async throws(EngineError) -> ContainerWait {
    var request = EngineRequest(
      .POST, try containerPath(container, "wait"), limit: limits.streamStart, answerBytes: limits.objectBytes)
    request.query.add("condition", condition.rawValue)
    return ContainerWait(stream: try await open(request), messageBytes: limits.messageBytes)
  }

  // MARK: Requests

  func containerPath(_ container: String, _ verb: String) throws(EngineError) -> String {
    "/containers/\(try segment(container, "container"))/\(verb)"
  }

  /// Sends a change; false when there was nothing to change.
  func changes(_ request: EngineRequest) async throws(EngineError) -> Bool {
    do {
      _ = try await perform(request)
      return true
    } catch .notModified {
      return false
    }
  }

  private func stopRequest(
    _ container: String, _ verb: String, graceSeconds: Int?, signal: String?
  ) async throws(EngineError) -> EngineRequest {
    if signal != nil { try await require(APIVersion(major: 1, minor: 42), for: "choosing the signal of a \(verb)") }
    var request = try write(.POST, try containerPath(container, verb))
    request.query.add("t", graceSeconds.map { "\($0)" })
    request.query.add("signal", signal)
    // Nil: the container's own grace period, which is not known here.
    request.limit =
      switch graceSeconds {
      case nil: .seconds(600) + limits.stopMargin
      case let seconds? where seconds < 0: .seconds(86_400)
      case let seconds?: .seconds(min(seconds, 86_400)) + limits.stopMargin
      }
    return request
  }
}

/// A wait for a container's end that the engine has taken up. Dropping it ends the wait.
package struct ContainerWait: Sendable {
  let stream: AnswerStream
  let messageBytes: Int

  /// Waits for the end, at most `limit`.
  package func result(limit: Duration? = nil) async throws(EngineError) -> ContainerWaitResult {
    var results = MessageStream<ContainerWaitResult>(stream, messageBytes: messageBytes, silenceLimit: limit)
      .makeAsyncIterator()
    guard let result = try await results.next() else {
      throw .connectionLost(call: stream.call, reason: "the engine ended the wait without a result")
    }
    return result
  }
}
