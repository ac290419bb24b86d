/// Files on a server, over one channel of its SSH session: SFTP version 3 (draft-ietf-secsh-filexfer-02) with OpenSSH's extensions.
///
/// Any number of tasks may use it side by side: requests do not wait for each other's answers, so that many small files need few
/// round trips. A task that is cancelled in the middle of a request ends the whole transfer. Paths count from the login folder.
package final class SFTPClient: Sendable {
  /// What the server can do beyond the protocol (OpenSSH PROTOCOL section 4).
  package struct Extensions: Sendable {
    package var replacesByRename = false
    package var makesHardLinks = false
    package var syncs = false
    package var tellsSpace = false
    package var tellsLimits = false
  }

  package let extensions: Extensions
  /// Files that may be open at once.
  package let openFiles: Int
  let connection: SFTPConnection
  let limits: SFTPLimits

  package var server: String { connection.server }
  /// Why it is over; nil while it lives.
  package var ended: SFTPError? { connection.ended }

  private init(connection: SFTPConnection, limits: SFTPLimits, extensions: Extensions, openFiles: Int) {
    self.connection = connection
    self.limits = limits
    self.extensions = extensions
    self.openFiles = openFiles
  }

  deinit { connection.finish(.cancelled(server: connection.server)) }

  // MARK: Making

  /// Begins a file transfer over a connected descriptor, which is taken over.
  ///
  /// - Parameter server: as errors name it.
  package static func open(
    descriptor: CInt, server: String, limits: SFTPLimits = SFTPLimits()
  ) async throws(SFTPError) -> SFTPClient {
    guard let connection = SFTPConnection(descriptor: descriptor, server: server, limits: limits) else {
      throw .unavailable(server: server, reason: "this process has no descriptors or threads left")
    }
    do {
      return try await greet(connection, limits)
    } catch {
      connection.finish(error)
      // A server without the subsystem ends the channel, or has its shell print something.
      switch error {
      case .lost(_, let reason): throw .unavailable(server: server, reason: reason)
      case .malformed(_, let reason): throw .unavailable(server: server, reason: reason)
      default: throw error
      }
    }
  }

  /// Over a channel of the session.
  package static func open(_ session: SSHSession, server: String) async throws(SFTPError) -> SFTPClient {
    let descriptor: CInt
    do {
      descriptor = try await session.openFileTransfer()
    } catch {
      switch error {
      case .channelRefused(_, _, let reason): throw .unavailable(server: server, reason: reason)
      case .cancelled: throw .cancelled(server: server)
      default: throw .lost(server: server, reason: error.message)
      }
    }
    return try await open(descriptor: descriptor, server: server)
  }

  private static func greet(
    _ connection: SFTPConnection, _ limits: SFTPLimits
  ) async throws(SFTPError) -> SFTPClient {
    var reader = SFTPReader(try await connection.greet())
    var extensions = Extensions()
    do throws(SFTPReader.Malformed) {
      let version = try reader.word()
      guard version == 3 else { throw SFTPReader.Malformed(reason: "version \(version) of the protocol, not 3") }
      var count = 0
      while !reader.isAtEnd, count < 64 {
        count += 1
        let (name, value) = (try reader.words(), try reader.words())
        switch (name, value) {
        case ("posix-rename@openssh.com", "1"): extensions.replacesByRename = true
        case ("hardlink@openssh.com", "1"): extensions.makesHardLinks = true
        case ("fsync@openssh.com", "1"): extensions.syncs = true
        case ("statvfs@openssh.com", "2"): extensions.tellsSpace = true
        case ("limits@openssh.com", "1"): extensions.tellsLimits = true
        default: continue
        }
      }
    } catch {
      throw .malformed(server: connection.server, reason: error.reason)
    }
    var limits = limits
    var openFiles = standardOpenFiles
    if extensions.tellsLimits {
      let told = try await serverLimits(connection)
      // Beyond the data a write has its handle and offset.
      if told.packetBytes > 2048 { limits.chunkBytes = min(limits.chunkBytes, Int(clamping: told.packetBytes - 1024)) }
      for bytes in [told.readBytes, told.writeBytes] where bytes > 0 {
        limits.chunkBytes = min(limits.chunkBytes, Int(clamping: bytes))
      }
      if told.openFiles > 4 { openFiles = min(mostOpenFiles, Int(clamping: told.openFiles - 4)) }
    }
    return SFTPClient(connection: connection, limits: limits, extensions: extensions, openFiles: openFiles)
  }

  /// Where the server does not tell; OpenSSH before 8.5 has room for as many as its descriptors, at least 1,000 as a rule.
  private static let standardOpenFiles = 64
  private static let mostOpenFiles = 256

  /// Ends the transfer.
  package func close() { connection.finish(.cancelled(server: server)) }

  // MARK: Asking

  func reply(_ type: UInt8, _ body: [UInt8]) async throws(SFTPError) -> SFTPReply {
    try await connection.answer(to: try await connection.submit(type, body))
  }

  /// Ends the transfer: a server that answers wrongly is asked nothing more.
  func malformed(_ reason: String) -> SFTPError {
    let error = SFTPError.malformed(server: server, reason: reason)
    connection.finish(error)
    return error
  }

  func parse<Value>(
    _ reply: SFTPReply, _ type: UInt8, _ what: String, _ path: String,
    _ body: (inout SFTPReader) throws(SFTPReader.Malformed) -> Value
  ) throws(SFTPError) -> Value {
    guard reply.type == type else {
      try succeed(reply, what, path)
      throw malformed("no data to \(what)")
    }
    var reader = SFTPReader(reply.body)
    do {
      return try body(&reader)
    } catch {
      throw malformed(error.reason)
    }
  }

  /// The status code and the server's words; nil when the answer is none.
  func status(_ reply: SFTPReply) throws(SFTPError) -> (code: UInt32, words: String) {
    guard reply.type == SFTPType.status else { throw malformed("packet type \(reply.type) where a status belongs") }
    var reader = SFTPReader(reply.body)
    do {
      let code = try reader.word()
      return (code, reader.isAtEnd ? "" : try reader.words())
    } catch {
      throw malformed(error.reason)
    }
  }

  func succeed(_ reply: SFTPReply, _ what: String, _ path: String) throws(SFTPError) {
    let (code, words) = try status(reply)
    switch code {
    case SFTPStatus.ok: return
    case SFTPStatus.missing: throw .missing(server: server, path: path)
    case SFTPStatus.denied: throw .denied(server: server, path: path)
    case SFTPStatus.unsupported: throw .unsupported(server: server, what: what)
    default:
      throw .failed(server: server, what: what, path: path, reason: words.isEmpty ? "the server says no more" : words)
    }
  }

  private func ask(_ type: UInt8, _ what: String, _ path: String, _ rest: [UInt8] = []) async throws(SFTPError) {
    try succeed(try await reply(type, Self.body(path, rest)), what, path)
  }

  private static func body(_ path: String, _ rest: [UInt8] = []) -> [UInt8] {
    var writer = SFTPWriter()
    writer.add(path)
    return writer.bytes + rest
  }

  func askExtended(_ name: String, _ fields: [String]) async throws(SFTPError) -> SFTPReply {
    var writer = SFTPWriter()
    writer.add(name)
    for field in fields { writer.add(field) }
    return try await reply(SFTPType.extended, writer.bytes)
  }

  // MARK: Names

  /// The absolute path, as the server has it.
  package func realPath(_ path: String) async throws(SFTPError) -> String {
    let reply = try await reply(SFTPType.realpath, Self.body(path))
    return try parse(reply, SFTPType.name, "look up", path) { reader throws(SFTPReader.Malformed) in
      guard try reader.word() == 1 else { throw SFTPReader.Malformed(reason: "not one name for \(path)") }
      return try Self.name(&reader)
    }
  }

  private static func name(_ reader: inout SFTPReader) throws(SFTPReader.Malformed) -> String {
    let bytes = try reader.string()
    guard bytes.count <= 4096, !bytes.contains(0) else { throw SFTPReader.Malformed(reason: "a name that cannot be one") }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What is there, links followed; nil when nothing is.
  package func stat(_ path: String) async throws(SFTPError) -> SFTPAttributes? {
    try await attributes(SFTPType.stat, path)
  }

  /// What is there, a link itself where it is one; nil when nothing is.
  package func lstat(_ path: String) async throws(SFTPError) -> SFTPAttributes? {
    try await attributes(SFTPType.lstat, path)
  }

  private func attributes(_ type: UInt8, _ path: String) async throws(SFTPError) -> SFTPAttributes? {
    let reply = try await reply(type, Self.body(path))
    do {
      return try parse(reply, SFTPType.attributes, "look at", path) { reader throws(SFTPReader.Malformed) in
        try SFTPAttributes(from: &reader)
      }
    } catch {
      guard case .missing = error else { throw error }
      return nil
    }
  }

  /// The names in a folder, without `.` and `..`, in no order.
  package func list(_ folder: String) async throws(SFTPError) -> [(name: String, attributes: SFTPAttributes)] {
    let handle = try await handle(SFTPType.opendir, folder, "open", Self.body(folder))
    do throws(SFTPError) {
      var found: [(name: String, attributes: SFTPAttributes)] = []
      while true {
        let reply = try await reply(SFTPType.readdir, handle.body)
        if reply.type == SFTPType.status, try status(reply).code == SFTPStatus.endOfFile { break }
        let more = try parse(reply, SFTPType.name, "list", folder) { reader throws(SFTPReader.Malformed) in
          var names: [(name: String, attributes: SFTPAttributes)] = []
          let count = try reader.word()
          guard count > 0 else { throw SFTPReader.Malformed(reason: "an empty part of a list") }
          for _ in 0..<count {
            let name = try Self.name(&reader)
            _ = try reader.string()
            let attributes = try SFTPAttributes(from: &reader)
            guard !name.isEmpty, !name.contains("/") else { throw SFTPReader.Malformed(reason: "a name that is a path") }
            if name != ".", name != ".." { names.append((name, attributes)) }
          }
          return names
        }
        found += more
        guard found.count <= limits.names else { throw SFTPError.tooLarge(server: server, path: folder, limit: limits.names) }
      }
      try await close(handle, folder)
      return found
    } catch {
      // The first failure says more than one of closing.
      _ = try? await close(handle, folder)
      throw error
    }
  }

  /// Makes a folder; one that is there is fine.
  ///
  /// - Parameter mode: permission bits; the server's own mask takes some away.
  package func makeFolder(_ path: String, mode: UInt32) async throws(SFTPError) {
    do {
      try await ask(SFTPType.mkdir, "make the folder", path, SFTPAttributes(mode: mode).bytes)
    } catch {
      // Version 3 has no code for "it is there".
      guard case .failed = error, try await stat(path)?.kind == .folder else { throw error }
    }
  }

  /// Removes a file or a link; nothing there is fine.
  package func remove(_ path: String) async throws(SFTPError) {
    do {
      try await ask(SFTPType.remove, "remove", path)
    } catch {
      guard case .missing = error else { throw error }
    }
  }

  /// Removes an empty folder; nothing there is fine.
  package func removeFolder(_ path: String) async throws(SFTPError) {
    do {
      try await ask(SFTPType.rmdir, "remove the folder", path)
    } catch {
      guard case .missing = error else { throw error }
    }
  }

  /// Gives a path another name, in the place of what has it where the server can.
  package func rename(_ path: String, to other: String) async throws(SFTPError) {
    if extensions.replacesByRename {
      return try succeed(try await askExtended("posix-rename@openssh.com", [path, other]), "rename", path)
    }
    var writer = SFTPWriter()
    writer.add(other)
    try await ask(SFTPType.rename, "rename", path, writer.bytes)
  }

  package func makeHardLink(_ path: String, to existing: String) async throws(SFTPError) {
    guard extensions.makesHardLinks else { throw .unsupported(server: server, what: "make hard links") }
    try succeed(try await askExtended("hardlink@openssh.com", [existing, path]), "make a hard link to", existing)
  }

  /// Makes a symbolic link. OpenSSH has the two paths the other way round than the draft (OpenSSH PROTOCOL section 4.1).
  package func makeLink(_ path: String, to target: String) async throws(SFTPError) {
    var writer = SFTPWriter()
    writer.add(target)
    writer.add(path)
    try succeed(try await reply(SFTPType.symlink, writer.bytes), "make the link", path)
  }

  /// Where a link leads to; nil when there is none.
  package func readLink(_ path: String) async throws(SFTPError) -> String? {
    let reply = try await reply(SFTPType.readlink, Self.body(path))
    do {
      return try parse(reply, SFTPType.name, "read the link", path) { reader throws(SFTPReader.Malformed) in
        guard try reader.word() == 1 else { throw SFTPReader.Malformed(reason: "not one target of a link") }
        return try Self.name(&reader)
      }
    } catch {
      guard case .missing = error else { throw error }
      return nil
    }
  }

  package func setAttributes(_ attributes: SFTPAttributes, of path: String) async throws(SFTPError) {
    try await ask(SFTPType.setstat, "change", path, attributes.bytes)
  }

  // MARK: The server

  /// Bytes that this user may still write to the file system of a path; nil when the server does not tell.
  package func freeBytes(at path: String) async throws(SFTPError) -> UInt64? {
    guard extensions.tellsSpace else { return nil }
    let reply = try await askExtended("statvfs@openssh.com", [path])
    return try parse(reply, SFTPType.extendedReply, "look at the space of", path) { reader throws(SFTPReader.Malformed) in
      // f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, … (OpenSSH PROTOCOL section 4.4).
      _ = try reader.long()
      let size = try reader.long()
      _ = try reader.long()
      _ = try reader.long()
      let (bytes, overflows) = size.multipliedReportingOverflow(by: try reader.long())
      return overflows ? .max : bytes
    }
  }

  /// What the server takes at once; zero: it does not say (OpenSSH PROTOCOL section 4.8).
  private static func serverLimits(_ connection: SFTPConnection) async throws(SFTPError) -> ServerLimits {
    var writer = SFTPWriter()
    writer.add("limits@openssh.com")
    let ticket = try await connection.submit(SFTPType.extended, writer.bytes)
    let reply = try await connection.answer(to: ticket)
    guard reply.type == SFTPType.extendedReply else { return ServerLimits() }
    var reader = SFTPReader(reply.body)
    do {
      return ServerLimits(
        packetBytes: try reader.long(), readBytes: try reader.long(), writeBytes: try reader.long(), openFiles: try reader.long())
    } catch {
      throw .malformed(server: connection.server, reason: error.reason)
    }
  }

  private struct ServerLimits {
    var packetBytes: UInt64 = 0
    var readBytes: UInt64 = 0
    var writeBytes: UInt64 = 0
    var openFiles: UInt64 = 0
  }
}

/// An open file or folder on the server.
struct SFTPHandle: Sendable {
  let bytes: [UInt8]

  /// As requests carry it.
  var body: [UInt8] {
    var writer = SFTPWriter()
    writer.add(string: bytes[...])
    return writer.bytes
  }
}

extension SFTPClient {
  func handle(_ type: UInt8, _ path: String, _ what: String, _ body: [UInt8]) async throws(SFTPError) -> SFTPHandle {
    let reply = try await reply(type, body)
    return try parse(reply, SFTPType.handle, what, path) { reader throws(SFTPReader.Malformed) in
      let bytes = try reader.string()
      // The draft's limit (section 4).
      guard !bytes.isEmpty, bytes.count <= 256 else { throw SFTPReader.Malformed(reason: "a handle of \(bytes.count) bytes") }
      return SFTPHandle(bytes: Array(bytes))
    }
  }

  func close(_ handle: SFTPHandle, _ path: String) async throws(SFTPError) {
    try succeed(try await reply(SFTPType.close, handle.body), "close", path)
  }
}
