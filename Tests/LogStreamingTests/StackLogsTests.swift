import DockerEngine
import LogStreaming
import SlipwayTesting
import Testing

/// Logs of engines that refuse or go away.
@Suite(.timeLimit(.minutes(1)))
struct StackLogsTests {
  private static let refusal = "configured logging driver does not support reading"
  private static let mute = LogSource(id: "mute", name: "shop-mute-1")
  private static let web = LogSource(id: "web", name: "shop-web-1")
  private static let time = "2026-11-21T07:58:47.373933122Z"

  private static func state(_ status: String, code: Int = 0) -> StubStep {
    .answer(200, #"{"Id":"x","State":{"Status":"\#(status)","ExitCode":\#(code)}}"#)
  }

  private static func frame(_ text: String) -> [UInt8] {
    [1, 0, 0, 0, 0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8)
  }

  private static func logs(_ text: String, then last: [StubStep]) -> [StubStep] {
    let bytes = frame(text)
    let head =
      "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    return [.text(head + String(bytes.count, radix: 16) + "\r\n"), .bytes(bytes), .text("\r\n")] + last
  }

  @Test func `A container whose logs cannot be read ends all the same`() async throws {
    let events = try await StubEngine.with { request in
      if request.target.hasSuffix("/_ping") { return [.pong(apiVersion: "1.43")] }
      if request.target.contains("/logs") { return [.answer(501, #"{"message":"\#(Self.refusal)"}"#)] }
      if request.target.contains("/wait") { return [.pause(.milliseconds(50)), .answer(200, #"{"StatusCode":3}"#)] }
      // It runs until it was waited for.
      return [Self.state(request.number < 5 ? "running" : "exited", code: 3)]
    } _: { stub in
      var events: [LogEvent] = []
      try await StackLogs(EngineClient(stub.endpoint)).follow([(Self.mute, LogSelection())]) { event in
        events.append(event)
        return true
      }
      return events
    }
    #expect(events == [.unreadable(Self.mute, reason: Self.refusal), .ended(Self.mute, code: 3)])
  }

  @Test func `The others' history is shown where one cannot be read`() async throws {
    let (texts, unreadable) = try await StubEngine.with { request in
      if request.target.hasSuffix("/_ping") { return [.pong(apiVersion: "1.43")] }
      if request.target.contains("/mute/logs") { return [.answer(501, #"{"message":"\#(Self.refusal)"}"#)] }
      return Self.logs("\(Self.time) hello\n", then: [.text("0\r\n\r\n")])
    } _: { stub in
      var texts: [String] = []
      var unreadable: [LogSource] = []
      try await StackLogs(EngineClient(stub.endpoint)).history(
        of: [Self.mute, Self.web], LogSelection(), unreadable: { source, _ in unreadable.append(source) }
      ) { line in
        texts.append(line.text)
        return true
      }
      return (texts, unreadable)
    }
    #expect(texts == ["hello"])
    #expect(unreadable == [Self.mute])
  }

  @Test func `An engine that goes away ends the following at once, though another container is silent`() async throws {
    let lines = try await StubEngine.with { request in
      if request.target.hasSuffix("/_ping") { return [.pong(apiVersion: "1.43")] }
      if request.target.contains("/mute/logs") { return Self.logs("\(Self.time) mute\n", then: [.hang]) }
      return Self.logs("\(Self.time) hello\n", then: [.pause(.milliseconds(500)), .close])
    } _: { stub in
      var lines = 0
      do {
        try await StackLogs(EngineClient(stub.endpoint)).follow([(Self.mute, LogSelection()), (Self.web, LogSelection())]) { _ in
          lines += 1
          return true
        }
        Issue.record("it ended as if all were well")
      } catch let error as EngineError {
        guard case .connectionLost = error else { throw error }
      }
      return lines
    }
    // The other line may still be on its way when the engine goes.
    #expect((1...2).contains(lines))
  }
}
