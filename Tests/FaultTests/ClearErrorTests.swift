import Foundation
import Glibc
import SlipwayTesting
import Testing

/// What can go wrong around a deploy: each time exit code 1, a message that says what, where and what to do, and the revision
/// that ran before runs on, untouched.
@Suite(.needsBinary, .timeLimit(.minutes(5)))
struct ClearErrorTests {
  private static func stack(_ image: String = "slipway/hello:1.0", more: String = "") -> String {
    "services:\n  web:\n    image: \(image)\n    stop_grace_period: 1s\n\(more)"
  }

  private static var freePort: Int { Int.random(in: 20_000...29_999) }

  /// Deploys `first`, then does `second`; checks the message and that nothing changed.
  private func expectError(
    first: String = stack(), second: String = stack("slipway/hello:1.1"), says words: [String],
    deploying deploy: (FaultLane) async throws -> SpawnedCommand = { try await $0.run(["deploy", "-p", $0.project]) }
  ) async throws {
    try await FaultLane.with { lane in
      try lane.write(first)
      let good = try await lane.run(["deploy", "-p", lane.project])
      #expect(good.code == 0, "\(good.errors)")
      let before = try await lane.snapshot()
      try lane.write(second)
      let bad = try await deploy(lane)
      #expect(bad.code == 1, "\(bad.errors)")
      for word in words + ["fix:"] { #expect(bad.errors.contains(word), "\(word) in: \(bad.errors)") }
      #expect(bad.duration < .seconds(60))
      #expect(try await lane.snapshot().differences(from: before) == [])
    }
  }

  @Test func `An engine that is down is named with the way out`() async throws {
    try await expectError(says: ["cannot reach the engine at", "/nowhere/docker.sock"]) { lane in
      try await lane.run(["deploy", "-p", lane.project, "-H", "unix:///nowhere/docker.sock"])
    }
  }

  @Test func `An engine that is too old is refused with its version`() async throws {
    try await expectError(says: ["1.24", "1.41"]) { lane in
      try await StubEngine.with { _ in
        [.pong(apiVersion: "1.24")]
      } _: { stub in
        try await lane.run(["deploy", "-p", lane.project, "-H", stub.address])
      }
    }
  }

  @Test func `An engine that hangs is given up after the time limit`() async throws {
    try await expectError(says: ["no answer within"]) { lane in
      var impatient = lane
      impatient.settings["SLIPWAY_ENGINE_TIMEOUT"] = "2"
      let hurried = impatient
      return try await StubEngine.with {
        $0.target.hasSuffix("/_ping") ? [.pong()] : [.hang]
      } _: { stub in
        try await hurried.run(["deploy", "-p", hurried.project, "-H", stub.address])
      }
    }
  }

  @Test(.enabled("needs root for a file system of its own") { geteuid() == 0 })
  func `A disk that is nearly full is refused before anything is touched`() async throws {
    try await expectError(says: ["MiB are free", "a deploy needs 256 MiB"]) { lane in
      let disk = lane.folder + "/small"
      return try await SmallDisk.with(mebibytes: 64, at: disk) {
        var full = lane
        full.settings["SLIPWAY_DATA"] = disk
        return try await full.run(["deploy", "-p", full.project, "--take-over"])
      }
    }
  }

  @Test func `A container name that another stack has is a conflict with both names`() async throws {
    let name = "taken\(UInt32.random(in: 0 ... .max))"
    try await FaultLane.with { other in
      try other.write(Self.stack(more: "    container_name: \(name)\n"))
      #expect(try await other.run(["deploy", "-p", other.project]).code == 0)
      try await expectError(
        second: Self.stack() + "  second:\n    image: slipway/base:1\n    container_name: \(name)\n",
        says: [name, "already in use"])
    }
  }

  @Test func `A port that another stack has is named`() async throws {
    let port = Self.freePort
    try await FaultLane.with { other in
      try other.write(Self.stack(more: "    ports: [\"\(port):80\"]\n"))
      #expect(try await other.run(["deploy", "-p", other.project]).code == 0)
      try await expectError(
        second: Self.stack("slipway/hello:1.1", more: "    ports: [\"\(port):80\"]\n"),
        says: ["web", "\(port)", "port is already allocated", "revision 1 runs again"])
    }
  }

  @Test func `An image that cannot be pulled is named`() async throws {
    try await expectError(
      second: Self.stack("127.0.0.1:9/nowhere/web:7"), says: ["127.0.0.1:9/nowhere/web:7", "nothing was changed"])
  }

  @Test func `AB-E5: an image name out of the grammar is refused before anything is touched`() async throws {
    try await expectError(second: Self.stack("\"a;b\""), says: ["image a;b of service web"])
  }

  @Test func `A health check that never passes is named with its output`() async throws {
    try await expectError(
      second: Self.stack("slipway/hello:broken"), says: ["web", "unhealthy", "the page is broken", "revision 1 runs again"])
  }

  @Test func `A network that does not exist is refused before anything is touched`() async throws {
    try await expectError(
      second: Self.stack(more: "    networks: [far]\n") + "networks: {far: {external: true, name: nowhere}}\n",
      says: ["network nowhere is declared external and does not exist"])
  }

  @Test func `A data folder that others can read is refused`() async throws {
    try await expectError(says: ["/loose"]) { lane in
      let folder = lane.folder + "/loose"
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
      var loose = lane
      loose.settings["SLIPWAY_DATA"] = folder
      return try await loose.run(["deploy", "-p", loose.project])
    }
  }
}
