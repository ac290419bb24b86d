import Foundation
import Testing

@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(3)))
struct SetupCommandTests {
  @Test func `The doctor finds everything well after a deploy, and names what is not`() async throws {
    try await BuiltSlipway.withStack { slipway in
      let well = try await slipway.run("doctor")
      #expect(well.code == 0, "\(well.output)")
      for check in ["engine", "socket", "api", "version", "storage", "cgroup", "store", "operations", "disk", "clock", "compose"]
      {
        #expect(well.output.contains("  \(check) "), "\(check) is missing: \(well.output)")
      }
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: slipway.data.path)
      try slipway.write("services: {web: {imag: x}}\n")
      let ill = try await slipway.run("doctor", "-H", "unix:///nowhere.sock")
      #expect(ill.code == 1)
      for text in ["fail  engine", "fail  store", "fail  compose", "chmod 700 \(slipway.data.path)"] {
        #expect(ill.output.contains(text), "\(text) is missing: \(ill.output)")
      }
      #expect(try await slipway.run("doctor", "--json").output.hasPrefix("{\n  \"ok\": false"))
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: slipway.data.path)
    }
  }

  @Test func `Completion scripts are for slipway, and bash takes its own`() async throws {
    let slipway = try BuiltSlipway()
    let result = try await slipway.shell(
      """
      $SLIPWAY completion bash >bash && bash -n bash && grep -q 'complete .* slipway$' bash || exit 1
      $SLIPWAY completion zsh | head -n 1
      $SLIPWAY completion fish | grep -c "complete -c 'slipway'" >count && echo fish
      """)
    #expect(result.code == 0 && result.output == "#compdef slipway\nfish\n", "\(result.output)\(result.errors)")
    #expect(try await slipway.run("completion", "tcsh").code == 1)
    try FileManager.default.removeItem(at: slipway.folder)
  }

  @Test func `Every template makes a folder that Slipway takes, with a secret .env`() async throws {
    let slipway = try BuiltSlipway()
    let list = try await slipway.run("new", "--list", "--json")
    let templates = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]] ?? []
    let names = templates.compactMap { $0["name"] as? String }
    #expect(names.count >= 3, "\(list.errors)")
    for name in names {
      let image = name == "worker-queue" ? "--set WORKER_IMAGE=slipway/worker:1.0" : ""
      let result = try await slipway.shell(
        "$SLIPWAY new \(name) \(image) >/dev/null && stat -c %a \(name)/.env && cd \(name) && $SLIPWAY config -q")
      #expect(result.code == 0 && result.output == "600\n", "\(name): \(result.errors)")
    }
    let again = try await slipway.run("new", "web")
    #expect(again.code == 1 && again.errors.contains("has .env, README.md, compose.yaml already"), "\(again.errors)")
    let missing = try await slipway.run("new", "worker-queue", "other")
    #expect(missing.code == 1 && missing.errors.contains("WORKER_IMAGE: no value given"), "\(missing.errors)")
    #expect(try await slipway.run("new", "nonsense").errors.contains("use one of"))
    try FileManager.default.removeItem(at: slipway.folder)
  }

  @Test func `On a terminal it asks until the answer is good`() async throws {
    let slipway = try BuiltSlipway()
    let result = try await slipway.shell(
      """
      (printf 'BAD NAME\\nslipway/hello:1.0\\n9000\\n\\n\\n\\n') | script -qec '$SLIPWAY new web shop' /dev/null
      cat shop/.env
      """)
    #expect(result.output.contains("\"BAD NAME\" does not match"), "\(result.output)")
    #expect(result.output.contains("WEB_IMAGE='slipway/hello:1.0'\nWEB_PORT='9000'\nWEB_CONTAINER_PORT='80'"), "\(result.output)")
    try FileManager.default.removeItem(at: slipway.folder)
  }
}
