import Foundation
import Testing

/// `slipway set` on files of a folder; needs no engine, only the program.
@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .timeLimit(.minutes(1)))
struct SetCommandTests {
  private static let text = """
    services:
      web: # the front
        image: "a:1"
        environment:
        - A=1 # one

    """

  private func text(_ slipway: BuiltSlipway) throws -> String {
    try String(contentsOf: slipway.folder.appendingPathComponent("compose.yaml"), encoding: .utf8)
  }

  @Test func `Settings are changed in place and shown as a difference`() async throws {
    let slipway = try BuiltSlipway()
    try slipway.write(Self.text)
    let dry = try await slipway.run("set", "web", "image=a:2", "--dry-run")
    #expect(dry.code == 0, "\(dry.errors)")
    #expect(dry.output.contains("-    image: \"a:1\"\n+    image: \"a:2\"\n"))
    #expect(try text(slipway) == Self.text)
    let set = try await slipway.run("set", "web", "image=a:2", "env.A=2", "env.B=x y", "label.l=1", "scale=2")
    #expect(set.code == 0, "\(set.errors)")
    #expect(
      try text(slipway)
        == "services:\n  web: # the front\n    image: \"a:2\"\n    environment:\n    - A=2 # one\n    - B=x y\n    labels:\n"
        + "      l: 1\n    scale: 2\n")
    let unset = try await slipway.run("set", "web", "--unset", "env.A", "--json")
    #expect(unset.code == 0 && unset.output.contains("\"written\": true"), "\(unset.errors)")
    #expect(try text(slipway).contains("environment:\n    - B=x y\n"))
    #expect(try await slipway.run("set", "web", "scale=2").errors.contains("nothing to change"))
    try FileManager.default.removeItem(at: slipway.folder)
  }

  @Test func `What cannot be set is told with its place, and no file is changed`() async throws {
    let slipway = try BuiltSlipway()
    let text = Self.text.replacingOccurrences(of: "a:1", with: "a:${TAG:-1}")
    try slipway.write(text)
    let refused = try await slipway.run("set", "web", "env.A=2", "image=a:2")
    #expect(refused.code == 1)
    #expect(
      refused.errors.contains("compose.yaml:3:12: services.web.image is written as `a:${TAG:-1}`: the variable TAG (default 1)"))
    #expect(try self.text(slipway) == text)
    #expect(try await slipway.run("set", "web", "image=a:2", "--replace-variables").code == 0)
    let codes = try await slipway.shell(
      "for a in web 'web image' 'web imag=x' 'web scale=x' 'wen scale=1'; do $SLIPWAY set $a 2>/dev/null; echo $?; done")
    #expect(codes.output == String(repeating: "1\n", count: 5))
    try FileManager.default.removeItem(at: slipway.folder)
  }
}
