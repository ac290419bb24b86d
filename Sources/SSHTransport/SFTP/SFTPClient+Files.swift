import Synchronization

extension SFTPClient {
  /// The bytes of a regular file; nil when nothing is there.
  ///
  /// - Parameter limit: a larger file is an error.
  package func read(_ path: String, limit: Int) async throws(SFTPError) -> [UInt8]? {
    let handle: SFTPHandle
    do {
      handle = try await openForReading(path)
    } catch {
      guard case .missing = error else { throw error }
      return nil
    }
    do throws(SFTPError) {
      var bytes: [UInt8] = []
      var isAtEnd = false
      while !isAtEnd {
        // Some ahead, so that a long way does not count for each part.
        var tickets: [SFTPConnection.Ticket] = []
        for index in 0..<Self.readsAhead {
          var request = SFTPWriter()
          request.add(UInt64(bytes.count + index * limits.chunkBytes))
          request.add(UInt32(limits.chunkBytes))
          tickets.append(try await connection.submit(SFTPType.read, handle.body + request.bytes))
        }
        var isShort = false
        for ticket in tickets {
          let reply = try await connection.answer(to: ticket)
          // Behind a part that came short, the offsets are wrong: asked for again.
          if isShort || isAtEnd { continue }
          if reply.type == SFTPType.status, try status(reply).code == SFTPStatus.endOfFile {
            isAtEnd = true
            continue
          }
          let part = try parse(reply, SFTPType.data, "read", path) { reader throws(SFTPReader.Malformed) in
            let part = try reader.string()
            guard !part.isEmpty, part.count <= limits.chunkBytes else {
              throw SFTPReader.Malformed(reason: "\(part.count) bytes where up to \(limits.chunkBytes) were asked for")
            }
            return part
          }
          bytes += part
          isShort = part.count < limits.chunkBytes
          guard bytes.count <= limit else { throw SFTPError.tooLarge(server: server, path: path, limit: limit) }
        }
      }
      try await close(handle, path)
      return bytes
    } catch {
      _ = try? await close(handle, path)
      throw error
    }
  }

  private static let readsAhead = 8

  private func openForReading(_ path: String) async throws(SFTPError) -> SFTPHandle {
    var body = SFTPWriter()
    body.add(path)
    body.add(UInt32(1))
    body.add(SFTPAttributes())
    return try await handle(SFTPType.open, path, "open", body.bytes)
  }

  /// Where the bytes of a file come from: the next part, nil at the end. Called in order.
  package typealias Source = (_ limit: Int) throws -> [UInt8]?

  /// How a file is begun.
  package enum Creation: Sendable {
    /// It must not be there.
    case new
    /// What is there is emptied, and stays the same file: who has it mounted sees the new content.
    case overwriting
  }

  /// Writes a whole file, with its mode, and onto the disk where the server can do that (`fsync@openssh.com`).
  ///
  /// Takes two round trips for a small file: one to open it, one for all the rest.
  package func write(
    _ path: String, mode: UInt32, modifiedSeconds: UInt32? = nil, _ creation: Creation = .new, from source: Source
  ) async throws {
    var body = SFTPWriter()
    body.add(path)
    // Write, create, and exclusively or emptied (section 6.3).
    body.add(creation == .new ? UInt32(0x02 | 0x08 | 0x20) : UInt32(0x02 | 0x08 | 0x10))
    body.add(SFTPAttributes(mode: mode & 0o700 | 0o600))
    let handle = try await handle(SFTPType.open, path, "write", body.bytes)
    var tickets: [SFTPConnection.Ticket] = []
    var offset: UInt64 = 0
    do {
      while let part = try source(limits.chunkBytes) {
        var request = SFTPWriter()
        request.add(offset)
        request.add(string: part[...])
        tickets.append(try await connection.submit(SFTPType.write, handle.body + request.bytes))
        offset += UInt64(part.count)
        // A large file does not pile up its answers.
        if tickets.count >= Self.writesAhead {
          let first = tickets.removeFirst()
          try await succeedWriting(first, path)
        }
      }
      let attributes = SFTPAttributes(mode: mode & 0o7777, modifiedSeconds: modifiedSeconds)
      tickets.append(try await connection.submit(SFTPType.fsetstat, handle.body + attributes.bytes))
      if extensions.syncs {
        var sync = SFTPWriter()
        sync.add("fsync@openssh.com")
        tickets.append(try await connection.submit(SFTPType.extended, sync.bytes + handle.body))
      }
    } catch {
      _ = try? await close(handle, path)
      throw error
    }
    let closing = try await connection.submit(SFTPType.close, handle.body)
    var failure: SFTPError?
    for ticket in tickets + [closing] {
      do {
        try await succeedWriting(ticket, path)
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }

  private static let writesAhead = 96

  private func succeedWriting(_ ticket: SFTPConnection.Ticket, _ path: String) async throws(SFTPError) {
    let reply = try await connection.answer(to: ticket)
    do {
      try succeed(reply, "write", path)
    } catch {
      // A full disk is only "Failure" in version 3; the space that is left tells.
      guard case .failed = error, let free = try? await freeBytes(at: Self.parent(of: path)), free < 1 << 20 else { throw error }
      throw .noSpace(server: server, path: path, freeBytes: free)
    }
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Writes bytes that are at hand.
  package func write(
    _ bytes: [UInt8], to path: String, mode: UInt32, _ creation: Creation = .new
  ) async throws {
    var rest = bytes[...]
    try await write(path, mode: mode, creation) { limit in
      guard !rest.isEmpty else { return nil }
      defer { rest = rest.dropFirst(limit) }
      return Array(rest.prefix(limit))
    }
  }

  /// Whether its owner cannot remove what is in it.
  private static func isLocked(_ folder: SFTPAttributes) -> Bool { (folder.mode ?? 0) & 0o700 != 0o700 }

  /// Removes a path with all that is below it; links are not followed. Nothing there is fine.
  package func removeTree(_ path: String) async throws(SFTPError) {
    guard let found = try await lstat(path) else { return }
    guard found.kind == .folder else { return try await remove(path) }
    if Self.isLocked(found) { try await setAttributes(SFTPAttributes(mode: 0o700), of: path) }
    // The folders, each before what is in it.
    var folders = [path]
    var index = 0
    while index < folders.count {
      let folder = folders[index]
      index += 1
      guard folders.count <= limits.names else { throw .tooLarge(server: server, path: path, limit: limits.names) }
      var files: [String] = []
      do throws(SFTPError) {
        for (name, attributes) in try await list(folder) {
          let child = folder + "/" + name
          guard attributes.kind == .folder else {
            files.append(child)
            continue
          }
          if Self.isLocked(attributes) { try await setAttributes(SFTPAttributes(mode: 0o700), of: child) }
          folders.append(child)
        }
      } catch {
        guard case .missing = error else { throw error }
        continue
      }
      var tickets: [(SFTPConnection.Ticket, String)] = []
      for file in files {
        var body = SFTPWriter()
        body.add(file)
        tickets.append((try await connection.submit(SFTPType.remove, body.bytes), file))
      }
      for (ticket, file) in tickets {
        do {
          try succeed(try await connection.answer(to: ticket), "remove", file)
        } catch {
          guard case .missing = error else { throw error }
        }
      }
    }
    for folder in folders.reversed() { try await removeFolder(folder) }
  }
}
