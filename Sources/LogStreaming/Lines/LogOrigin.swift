/// A container whose lines are streamed, with the names that its lines carry.
package struct LogOrigin: Hashable, Sendable {
  /// The server it is on; nil is this machine.
  package var server: String?
  package var stack: String?
  package var service: String?
  /// The container, and its name as lines carry it.
  package var source: LogSource

  package init(_ source: LogSource, service: String? = nil, stack: String? = nil, server: String? = nil) {
    self.source = source
    self.service = service
    self.stack = stack
    self.server = server
  }

  /// What is read: one reader each.
  var key: LogOriginKey { LogOriginKey(server: server, id: source.id) }
}

struct LogOriginKey: Hashable, Sendable {
  var server: String?
  var id: String

  /// 64 bits of it, for cursors (FNV-1a).
  var digest: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in Array((server ?? "").utf8) + [0] + Array(id.utf8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return hash
  }
}
