package import NIOCore

/// What a subscription is to give.
package struct LogRequest: Sendable {
  package var origins: [LogOrigin]
  /// Of each container; where a cursor knows the container, that tells where to begin instead.
  package var selection: LogSelection
  /// Goes on with what is written later. A selection with an end is not followed.
  package var follows: Bool
  package var filter: LogFilter?
  /// Where another subscription left off.
  package var cursor: LogBookmark?
  /// Bytes of JSON that may be delivered before the first `grant`.
  package var creditBytes: Int
  /// How long an engine that goes away while history is read is waited for; nil: as long as the hub waits.
  package var linkLimit: Duration?

  package init(
    _ origins: [LogOrigin], _ selection: LogSelection = LogSelection(tail: 100), follows: Bool = true, filter: LogFilter? = nil,
    cursor: LogBookmark? = nil, creditBytes: Int = 1 << 20, linkLimit: Duration? = nil
  ) {
    self.origins = origins
    self.selection = selection
    self.follows = follows
    self.filter = filter
    self.cursor = cursor
    self.creditBytes = creditBytes
    self.linkLimit = linkLimit
  }
}

/// One message of a subscription.
package enum LogDelivery: Sendable {
  case lines(LogLines)
  /// Lines of a container that were dropped before the next ones of it, because they were not taken in time; 1 where it is not known
  /// how many.
  case gap(lines: Int, LogOrigin)
  /// Another container took the place of one of the same name.
  case replaced(LogOrigin, by: LogOrigin)
  /// The container has ended; all its lines came before. `code` is nil when it is gone.
  case ended(LogOrigin, code: Int?)
  /// The container's lines cannot be read, or no more.
  case unreadable(LogOrigin, reason: String)
  /// What happened to the way to a server; lines go on without loss when it is back.
  case link(server: String?, LinkNotice)
}

/// Lines in their order, encoded.
package struct LogLines: Sendable {
  /// Objects with commas between them (or, for a download, text); shared with others who get the same lines.
  package var json: ByteBuffer
  package var count: Int
  /// Where the subscription is behind these lines.
  package var bookmark: LogBookmark

  /// For a later `LogRequest`.
  package var cursor: String { bookmark.text }
}
