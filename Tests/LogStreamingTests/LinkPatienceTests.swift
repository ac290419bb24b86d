import DockerEngine
import SlipwayTesting
import Synchronization
import Testing

@testable import LogStreaming

@Suite(.timeLimit(.minutes(1))) struct LinkPatienceTests {
  private static let loss = EngineError.connectionLost(
    call: EngineCall(method: "GET", path: "/containers/a/logs", endpoint: "stub"), reason: "closed")

  @Test func `An engine that answers and ends each stream at once is asked after pauses that grow`() async throws {
    try await StubEngine.with(script: { _ in [.pong()] }) { stub in
      let client = EngineClient(stub.endpoint)
      let notices = Mutex<[LinkNotice]>([])
      let patience = LinkPatience(client, waitsForLocal: true) { notice in notices.withLock { $0.append(notice) } }
      let begin = ContinuousClock.now
      for _ in 0..<4 {
        let isBack = try await patience.outlasts(Self.loss)
        #expect(isBack)
      }
      #expect(begin.duration(to: .now) >= .milliseconds(200 + 400 + 800))
      #expect(notices.withLock { $0.count } == 8)
      await client.shutdown()
    }
  }

  @Test func `All streams of a lost link wait together`() async throws {
    try await StubEngine.with(script: { _ in [.pong()] }) { stub in
      let client = EngineClient(stub.endpoint)
      let notices = Mutex<[LinkNotice]>([])
      let patience = LinkPatience(client, waitsForLocal: true) { notice in notices.withLock { $0.append(notice) } }
      _ = try await patience.outlasts(Self.loss)
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<20 { group.addTask { try await patience.outlasts(Self.loss) } }
        for try await isBack in group { #expect(isBack) }
      }
      // One pause of 0.2 s; each of 20 after the other would take minutes.
      #expect(notices.withLock { $0.count } < 2 + 20)
      await client.shutdown()
    }
  }
}
