import Glibc
import SSHTransport
import Testing

/// A peer that plays a server's part from a script: for each packet that comes in, the next bytes go out.
private struct ScriptedServer {
  /// Version 3, no extensions.
  static let greeting: [UInt8] = [0, 0, 0, 5, 2, 0, 0, 0, 3]

  let descriptor: CInt

  init(_ answers: [[UInt8]]) throws {
    var pair: [CInt] = [-1, -1]
    try #require(unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0)
    descriptor = pair[0]
    let theirs = pair[1]
    // Small enough for the socket's buffer: nothing waits here.
    for answer in answers { _ = unsafe send(theirs, answer, answer.count, CInt(MSG_NOSIGNAL)) }
    self.theirs = theirs
  }

  private let theirs: CInt
  func close() { Glibc.close(theirs) }
}

@Suite(.timeLimit(.minutes(1))) struct SFTPHostileServerTests {
  static let garbage: [[UInt8]] = [
    // A packet of 2 GiB, an empty one, no packet at all, an answer to nothing, a greeting of version 2.
    [0x7f, 0xff, 0xff, 0xff, 101], [0, 0, 0, 0], Array("Welcome to alpha\n".utf8), [0, 0, 0, 5, 101, 0, 0, 0, 9],
    [0, 0, 0, 5, 2, 0, 0, 0, 2], [0, 0, 0, 3, 2, 0, 0], [0, 0, 0, 9, 2, 0, 0, 0, 3, 0, 0, 0, 99],
  ]

  @Test(arguments: garbage) func `Something that is no file transfer is told as none`(bytes: [UInt8]) async throws {
    let server = try ScriptedServer([bytes])
    defer { server.close() }
    do {
      _ = try await SFTPClient.open(descriptor: server.descriptor, server: "alpha")
      Issue.record("it was taken")
    } catch {
      guard case .unavailable = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  /// Answers to the first request, which has the number 1.
  static let answers: [[UInt8]] = [
    // Cut attributes, a text beyond its packet, a name where attributes belong, more names than there are.
    [0, 0, 0, 9, 105, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0, 13, 101, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 1, 0],
    [0, 0, 0, 9, 104, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0, 5, 200, 0, 0, 0, 1], [0, 0, 0, 5, 105, 0, 0, 0, 1],
    [0, 0, 0, 13, 105, 0, 0, 0, 1, 0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
  ]

  @Test(arguments: answers) func `A malformed answer ends the transfer`(bytes: [UInt8]) async throws {
    let server = try ScriptedServer([])
    defer { server.close() }
    let client = try await server.client()
    async let answer = client.stat("/")
    await server.answer(bytes)
    do {
      _ = try await answer
      Issue.record("it was taken")
    } catch {
      guard let error = error as? SFTPError, case .malformed = error else {
        Issue.record("\(error)")
        return
      }
      #expect(client.ended == error)
    }
  }

  @Test func `A server that does not answer is given up within the limit`() async throws {
    let server = try ScriptedServer([])
    defer { server.close() }
    var limits = SFTPLimits()
    limits.answer = .milliseconds(300)
    let client = try await server.client(limits)
    await #expect(throws: SFTPError.timedOut(server: "alpha", limit: .milliseconds(300))) { _ = try await client.stat("/") }
  }

  @Test func `A cancelled task ends the transfer at once`() async throws {
    let server = try ScriptedServer([])
    defer { server.close() }
    let client = try await server.client()
    let task = Task { try await client.stat("/") }
    task.cancel()
    await #expect(throws: SFTPError.cancelled(server: "alpha")) { _ = try await task.value }
    #expect(client.ended == .cancelled(server: "alpha"))
  }

  @Test func `More requests than have room wait for each other, and end with the transfer`() async throws {
    let server = try ScriptedServer([])
    var limits = SFTPLimits()
    limits.requests = 4
    let client = try await server.client(limits)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<20 {
        group.addTask {
          do {
            _ = try await client.stat("/")
            return false
          } catch {
            return true
          }
        }
      }
      server.close()
      for await hasFailed in group { #expect(hasFailed) }
    }
  }
}

extension ScriptedServer {
  /// After the greetings.
  fileprivate func client(_ limits: SFTPLimits = SFTPLimits()) async throws -> SFTPClient {
    async let client = SFTPClient.open(descriptor: descriptor, server: "alpha", limits: limits)
    await answer(Self.greeting)
    return try await client
  }

  /// Waits for a request, at most 5 s, then answers.
  fileprivate func answer(_ bytes: [UInt8]) async {
    let theirs = theirs
    for _ in 0..<500 {
      var buffer = [UInt8](repeating: 0, count: 4096)
      if unsafe recv(theirs, &buffer, buffer.count, CInt(MSG_DONTWAIT)) > 0 { break }
      try? await Task.sleep(for: .milliseconds(10))
    }
    _ = unsafe send(theirs, bytes, bytes.count, CInt(MSG_NOSIGNAL))
  }
}
