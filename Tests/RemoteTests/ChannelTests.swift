import DockerEngine
import Foundation
import Glibc
import SSHTransport
import SlipwayTesting
import Synchronization
import Testing

/// What a session's channels carry, and how they end.
@Suite(.needsRemotes, .timeLimit(.minutes(15)))
struct ChannelTests {
  /// A session with a host, and a socket there behind which `play` answers.
  private func with<Value>(
    options: [String] = [], limits: SessionLimits = SessionLimits(), _ play: @escaping @Sendable (CInt) -> Void,
    _ body: (SSHSession, RemotePath, RemoteHost) async throws -> Value
  ) async throws -> Value {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      let path = host.homes.deploy + "/p\(UInt32.random(in: 0 ... .max))"
      return try await PlayedServer.with(path: path, play) {
        func run() async throws -> Value {
          try await host.withSession(limits: limits) { try await body($0, RemotePath(socket: path), host) }
        }
        return try await options.isEmpty ? run() : host.with(options: options) { try await run() }
      }
    }
  }

  @Test func `Sixty channels at once carry their own bytes`() async throws {
    try await with(PlayedServer.echo) { session, path, _ in
      try await withThrowingTaskGroup { group in
        for number in 0..<60 {
          group.addTask {
            let stream = Stream(try await session.openSocket(path))
            let text = Array("channel \(number) ".utf8) + [UInt8](repeating: UInt8(number), count: 50_000)
            try await stream.write(text)
            stream.endWriting()
            return try await stream.read() == text
          }
        }
        for try await isSame in group { #expect(isSame) }
      }
      #expect(await becomes(within: .seconds(5)) { session.channels == 0 })
      #expect(session.isUsable)
    }
  }

  @Test func `The end of the input reaches the server, and what it answers then still arrives`() async throws {
    try await with({ client in
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = unsafe read(client, &buffer, buffer.count)
        guard count > 0 else { break }
        bytes += buffer.prefix(count)
      }
      _ = PlayedServer.send(Array("got \(bytes.count)".utf8)[...], client)
    }) { session, path, _ in
      let stream = Stream(try await session.openSocket(path))
      try await stream.write([UInt8](repeating: 1, count: 100_000))
      stream.endWriting()
      #expect(String(decoding: try await stream.read(), as: UTF8.self) == "got 100000")
    }
  }

  @Test func `An end of the output leaves the input open`() async throws {
    let received = Mutex(0)
    try await with({ client in
      _ = PlayedServer.send(Array("bye".utf8)[...], client)
      shutdown(client, CInt(SHUT_WR))
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = unsafe read(client, &buffer, buffer.count)
        guard count > 0 else { break }
        received.withLock { $0 += count }
      }
    }) { session, path, _ in
      let stream = Stream(try await session.openSocket(path))
      #expect(String(decoding: try await stream.read(), as: UTF8.self) == "bye")
      try await stream.write([UInt8](repeating: 1, count: 100_000))
      stream.endWriting()
      #expect(await becomes(within: .seconds(5)) { received.withLock { $0 } == 100_000 })
    }
  }

  @Test func `Keys that are changed each megabyte disturb no stream, either way`() async throws {
    try await with(options: ["RekeyLimit=1M"], PlayedServer.echo) { session, path, _ in
      let streams = try await [Stream(session.openSocket(path)), Stream(session.openSocket(path))]
      try await withThrowingTaskGroup { group in
        for stream in streams {
          group.addTask {
            async let back = stream.count()
            let sent = try await stream.writePattern(25 << 20)
            stream.endWriting()
            return try await (sent, back)
          }
        }
        for try await (sent, back) in group { #expect(sent == back) }
      }
    }
  }

  @Test func `What nobody reads stays with the server, and other channels go on`() async throws {
    let given = Mutex(0)
    let size = 48 << 20
    try await with({ client in
      let chunk = [UInt8](repeating: 7, count: 64 << 10)
      var buffer = [UInt8](repeating: 0, count: 1)
      guard unsafe read(client, &buffer, 1) == 1 else { return }
      guard buffer[0] == UInt8(ascii: "g") else { return PlayedServer.echo(client) }
      for _ in 0..<(size / chunk.count) {
        guard PlayedServer.send(chunk[...], client) else { return }
        given.withLock { $0 += chunk.count }
      }
    }) { session, path, _ in
      let slow = Stream(try await session.openSocket(path))
      try await slow.write(Array("g".utf8))
      #expect(await becomes(within: .seconds(10)) { given.withLock { $0 } > 1 << 20 })
      // Until nothing moves any more.
      var before = -1
      while before != given.withLock({ $0 }) {
        before = given.withLock { $0 }
        try await Task.sleep(for: .milliseconds(500))
      }
      // Windows of 1.28 MB here, of 2 MiB at the server, buffers of sockets.
      #expect(before < 8 << 20, "\(before) bytes have left the server's program")
      let other = Stream(try await session.openSocket(path))
      let begin = ContinuousClock.now
      try await other.write(Array("e".utf8) + [UInt8](repeating: 1, count: 1000))
      other.endWriting()
      #expect(try await other.read().count == 1000)
      #expect(ContinuousClock.now - begin < .seconds(2))
      let all = try await slow.count()
      #expect(all.count == size)
    }
  }

  @Test func `A server that does not read keeps its writer waiting, and no other`() async throws {
    try await with({ client in
      var buffer = [UInt8](repeating: 0, count: 1)
      guard unsafe read(client, &buffer, 1) == 1 else { return }
      buffer[0] == UInt8(ascii: "s") ? PlayedServer.silence(client) : PlayedServer.echo(client)
    }) { session, path, _ in
      let stuck = Stream(try await session.openSocket(path))
      try await stuck.write(Array("s".utf8))
      await #expect(throws: Stream.Failure.self) {
        // The limit is met when nothing is taken for a second.
        try await stuck.write([UInt8](repeating: 1, count: 32 << 20), limit: .seconds(1))
      }
      let other = Stream(try await session.openSocket(path))
      try await other.write(Array("e12345".utf8))
      other.endWriting()
      #expect(String(decoding: try await other.read(), as: UTF8.self) == "12345")
    }
  }

  @Test func `An opening that is cancelled returns at once and leaves the session as it was`() async throws {
    try await RemoteHost.borrowing(2) { hosts in
      try await hosts[0].withSession { session in
        // The second host is silent, so that the first one waits for it.
        try await hosts[1].cut()
        let (host, port) = (hosts[1].address, UInt16(hosts[1].port))
        let openings = (0..<5).map { _ in Task { try await sshError { _ = try await session.openTCP(host: host, port: port) } } }
        #expect(await becomes(within: .seconds(5)) { session.channels == 5 })
        let begin = ContinuousClock.now
        for opening in openings { opening.cancel() }
        for opening in openings {
          guard case .cancelled? = try await opening.value else {
            Issue.record("another error")
            continue
          }
        }
        #expect(ContinuousClock.now - begin < .seconds(1))
        #expect(session.isUsable)
        #expect(try await Stream(session.openSocket(hosts[0].enginePath)).ask().hasSuffix("OK"))
        try await hosts[1].heal()
        // What the server opens late is closed again.
        #expect(await becomes(within: .seconds(30)) { session.channels == 0 })
      }
    }
  }

  @Test func `A host that is silent behind a jump host is given up when the time is over`() async throws {
    try await RemoteHost.borrowing(2) { hosts in
      try await hosts[0].withSession { session in
        try await hosts[1].cut()
        let begin = ContinuousClock.now
        let error = try await sshError {
          _ = try await SSHSession.connect(to: hosts[1].hop(), through: session, limit: .seconds(3))
        }
        guard case .timedOut(hosts[1].name, .connecting, _)? = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(ContinuousClock.now - begin < .seconds(10))
        #expect(session.isUsable)
        try await hosts[1].heal()
      }
    }
  }

  @Test func `A reset ends all streams at once, and the reason is told`() async throws {
    try await with(PlayedServer.silence) { session, path, host in
      let streams = try await [Stream(session.openSocket(path)), Stream(session.openSocket(path))]
      async let first = streams[0].read(limit: .seconds(10))
      async let second = streams[1].read(limit: .seconds(10))
      try await host.reset()
      let begin = ContinuousClock.now
      #expect(try await first.isEmpty)
      #expect(try await second.isEmpty)
      #expect(ContinuousClock.now - begin < .seconds(2))
      guard case .lost(host.name, _)? = session.end else {
        Issue.record("\(String(describing: session.end))")
        return
      }
      let error = try await sshError { _ = try await session.openSocket(path) }
      guard case .lost? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func `A link that is half open is noticed, and ends the streams`() async throws {
    var limits = SessionLimits()
    limits.keepalivePeriod = .seconds(1)
    limits.answerLimit = .seconds(3)
    try await with(limits: limits, PlayedServer.silence) { session, path, host in
      let stream = Stream(try await session.openSocket(path))
      // A live server that has nothing to say is left alone.
      try await Task.sleep(for: .seconds(5))
      #expect(session.isUsable)
      try await host.cut()
      let begin = ContinuousClock.now
      #expect(try await stream.read(limit: .seconds(20)).isEmpty)
      #expect(ContinuousClock.now - begin < .seconds(7))
      try await host.heal()
      guard case .lost? = session.end else {
        Issue.record("\(String(describing: session.end))")
        return
      }
    }
  }

  @Test func `With the usual limits a half-open link is noticed within 60 s, idle or not`() async throws {
    try await with(PlayedServer.silence) { session, path, host in
      let other = try await SSHSession.connect(to: host.hop())
      let busy = Stream(try await other.openSocket(path))
      try await host.cut()
      let begin = ContinuousClock.now
      try await busy.write(Array("x".utf8))
      #expect(await becomes(within: .seconds(70)) { session.end != nil && other.end != nil })
      let passed = ContinuousClock.now - begin
      try await host.heal()
      await other.close()
      #expect(passed < .seconds(60))
      #expect(passed > .seconds(20))
      print("noticed after \(passed)")
    }
  }

  @Test func `A short silence of the network loses nothing`() async throws {
    try await with(PlayedServer.echo) { session, path, host in
      let stream = Stream(try await session.openSocket(path))
      async let back = stream.count()
      let first = Array("before ".utf8)
      try await stream.write(first)
      try await host.cut()
      let second = [UInt8](repeating: 9, count: 300_000)
      async let writing: Void = stream.write(second)
      try await Task.sleep(for: .seconds(4))
      try await host.heal()
      try await writing
      stream.endWriting()
      var sent = Checked()
      sent.take(first[...])
      sent.take(second[...])
      #expect(try await back == sent)
      #expect(session.isUsable)
    }
  }
}
