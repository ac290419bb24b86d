import Foundation
import Testing

@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(3)))
struct InspectionCommandTests {
  @Test func `Top, images and ls show a stack by its name`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let p = slipway.project
      let top = try await slipway.run("top", "-p", p, "web").output.split(separator: "\n")
      #expect(top.first?.hasPrefix("SERVICE  #   UID") == true && top.count == 5)
      let images = try await slipway.run("images", "-p", p).output.split(separator: "\n")
      #expect(images.count == 4 && images[1].hasPrefix("\(p)-db-1"))
      #expect(images[1].contains("slipway/base") && images[1].contains("linux/"))
      #expect(try await slipway.run("images", "-p", p, "-q").output.count == 65)
      #expect(try await slipway.run("images", "-p", p, "--format", "json").output.hasPrefix("[{\"ID\":\"sha256:"))
      let file = slipway.folder.resolvingSymlinksInPath().appendingPathComponent("compose.yaml").path
      let list = try await slipway.run("ls", "--filter", "name=^\(p)$", "--format", "json").output
      #expect(list == "[{\"Name\":\"\(p)\",\"Status\":\"running(3)\",\"ConfigFiles\":\"\(file)\"}]\n")
      _ = try await slipway.run("stop", "-p", p, "-t", "1", "web")
      #expect(try await slipway.run("ls", "-a", "--filter", "name=\(p)").output.contains("exited(2), running(1)"))
      _ = try await slipway.run("stop", "-p", p, "-t", "1")
      #expect(try await slipway.run("ls", "-q", "--filter", "name=\(p)").output == "")
      #expect(try await slipway.run("ls", "-a", "-q", "--filter", "name=\(p)").output == "\(p)\n")
    }
  }

  @Test func `Events tell what happened to the services named, as text and as JSON`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let p = slipway.project
      // Live, because the engine remembers few events and every health check is some.
      let seen = try await slipway.shell(
        """
        "$SLIPWAY" events -p "$P" db > text & text=$!
        "$SLIPWAY" events -p "$P" --json web > json & json=$!
        until grep -qs exec_ text; do sleep 0.1; done
        until grep -qs 'container unpause' text && [ "$(grep -c '"unpause"' json)" -ge 2 ]; do
          "$SLIPWAY" pause -p "$P"; "$SLIPWAY" unpause -p "$P"; sleep 0.2
        done
        kill -INT $text $json; wait
        """)
      #expect(seen.code == 0 || seen.code == 130, "\(seen.errors)")
      let lines = try String(contentsOf: slipway.folder.appendingPathComponent("text"), encoding: .utf8)
      #expect(lines.split(separator: "\n").contains { $0.contains(" container pause ") && $0.contains("name=\(p)-db-1") })
      #expect(!lines.contains("\(p)-web"))
      #expect(!lines.contains("com.docker.compose"))
      let json = try String(contentsOf: slipway.folder.appendingPathComponent("json"), encoding: .utf8)
      let events = try json.split(separator: "\n").map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
      #expect(events.filter { $0?["action"] as? String == "pause" }.count >= 2)
      #expect(events.allSatisfy { $0?["service"] as? String == "web" })
      #expect(try await slipway.run("events", "-p", p, "--since", "soon").code == 1)
    }
  }

  @Test func `Events end at Ctrl-C with 130`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let result = try await slipway.shell(
        """
        $SLIPWAY events -p $P >seen & pid=$!
        until [ -s seen ]; do $SLIPWAY exec -p $P db true; done
        kill -INT $pid
        wait $pid
        """)
      #expect(result.code == 130, "\(result.errors)")
    }
  }

  @Test func `A pull tells what is there, and what cannot be had`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let p = slipway.project
      let there = try await slipway.run("pull", "-p", p, "--policy", "missing", "--json")
      #expect(there.code == 0 && there.output.contains("\"it is there already\""), "\(there.errors)")
      try slipway.write("services:\n  web:\n    image: localhost:1/none:1\n")
      let failed = try await slipway.run("pull", "-p", p)
      #expect(failed.code == 1 && failed.errors.contains("could not pull image localhost:1/none:1"), "\(failed.errors)")
      #expect(try await slipway.run("pull", "-p", p, "-q", "--ignore-pull-failures").code == 0)
      #expect(try await slipway.run("pull", "-p", p, "cache").errors.contains("name one of: web"))
    }
  }

  @Test func `Version has a short and a JSON form`() async throws {
    let slipway = try BuiltSlipway()
    let short = try await slipway.run("version", "--short").output
    #expect(try await slipway.run("version").output == "Slipway version v\(short)")
    #expect(try await slipway.run("version", "-f", "json").output.hasPrefix("{\"version\":\"v\(short.dropLast())\""))
    try FileManager.default.removeItem(at: slipway.folder)
  }
}
