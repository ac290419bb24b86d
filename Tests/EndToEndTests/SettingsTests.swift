import Foundation
import Testing

/// I7: a file, the environment and flags, each outranking the one before.
@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized)
struct SettingsTests {
  private func slipway(_ settings: String) throws -> BuiltSlipway {
    let slipway = try BuiltSlipway()
    let folder = slipway.folder.appendingPathComponent(".config/slipway")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try settings.write(to: folder.appendingPathComponent("config.yaml"), atomically: true, encoding: .utf8)
    return slipway
  }

  @Test func `A setting of the file counts where neither environment nor flag says otherwise`() async throws {
    let slipway = try slipway("host: unix:///nowhere/file.sock\n")
    // DOCKER_HOST is set for all tests and outranks the file; -H outranks both.
    #expect(try await slipway.run("ps", "-p", slipway.project).code == 0)
    let flagged = try await slipway.run("ps", "-p", slipway.project, "-H", "unix:///nowhere/flag.sock")
    #expect(flagged.code == 1 && flagged.errors.contains("/nowhere/flag.sock"))
    let unset = try await slipway.run(without: ["DOCKER_HOST"], "ps", "-p", slipway.project)
    #expect(unset.code == 1 && unset.errors.contains("/nowhere/file.sock"))
    try FileManager.default.removeItem(at: slipway.folder)
  }

  @Test func `The engine of the chosen Docker context counts where nothing else names one`() async throws {
    let slipway = try BuiltSlipway()
    let result = try await slipway.shell(
      """
      meta=.docker/contexts/meta/$(printf near | sha256sum | cut -d' ' -f1)
      mkdir -p $meta
      printf '{"Name":"near","Endpoints":{"docker":{"Host":"%s"}}}' "$DOCKER_HOST" >$meta/meta.json
      echo '{"currentContext":"near"}' >.docker/config.json
      DOCKER_HOST=unix:///nowhere/variable.sock "$SLIPWAY" ps -p $P; echo "code $?"
      unset DOCKER_HOST
      "$SLIPWAY" ps -q -p $P; echo "code $?"
      DOCKER_CONTEXT=far "$SLIPWAY" ps -q -p $P; echo "code $?"
      """)
    #expect(result.output == "code 1\ncode 0\ncode 1\n", "\(result)")
    #expect(result.errors.contains("/nowhere/variable.sock") && result.errors.contains("the Docker context \"far\" is not there"))
    try FileManager.default.removeItem(at: slipway.folder)
  }

  @Test func `Orphans go or are not told as Docker Compose's variables say, from the env file too`() async throws {
    let slipway = try BuiltSlipway()
    let sleeper = "{image: slipway/base:1, init: true, command: [sleep, \"600\"]}"
    try slipway.write("services: {a: \(sleeper), b: \(sleeper)}")
    #expect(try await slipway.run("up", "-d", "-p", slipway.project).code == 0)
    try slipway.write("services: {a: \(sleeper)}")
    let result = try await slipway.shell(
      """
      "$SLIPWAY" up -d -p $P 2>&1 | grep -c orphan
      COMPOSE_IGNORE_ORPHANS=true "$SLIPWAY" up -d -p $P 2>&1 | grep -c orphan
      "$SLIPWAY" ps -p $P --services
      echo COMPOSE_REMOVE_ORPHANS=1 >.env
      "$SLIPWAY" up -d -p $P 2>/dev/null; "$SLIPWAY" ps -a -p $P --services
      COMPOSE_IGNORE_ORPHANS=1 "$SLIPWAY" up -d -p $P 2>/dev/null; echo "code $?"
      """)
    #expect(result.output == "1\n0\na\nb\na\ncode 1\n", "\(result)")
    try await slipway.remove()
  }

  @Test func `All mistakes of the file are told with their places`() async throws {
    let slipway = try slipway("dta: x\nsettle: [1]\nprogress: loud\n")
    let result = try await slipway.run("ps", "-p", slipway.project)
    #expect(result.code == 1)
    for place in ["config.yaml:1:1", "config.yaml:2:9", "config.yaml:3:11"] { #expect(result.errors.contains(place)) }
    try FileManager.default.removeItem(at: slipway.folder)
  }
}
