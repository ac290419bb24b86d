import Foundation
import Glibc
import SSHTransport
import SlipwayTesting
import Testing

/// What sessions cost and leave behind; measured in processes of their own, where nothing else runs.
@Suite(.needsRemotes, .timeLimit(.minutes(15)))
struct SessionCostTests {
  /// The host of a name, as the process that measures finds it again.
  @Sendable static func host(_ name: String) async throws -> RemoteHost {
    try #require(try await RemoteHost.all().first { $0.name == name })
  }

  @Test func `Sessions that ended leave no descriptor, no thread and no memory`() async throws {
    try await RemoteHost.borrowing { hosts in
      let name = try #require(hosts.first).name
      await #expect(processExitsWith: .success) { [name = name as String] in
        let host = try await SessionCostTests.host(name)
        func use() async throws {
          try await host.withSession { session in
            var streams: [Stream] = []
            for _ in 0..<5 { streams.append(Stream(try await session.openSocket(host.enginePath))) }
            for stream in streams { #expect(try await stream.ask().hasSuffix("OK")) }
            _ = try await sshError { _ = try await session.openSocket(RemotePath(socket: "/run/no-such.sock")) }
          }
          _ = try await sshError { try await host.withSession(host.hop(host.key(\.stranger))) { _ in } }
          _ = try await sshError { try await host.withSession(host.hop(rule: .pinned([]))) { _ in } }
          // Ended by nobody but its last reference.
          _ = try await SSHSession.connect(to: host.hop())
        }
        for _ in 0..<3 { try await use() }
        try await Task.sleep(for: .milliseconds(500))
        let (descriptors, threads, memory) = (OwnProcess.descriptors, OwnProcess.threads, OwnProcess.residentKiB)
        for _ in 0..<15 { try await use() }
        _ = await becomes(within: .seconds(3)) { OwnProcess.descriptors <= descriptors && OwnProcess.threads <= threads }
        #expect(OwnProcess.descriptors <= descriptors)
        #expect(OwnProcess.threads <= threads + 1)
        #expect(OwnProcess.residentKiB < memory + 4096)
      }
    }
  }

  @Test func `An idle session with channels takes no processor time`() async throws {
    try await RemoteHost.borrowing { hosts in
      let name = try #require(hosts.first).name
      await #expect(processExitsWith: .success) { [name = name as String] in
        let host = try await SessionCostTests.host(name)
        try await host.withSession { session in
          var streams: [Stream] = []
          for _ in 0..<20 { streams.append(Stream(try await session.openSocket(host.enginePath))) }
          // Ends that a loop could stumble over: closed on one side, or altogether.
          streams[0].endWriting()
          streams[1].endWriting()
          streams.removeLast(5)
          try await Task.sleep(for: .seconds(1))
          let before = OwnProcess.processorTime
          try await Task.sleep(for: .seconds(5))
          let used = OwnProcess.processorTime - before
          #expect(used < .milliseconds(50), "\(used)")
          withExtendedLifetime(streams) {}
        }
      }
    }
  }

  @Test func `A channel whose end has gone while its server does not read takes no processor time`() async throws {
    try await RemoteHost.borrowing { hosts in
      let name = try #require(hosts.first).name
      await #expect(processExitsWith: .success) { [name = name as String] in
        let host = try await SessionCostTests.host(name)
        let path = host.homes.deploy + "/q\(UInt32.random(in: 0 ... .max))"
        try await PlayedServer.with(path: path, PlayedServer.silence) {
          try await host.withSession { session in
            let stuck = Stream(try await session.openSocket(RemotePath(socket: path)))
            _ = try? await stuck.write([UInt8](repeating: 1, count: 16 << 20), limit: .seconds(1))
            shutdown(stuck.descriptor, CInt(SHUT_RDWR))
            try await Task.sleep(for: .seconds(1))
            let before = OwnProcess.processorTime
            try await Task.sleep(for: .seconds(4))
            let used = OwnProcess.processorTime - before
            #expect(used < .milliseconds(50), "\(used)")
          }
        }
      }
    }
  }

  @Test(arguments: 0..<4)
  func `A process may end while its session lives`(round: Int) async throws {
    try await RemoteHost.borrowing { hosts in
      let name = try #require(hosts.first).name
      await #expect(processExitsWith: .success) { [name = name as String] in
        let host = try await SessionCostTests.host(name)
        let session = try await SSHSession.connect(to: host.hop())
        let stream = Stream(try await session.openSocket(host.enginePath))
        let writing = Task.detached { while true { _ = try await stream.ask() } }
        try await Task.sleep(for: .milliseconds(50))
        withExtendedLifetime((session, writing)) {}
        exit(0)
      }
    }
  }
}
