import Foundation
import Testing

/// The built server on a real engine, asked over its unix socket by curl.
@Suite(.enabled(if: BuiltSlipway.isThere), .timeLimit(.minutes(3))) struct ServedEngineTests {
  private static let canary = "canary-9f3a77"

  private static let begin = """
    "$SLIPWAY" serve --data "$SLIPWAY_DATA" --listen 127.0.0.1:0 2>serve.log & server=$!
    trap 'kill $server; wait $server' EXIT
    for i in $(seq 100); do [ -S "$SLIPWAY_DATA/slipway.sock" ] && break; sleep 0.1; done
    call() { curl -s --unix-socket "$SLIPWAY_DATA/slipway.sock" -X "$1" "http://slipway$2"; echo; }
    S=/api/v1/servers/local
    C=$S/containers/$P-web-1
    """

  private func withStack(_ body: (BuiltSlipway) async throws -> Void) async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(
      """
      services:
        web:
          image: slipway/base:1
          command: ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait", "--password=\(Self.canary)"]
          environment: {API_TOKEN: \(Self.canary), COPY: "a \(Self.canary) b", URL: "http://u:\(Self.canary)@db/"}
          labels: {app.secret: \(Self.canary)}
          volumes: [data:/data]
      volumes: {data: {}}
      """)
    let up = try await slipway.run("up", "-d", "-p", slipway.project)
    #expect(up.code == 0, "\(up.errors)")
    do {
      try await body(slipway)
      try await slipway.remove()
    } catch {
      // WHY try?: the first failure is the one to show.
      try? await slipway.remove()
      throw error
    }
  }

  // S-SEC-5
  @Test func `No answer about a container holds its secrets`() async throws {
    try await withStack { slipway in
      let asked = try await slipway.shell(
        Self.begin + """

          for path in $S/containers $C $C/top $S/images $S/networks $S/networks/${P}_default $S/volumes $S/volumes/${P}_data \\
            $S/volumes/usage $S/info /api/v1/system /metrics; do call GET $path; done
          """)
      #expect(asked.code == 0, "\(asked.errors)")
      let answers = asked.output.split(separator: "\n").filter { $0.hasPrefix("{") }
      #expect(answers.count == 11)
      #expect(!answers.contains { $0.contains("\"status\":404") })
      #expect(!asked.output.contains(Self.canary))
      #expect(asked.output.contains("\"value\":\"http://u:•••@db/\""))
      #expect(asked.output.contains("slipway_server_up{server=\"local\"} 1"))
    }
  }

  // R-LOCK-1
  @Test func `A container is restarted as an operation of its stack`() async throws {
    try await withStack { slipway in
      let asked = try await slipway.shell(
        Self.begin + """

          before=$(call GET $C | grep -o '"started_at":"[^"]*"' | tail -1)
          id=$(call POST $C/restart | sed -n 's/.*"id":"\\([^"]*\\)".*/\\1/p')
          for i in $(seq 100); do call GET /api/v1/operations/$id | grep -q '"ended_at"' && break; sleep 0.2; done
          call GET /api/v1/operations/$id
          [ "$before" != "$(call GET $C | grep -o '"started_at":"[^"]*"' | tail -1)" ] && echo restarted
          """)
      #expect(asked.output.contains("\"state\":\"done\""), "\(asked.output) \(asked.errors)")
      #expect(asked.output.contains("\"changed\":[\"\(slipway.project)-web-1\"]"))
      #expect(asked.output.contains("restarted"))
    }
  }
}
