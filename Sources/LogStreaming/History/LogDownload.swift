import DockerEngine
package import NIOCore

/// What containers have written, as a file: chunks as they are taken, with back-pressure to the engines.
package struct LogDownload: Sendable {
  /// How long an engine that goes away in the midst is waited for.
  private static let linkLimit: Duration = .seconds(30)
  /// For an engine to say that it can give a container's log.
  private static let answerLimit: Duration = .seconds(5)

  private let hub: LogHub
  private var request: LogRequest
  private let form: LogForm

  /// - Parameters:
  ///   - selection: The last lines, or a range; the last duration is a range.
  ///   - form: Text with or without times and sources, or an object on each line.
  package init(_ hub: LogHub, _ origins: [LogOrigin], _ selection: LogSelection, filter: LogFilter? = nil, form: LogForm) {
    self.hub = hub
    self.form = form == .json ? .jsonLines : form
    request = LogRequest(origins, selection, follows: false, filter: filter, creditBytes: 1 << 40, linkLimit: Self.linkLimit)
  }

  /// Asks for the logs before anything of them is given, and leaves out those that cannot be read, which it returns.
  ///
  /// - Throws: `LogStreamError`, and what the hub's engines throw where none can be read for that.
  package mutating func leaveOutUnreadable() async throws -> [LogOrigin] {
    let hub = hub
    let verdicts = try await withThrowingTaskGroup(of: (LogOriginKey, (any Error)?).self) { group in
      for origin in request.origins {
        group.addTask {
          do {
            try await withDeadline(Self.answerLimit) {
              let logs = try await hub.source(of: origin).logs
              var options = LogOptions()
              options.tail = 0
              // What is gone has nothing to give, which is no failure.
              _ = try await logs.stream(options)
            }
            return (origin.key, nil)
          } catch is DeadlinePassed {
            return (origin.key, LogStreamError.noAnswer(source: origin.source.name))
          } catch {
            guard !Task.isCancelled else { throw error }
            return (origin.key, error)
          }
        }
      }
      return try await group.reduce(into: [LogOriginKey: any Error]()) { $0[$1.0] = $1.1 }
    }
    let failures = request.origins.compactMap { verdicts[$0.key] }.filter { ContainerLogs.refusal($0) == nil }
    if let failure = failures.first, failures.count == request.origins.count { throw failure }
    let unreadable = request.origins.filter { verdicts[$0.key] != nil }
    request.origins.removeAll { verdicts[$0.key] != nil }
    return unreadable
  }

  /// Gives the chunks to `write`, merged by time; returns the lines there were, and the containers that could not be read.
  ///
  /// The next chunk is read when `write` has returned.
  /// - Throws: `LogStreamError`, what the hub's engines throw, and what `write` throws.
  package func stream(
    _ write: (ByteBuffer) async throws -> Void
  ) async throws -> (lines: Int, unreadable: [LogOrigin]) {
    var lines = 0
    var unreadable: [LogOrigin] = []
    try await hub.withSubscription(request, form: form) { subscription in
      while let delivery = try await subscription.next() {
        switch delivery {
        case .lines(let some):
          lines += some.count
          try await write(some.json)
          await subscription.grant(bytes: some.json.readableBytes)
        case .unreadable(let origin, _): unreadable.append(origin)
        case .gap, .replaced, .ended, .link: break
        }
      }
    }
    return (lines, unreadable)
  }
}
