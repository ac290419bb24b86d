import NIOHTTP1

/// Which output of a container is wanted.
package struct LogOptions: Hashable, Sendable {
  package var includesStdout = true
  package var includesStderr = true
  /// Goes on with what is written later, until the container ends.
  package var follows = false
  package var since: EngineTimestamp?
  package var until: EngineTimestamp?
  /// Puts the time before each line (RFC 3339 with nine decimals, then a space).
  package var hasTimestamps = false
  /// The last lines only; nil is all.
  package var tail: Int?

  package init() {}
}

/// Which ends of a container an attach joins.
package struct AttachOptions: Hashable, Sendable {
  package var attachesStdin = false
  package var attachesStdout = true
  package var attachesStderr = true
  /// Begins with what was written before.
  package var includesLogs = false
  /// Keys that detach, such as `ctrl-p,ctrl-q`; nil is the engine's own setting.
  package var detachKeys: String?

  package init() {}
}

extension EngineClient {
  /// The output of a container. Without `framing` the container is inspected first when the engine does not tell by itself.
  package func logs(
    of container: String, _ options: LogOptions = LogOptions(), framing: LogFraming? = nil
  ) async throws(EngineError) -> LogStream {
    var request = EngineRequest(
      .GET, try containerPath(container, "logs"), limit: limits.streamStart, answerBytes: limits.objectBytes)
    request.query.add("stdout", options.includesStdout)
    request.query.add("stderr", options.includesStderr)
    request.query.add("follow", options.follows)
    request.query.add("timestamps", options.hasTimestamps)
    request.query.add("since", options.since?.queryText)
    request.query.add("until", options.until?.queryText)
    request.query.add("tail", options.tail.map { "\($0)" })
    let known = try await knownFraming(of: container, framing)
    let stream = try await open(request)
    // An engine sends each line as a piece of its own.
    stream.connection.gatherReads()
    return LogStream(
      stream: stream, framing: try await self.framing(of: stream, otherwise: known),
      silenceLimit: options.follows ? nil : limits.logSilence)
  }

  /// Joins a container's input and output.
  package func attach(
    to container: String, _ options: AttachOptions = AttachOptions(), framing: LogFraming? = nil
  ) async throws(EngineError) -> HijackedConnection {
    var request = try write(.POST, try containerPath(container, "attach"))
    request.query.add("stream", true)
    request.query.add("stdin", options.attachesStdin)
    request.query.add("stdout", options.attachesStdout)
    request.query.add("stderr", options.attachesStderr)
    request.query.add("logs", options.includesLogs)
    request.query.add("detachKeys", options.detachKeys)
    let known = try await knownFraming(of: container, framing)
    return try await hijack(request, framing: known)
  }

  /// Samples of what a container uses, one a second; ends when the container is removed.
  package func stats(of container: String) async throws(EngineError) -> StatsStream {
    var request = EngineRequest(
      .GET, try containerPath(container, "stats"), limit: limits.streamStart, answerBytes: limits.messageBytes)
    request.query.add("stream", true)
    return StatsStream(try await open(request), messageBytes: limits.messageBytes)
  }

  /// One sample. With `waitsForPrevious` it takes a second or two and tells the use in between; else only counters.
  package func statsOnce(of container: String, waitsForPrevious: Bool = false) async throws(EngineError) -> ContainerStats {
    var request = EngineRequest(
      .GET, try containerPath(container, "stats"), limit: limits.read, answerBytes: limits.objectBytes)
    request.query.add("stream", "0")
    request.query.add("one-shot", !waitsForPrevious)
    return try await decoded(ContainerStats.self, request)
  }

  func hijack(_ request: EngineRequest, framing: LogFraming) async throws(EngineError) -> HijackedConnection {
    let stream = try await open(request, upgrades: true)
    guard stream.head.status == .switchingProtocols else {
      throw .unsupported(
        feature: "joining input and output", reason: "the engine at \(name) answered \(stream.status) instead of switching")
    }
    return HijackedConnection(stream, framing: try await self.framing(of: stream, otherwise: framing))
  }

  /// From API 1.42 on the content type tells; before, it said `raw-stream` for both.
  private func framing(of stream: AnswerStream, otherwise known: LogFraming) async throws(EngineError) -> LogFraming {
    switch stream.head.headers.first(name: "Content-Type") {
    case "application/vnd.docker.multiplexed-stream": .multiplexed
    case "application/vnd.docker.raw-stream": try await tellsFraming() ? .raw : known
    default: known
    }
  }

  private func knownFraming(of container: String, _ framing: LogFraming?) async throws(EngineError) -> LogFraming {
    if let framing { return framing }
    if try await tellsFraming() { return .multiplexed }
    return try await inspectContainer(container).config.hasTTY ? .raw : .multiplexed
  }

  private func tellsFraming() async throws(EngineError) -> Bool {
    let identity = try await identity()
    return identity.apiVersion >= APIVersion(major: 1, minor: 42) && !identity.isPodman
  }
}
