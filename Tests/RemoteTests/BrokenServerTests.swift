import DockerEngine
import Foundation
import Glibc
import SSHTransport
import SlipwayTesting
import Testing

/// Hosts that do not do what a server should: each is told by its name, with what to do, within 10 s.
@Suite(.needsRemotes, .timeLimit(.minutes(3)))
struct BrokenServerTests {
  private func hop(port: Int, host: String = "127.0.0.1", to remote: RemoteHost) throws -> SSHHop {
    SSHHop(
      address: try SSHAddress(user: "deploy", host: host, port: UInt16(port)), hostKey: .pinned(try remote.hostKeys),
      credential: try remote.key(\.ed25519), name: "broken")
  }

  /// The error of a session with a server that is none, which must come in time.
  private func failure(_ hop: SSHHop, limit: Duration = .seconds(8)) async throws -> SSHError {
    let begin = ContinuousClock.now
    let error = try await sshError {
      let session = try await SSHSession.connect(to: hop, limit: limit)
      await session.close()
    }
    #expect(ContinuousClock.now - begin < .seconds(10))
    let found = try #require(error)
    #expect(found.message.hasPrefix("broken: "), "\(found)")
    #expect(!found.fix.isEmpty)
    return found
  }

  @Test func `Nobody listens`() async throws {
    let host = try #require(try await RemoteHost.all().first)
    let port = try await PlayedServer.with({ _ in }) { port in port }
    guard case .unreachable(_, let reason) = try await failure(hop(port: port, to: host)) else {
      Issue.record("another error")
      return
    }
    #expect(reason.contains("refused"))
  }

  @Test func `An address where nobody answers, and a name that nobody has`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      try await host.cut()
      let error = try await failure(hop(port: host.port, host: host.address, to: host), limit: .seconds(3))
      try await host.heal()
      guard case .timedOut(_, .connecting, .seconds(3)) = error else {
        Issue.record("\(error)")
        return
      }
      let unknown = try await failure(hop(port: 22, host: "nobody.invalid", to: host))
      switch unknown {
      case .unknownHost, .timedOut(_, .resolving, _): break
      default: Issue.record("\(unknown)")
      }
    }
  }

  @Test(arguments: [
    "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<html>", "SSH-1.5-old\r\n", "\r\n\r\n", "\u{0}\u{1}\u{2}", "",
  ])
  func `A server that says something else and hangs up has no SSH session`(greeting: String) async throws {
    let host = try #require(try await RemoteHost.all().first)
    try await PlayedServer.with({ client in
      unsafe send(client, greeting, greeting.utf8.count, CInt(MSG_NOSIGNAL))
      var bytes = [UInt8](repeating: 0, count: 4096)
      var entry = pollfd(fd: client, events: Int16(POLLIN), revents: 0)
      if unsafe poll(&entry, 1, 500) > 0 { unsafe recv(client, &bytes, bytes.count, 0) }
    }) { port in
      let error = try await failure(hop(port: port, to: host))
      guard case .handshake = error else {
        Issue.record("\(error)")
        return
      }
      #expect(!error.message.unicodeScalars.contains { $0.value < 32 })
    }
  }

  @Test func `A server that is silent is left after the limit`() async throws {
    let host = try #require(try await RemoteHost.all().first)
    try await PlayedServer.with(PlayedServer.silence) { port in
      guard case .timedOut(_, .handshake, .seconds(3)) = try await failure(hop(port: port, to: host), limit: .seconds(3)) else {
        Issue.record("another error")
        return
      }
    }
  }

  @Test func `A greeting without an end is not read for ever, nor kept`() async throws {
    let host = try #require(try await RemoteHost.all().first)
    try await PlayedServer.with({ client in
      let line = [UInt8](repeating: UInt8(ascii: "x"), count: 4096)
      while unsafe send(client, line, line.count, CInt(MSG_NOSIGNAL)) > 0 {}
    }) { port in
      let error = try await failure(hop(port: port, to: host), limit: .seconds(5))
      switch error {
      case .handshake, .timedOut: break
      default: Issue.record("\(error)")
      }
    }
  }

  @Test func `A server that stops in the middle of the key exchange is left after the limit`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      try await LinkProxy.with(host: host.address, port: host.port) { proxy in
        let watcher = Task {
          while proxy.packets < 2 { try await Task.sleep(for: .milliseconds(1)) }
          proxy.silence()
        }
        defer { watcher.cancel() }
        let error = try await failure(hop(port: proxy.port, to: host), limit: .seconds(3))
        guard case .timedOut = error else {
          Issue.record("\(error)")
          return
        }
      }
    }
  }

  @Test func `A connection that is cancelled ends at once`() async throws {
    let host = try #require(try await RemoteHost.all().first)
    try await PlayedServer.with(PlayedServer.silence) { port in
      let hop = try hop(port: port, to: host)
      let connecting = Task { try await sshError { _ = try await SSHSession.connect(to: hop, limit: .seconds(9)) } }
      try await Task.sleep(for: .milliseconds(200))
      let begin = ContinuousClock.now
      connecting.cancel()
      guard case .cancelled? = try await connecting.value else {
        Issue.record("another error")
        return
      }
      #expect(ContinuousClock.now - begin < .seconds(2))

      // Of a link, whoever does not wait any more is told at once, too.
      let link = SSHLink(hops: [hop])
      let opening = Task { try await sshError { _ = try await link.openEngine() } }
      try await Task.sleep(for: .milliseconds(200))
      let later = ContinuousClock.now
      opening.cancel()
      guard case .cancelled? = try await opening.value else {
        Issue.record("another error")
        return
      }
      await link.close()
      #expect(ContinuousClock.now - later < .seconds(2))
      #expect(try await sshError { _ = try await link.openEngine() } == .closed(hop: "broken"))
    }
  }
}
