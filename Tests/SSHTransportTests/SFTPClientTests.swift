import Glibc
import SSHTransport
import SlipwayTesting
import Testing

@Suite(.needsSFTPServer, .timeLimit(.minutes(1))) struct SFTPClientTests {
  @Test func `A file comes back as it was written, with its mode and time`() async throws {
    try await SFTPServerProcess.with { client, folder in
      let bytes = (0..<700_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      var rest = bytes[...]
      try await client.write("\(folder)/a", mode: 0o754, modifiedSeconds: 1_000_000) { limit in
        guard !rest.isEmpty else { return nil }
        defer { rest = rest.dropFirst(limit) }
        return Array(rest.prefix(limit))
      }
      #expect(try await client.read("\(folder)/a", limit: 1 << 20) == bytes)
      let seen = try #require(try await client.lstat("\(folder)/a"))
      #expect((seen.mode ?? 0) & 0o7777 == 0o754)
      #expect(seen.modifiedSeconds == 1_000_000)
      #expect(seen.sizeBytes == 700_001)
      #expect(seen.kind == .file)
    }
  }

  @Test func `Names are listed, renamed over others, linked and removed`() async throws {
    try await SFTPServerProcess.with { client, folder in
      try await client.makeFolder("\(folder)/d", mode: 0o755)
      try await client.makeFolder("\(folder)/d", mode: 0o755)
      try await client.write([1], to: "\(folder)/d/a", mode: 0o600)
      try await client.write([2], to: "\(folder)/d/b", mode: 0o600)
      try await client.rename("\(folder)/d/a", to: "\(folder)/d/b")
      try await client.makeHardLink("\(folder)/d/c", to: "\(folder)/d/b")
      try await client.makeLink("\(folder)/d/l", to: "b")
      #expect(try await client.readLink("\(folder)/d/l") == "b")
      #expect(try await client.readLink("\(folder)/none") == nil)
      #expect(try await client.read("\(folder)/d/c", limit: 10) == [1])
      #expect(try await client.read("\(folder)/none", limit: 10) == nil)
      #expect(try await Set(client.list("\(folder)/d").map(\.name)) == ["b", "c", "l"])
      #expect(try await client.stat("\(folder)/d/l")?.kind == .file)
      #expect(try await client.lstat("\(folder)/d/l")?.kind == .link)
      #expect(try await client.realPath("\(folder)/d/../d/l") == "\(folder)/d/b")
      try await client.removeTree("\(folder)/d")
      #expect(try await client.lstat("\(folder)/d") == nil)
      #expect(try await client.freeBytes(at: folder) ?? 0 > 0)
    }
  }

  @Test func `A file that is emptied and written again stays the same file`() async throws {
    try await SFTPServerProcess.with { client, folder in
      try await client.write([1, 2, 3], to: "\(folder)/a", mode: 0o644)
      try await client.makeHardLink("\(folder)/b", to: "\(folder)/a")
      try await client.write([9], to: "\(folder)/a", mode: 0o644, .overwriting)
      #expect(try await client.read("\(folder)/b", limit: 10) == [9])
      await #expect(throws: SFTPError.self) { try await client.write([1], to: "\(folder)/a", mode: 0o644) }
    }
  }

  @Test func `Hundreds of files are written side by side`() async throws {
    try await SFTPServerProcess.with { client, folder in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<600 {
          if number >= client.openFiles { try await group.next() }
          group.addTask { try await client.write(Array("\(number)".utf8), to: "\(folder)/\(number)", mode: 0o644) }
        }
        try await group.waitForAll()
      }
      #expect(try await client.list(folder).count == 600)
      #expect(try await client.read("\(folder)/599", limit: 10) == Array("599".utf8))
    }
  }

  @Test func `What the server refuses is told with its path`() async throws {
    let server = try SFTPServerProcess(["-R"])
    defer { server.end() }
    let client = try await SFTPClient.open(descriptor: server.descriptor, server: "alpha")
    await #expect(throws: SFTPError.denied(server: "alpha", path: "/tmp/slipway-not-there")) {
      try await client.write([1], to: "/tmp/slipway-not-there", mode: 0o644)
    }
    #expect(try await client.stat("/tmp")?.kind == .folder)
  }

  @Test func `A larger file than asked for is refused`() async throws {
    try await SFTPServerProcess.with { client, folder in
      try await client.write([UInt8](repeating: 0, count: 100_000), to: "\(folder)/a", mode: 0o644)
      await #expect(throws: SFTPError.tooLarge(server: "alpha", path: "\(folder)/a", limit: 50_000)) {
        try await client.read("\(folder)/a", limit: 50_000)
      }
      #expect(client.ended == nil)
    }
  }

  @Test func `A server that ends in the middle is told as lost`() async throws {
    let server = try SFTPServerProcess()
    let client = try await SFTPClient.open(descriptor: server.descriptor, server: "alpha")
    server.end()
    await #expect(throws: SFTPError.self) { _ = try await client.stat("/") }
    let end = client.ended
    guard case .lost? = end else {
      Issue.record("\(String(describing: end))")
      return
    }
  }
}
