import Dispatch
import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import DockerEngine

@Suite(.timeLimit(.minutes(1))) struct NameLookupTests {
  @Test func `A name that takes longer than the limit is given up, and its late answer asks nothing of a loop that has ended`()
    async
  {
    // In a process of its own: NIO stops it in its strict mode where work is given to a loop that has ended.
    await #expect(processExitsWith: .success) {
      unsafe setenv("SWIFTNIO_STRICT", "1", 1)
      let hold = DispatchSemaphore(value: 0)
      let late = AsyncStream.makeStream(of: Void.self)
      let names = NameLookup { _, _ in
        hold.wait()
        late.continuation.finish()
        return .success([])
      }
      let loops = EventLoops()
      let dial = NetworkDial(
        address: TCPAddress(host: "engine.example", port: 2375), tls: nil, loops: loops, limit: .milliseconds(100), names: names)
      let error = await #expect(throws: TransportFailure.self) { _ = try await dial.open { _ in } }
      #expect(error.map { "\($0)" }?.contains("no answer within 0.1 seconds") == true)
      await loops.shutdown()
      hold.signal()
      for await _ in late.stream {}
    }
  }

  @Test func `A cancelled lookup ends at once`() async throws {
    let hold = DispatchSemaphore(value: 0)
    let begun = AsyncStream.makeStream(of: Void.self)
    let names = NameLookup { _, _ in
      begun.continuation.finish()
      hold.wait()
      return .success([])
    }
    let task = Task { try await names.addresses(of: "engine.example", port: 2375) }
    for await _ in begun.stream {}
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    hold.signal()
  }

  @Test func `Of several addresses of a name the one that answers is taken`() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(server.localAddress?.port)
    let names = NameLookup { _, port in
      Result { [try SocketAddress(ipAddress: "::1", port: port), try SocketAddress(ipAddress: "127.0.0.1", port: port)] }
        .mapError { NameLookup.Unknown(reason: "\($0)") }
    }
    let loops = EventLoops()
    let dial = NetworkDial(
      address: TCPAddress(host: "engine.example", port: port), tls: nil, loops: loops, limit: .seconds(20), names: names)
    let channel = try await dial.open { _ in }
    #expect(channel.remoteAddress?.ipAddress == "127.0.0.1")
    channel.close(promise: nil)
    await loops.shutdown()
    try await group.shutdownGracefully()
  }

  @Test func `The system is asked for both kinds of addresses`() async throws {
    let found = try await NameLookup().addresses(of: "localhost", port: 2375)
    #expect(found.contains { $0.ipAddress == "127.0.0.1" && $0.port == 2375 })
  }
}
