package import NIOCore

/// What containers have written, as a file: chunks as they are taken, with back-pressure to the engines.
package struct LogDownload: Sendable {
  private let hub: LogHub
  private let request: LogRequest
  private let form: LogForm

  /// - Parameters:
  ///   - selection: The last lines, or a range; the last duration is a range.
  ///   - form: Text with or without times and sources, or an object on each line.
  package init(_ hub: LogHub, _ origins: [LogOrigin], _ selection: LogSelection, filter: LogFilter? = nil, form: LogForm) {
    self.hub = hub
    self.form = form == .json ? .jsonLines : form
    request = LogRequest(origins, selection, follows: false, filter: filter, creditBytes: 1 << 40)
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
