import Foundation
import SlipwayTesting
import Testing

@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(3)))
struct LogsTests {
  /// Two services that take turns, and one that writes much.
  private static let compose = """
    services:
      odd:
        image: slipway/base:1
        command: [sh, -c, "for n in 1 3 5 7 9; do echo line $$n; sleep 0.4; done"]
      even:
        image: slipway/base:1
        command: [sh, -c, "sleep 0.2; for n in 2 4 6 8; do echo line $$n >&2; sleep 0.4; done"]
        depends_on: [odd]
    """

  private func ended(_ compose: String) async throws -> BuiltSlipway {
    let slipway = try BuiltSlipway()
    try slipway.write(compose)
    #expect(try await slipway.run("up", "-d", "-p", slipway.project, "--progress", "quiet").code == 0)
    let wait = try await slipway.shell(
      #"until [ "$("$SLIPWAY" ps -a -p "$P" | grep -c 'Exited')" = "$("$SLIPWAY" ps -a -q -p "$P" | wc -l)" ]; do :; done"#)
    #expect(wait.code == 0)
    return slipway
  }

  @Test func `Lines of several containers come out in the order of their times`() async throws {
    let slipway = try await ended(Self.compose)
    let p = slipway.project
    let times = try await slipway.run("logs", "-p", p, "-t", "--no-log-prefix").output.split(separator: "\n").map { String($0) }
    #expect(times.count == 9)
    #expect(times == times.sorted())
    let text = try await slipway.run("logs", "-p", p).output
    #expect(text.contains("odd-1   | line 1\n") && text.contains("even-1  | line 2\n"))
    #expect(try await slipway.run("logs", "-p", p, "--tail", "1").output.split(separator: "\n").count == 2)
    #expect(try await slipway.run("logs", "-p", p, "odd").output.contains("even") == false)
    try await slipway.remove()
  }

  @Test func `Since and until cut the history, and JSON says all of a line`() async throws {
    let slipway = try await ended(Self.compose)
    let p = slipway.project
    let json = try await slipway.run("logs", "-p", p, "--json").output.split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: String] ?? [:]
    }
    #expect(json.count == 9)
    #expect(json.allSatisfy { $0["container"] == "\(p)-\($0["service"] ?? "")-1" })
    #expect(json.filter { $0["stream"] == "stderr" }.count == 4)
    let middle = try #require(json.first { $0["text"] == "line 5" }?["time"])
    let later = try await slipway.run("logs", "-p", p, "--since", middle, "--no-log-prefix", "odd").output
    #expect(later == "line 5\nline 7\nline 9\n")
    #expect(try await slipway.run("logs", "-p", p, "--until", "1h").output == "")
    let wrong = try await slipway.run("logs", "-p", p, "--since", "soon")
    #expect(wrong.code == 1 && wrong.errors.contains("--since soon is not a time"))
    try await slipway.remove()
  }

  @Test func `Following goes on over a restart without a lost or doubled line`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      services:
        web:
          image: slipway/base:1
          restart: always
          command: [sh, -c, "read n < /n/n || n=0; i=0; while [ $$i -lt 20 ]; do i=$$((i+1)); n=$$((n+1)); echo $$n > /n/n; echo number $$n; sleep 0.05; done"]
          volumes: ["count:/n"]
      volumes: { count: {} }
      """)
    #expect(try await slipway.run("up", "-d", "-p", slipway.project, "--progress", "quiet").code == 0)
    let followed = try await slipway.shell(
      """
      "$SLIPWAY" logs -f -p "$P" --no-log-prefix > followed & pid=$!
      until [ "$(wc -l < followed)" -ge 70 ]; do sleep 0.1; done
      kill -INT $pid; wait $pid
      """)
    #expect(followed.code == 130, "\(followed.errors)")
    let lines = try String(contentsOf: slipway.folder.appendingPathComponent("followed"), encoding: .utf8).split(separator: "\n")
    let numbers = lines.compactMap { Int($0.dropFirst("number ".count)) }
    #expect(numbers == Array(1...max(1, numbers.count)))
    try await slipway.remove()
  }

  @Test func `A long line comes out as one`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      services:
        web: {image: slipway/base:1, command: ["/bin/sh", "-c", "head -c 500000 /dev/zero | tr '\\\\0' x; echo; echo end"]}
      """)
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    let counts = try await slipway.shell(
      "sleep 2; $SLIPWAY logs -p $P --no-log-prefix | wc -lc; $SLIPWAY logs -p $P --no-log-prefix -f | wc -lc")
    let words = counts.output.split(whereSeparator: \.isWhitespace).map(String.init)
    #expect(words.prefix(2) == ["2", "500005"], "\(counts.output) \(counts.errors)")
    #expect(try await slipway.run("down", "-p", slipway.project).code == 0)
    try await slipway.remove()
  }

  @Test(arguments: ["logs -f", "events"])
  func `An engine that goes away is called so, with a way on`(command: String) async throws {
    let slipway = try BuiltSlipway()
    let project = slipway.project
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    let ended = try await StubEngine.with { request in
      if request.target.hasSuffix("/_ping") { return [.pong()] }
      if request.target.contains("/containers/json") {
        let labels = #"{"com.docker.compose.project":"\#(project)","com.docker.compose.service":"web"}"#
        return [.answer(200, #"[{"Id":"a","Names":["/\#(project)-web-1"],"State":"running","Labels":\#(labels)}]"#)]
      }
      if request.target.contains("/containers/a/json") {
        return [.answer(200, #"{"Id":"a","State":{"Status":"running"},"Config":{}}"#)]
      }
      return [.text(head), .pause(.milliseconds(300)), .close]
    } _: { stub in
      try await slipway.shell("$SLIPWAY -H \(stub.address) \(command) -p $P")
    }
    #expect(ended.code == 1 && ended.errors.contains("went away") && ended.errors.contains("slipway doctor"), "\(ended.errors)")
  }
}
