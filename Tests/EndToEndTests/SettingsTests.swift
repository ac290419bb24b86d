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

  @Test func `All mistakes of the file are told with their places`() async throws {
    let slipway = try slipway("dta: x\nsettle: [1]\nprogress: loud\n")
    let result = try await slipway.run("ps", "-p", slipway.project)
    #expect(result.code == 1)
    for place in ["config.yaml:1:1", "config.yaml:2:9", "config.yaml:3:11"] { #expect(result.errors.contains(place)) }
    try FileManager.default.removeItem(at: slipway.folder)
  }
}
