import Foundation
import Glibc
import SlipwayTesting
import Testing

/// An engine of its own that a test may kill; made by `scripts/engine`, needs root.
struct PrivateEngine: Sendable {
  let name: String
  var socket: String { "/var/lib/slipway-engine/\(name)/docker.sock" }
  var address: String { "unix://\(socket)" }

  static func with<Value>(images: [String], _ body: (PrivateEngine) async throws -> Value) async throws -> Value {
    let engine = PrivateEngine(name: "ft" + String(UInt32.random(in: 0 ... .max), radix: 36))
    do {
      try await engine.script("engine", "up", "--name", engine.name)
      try await engine.script("images", [engine.socket] + images)
      let value = try await body(engine)
      try await engine.script("engine", "down", "--name", engine.name)
      return value
    } catch {
      // WHY try?: the first failure is the one to show.
      try? await engine.script("engine", "down", "--name", engine.name)
      throw error
    }
  }

  func revive() async throws { try await script("engine", "revive", "--name", name) }

  /// As a crash would: at once, without waiting.
  func kill() {
    let file = "/var/lib/slipway-engine/\(name)/dockerd.pid"
    guard let text = try? String(contentsOfFile: file, encoding: .utf8),
      let id = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), id > 1
    else { return }
    Glibc.kill(id, SIGKILL)
  }

  private func script(_ name: String, _ arguments: String...) async throws { try await script(name, arguments) }

  private func script(_ name: String, _ arguments: [String]) async throws {
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let environment = ProcessInfo.processInfo.environment.filter { $0.key == "PATH" || $0.key == "HOME" }
    let ended = try await SpawnedCommand.run(
      "/bin/bash", ["\(repository)/scripts/\(name)"] + arguments, in: repository, environment: environment)
    try #require(ended.code == 0, "\(name) \(arguments): \(ended.errors)")
  }
}

@Suite(.needsBinary, .enabled("needs root for an engine of its own") { geteuid() == 0 }, .serialized, .timeLimit(.minutes(5)))
struct KilledEngineTests {
  private struct Moment {
    var name: String
    /// The write of an update at which the engine dies.
    var write: Int
    /// Whether slipway still waits when the engine is back.
    var isPatient: Bool
  }

  @Test func `AB-I2: the engine is killed while it creates, after the old ones are stopped, and while health is awaited`()
    async throws
  {
    let images = ["slipway/base:1", "slipway/hello:1.0", "slipway/hello:1.1", "slipway/database:1.0"]
    try await PrivateEngine.with(images: images) { engine in
      try await FaultProxy.with(address: engine.address) { proxy in
        let lane = try FaultLane(address: proxy.address)
        defer { try? FileManager.default.removeItem(atPath: lane.folder) }
        try lane.write(ToggledStack.odd.compose())
        let first = try await lane.deploy()
        #expect(first.code == 0, "\(first.errors)")
        for moment in [
          Moment(name: "creates", write: 12, isPatient: false), Moment(name: "old ones are stopped", write: 17, isPatient: false),
          Moment(name: "health is awaited", write: 26, isPatient: false),
          Moment(name: "old ones are stopped, back in time", write: 17, isPatient: true),
        ] {
          let before = try await StackSnapshot.of(lane.project, at: engine.address)
          try lane.write(ToggledStack.even.compose())
          proxy.reset()
          proxy.interrupt(atWrite: moment.write, .beforeCall) { engine.kill() }
          var attempt = lane
          attempt.settings["SLIPWAY_ENGINE_WAIT"] = moment.isPatient ? "60" : "1"
          let trying = attempt
          async let ending = trying.deploy()
          while engine.isUp { try await Task.sleep(for: .milliseconds(20)) }
          if !moment.isPatient { _ = try await ending }
          try await engine.revive()
          let killed = try await ending
          let place = "\(moment.name): \(killed.errors)"
          #expect([0, 1].contains(killed.code), "\(place)")
          if moment.isPatient {
            // It went on, or back, by itself.
            let now = try await StackSnapshot.of(lane.project, at: engine.address)
            let problems =
              killed.code == 0 ? ToggledStack.even.problems(now, project: lane.project) : now.differences(from: before)
            #expect(problems == [], "\(place)")
            print("AB-I2 \(moment.name): exit code \(killed.code)")
          } else {
            try lane.write(ToggledStack.odd.compose())
            let next = try await lane.deploy()
            let now = try await StackSnapshot.of(lane.project, at: engine.address)
            #expect(next.code == 0, "\(place)\n\(next.errors)")
            #expect(killed.code == 1, "\(place)")
            #expect(now.differences(from: before) == [], "\(place)\n\(next.errors)")
            print("AB-I2 \(moment.name): old revision, whole")
          }
          #expect(try await lane.plan().code == 0 || killed.code == 1)
        }
      }
    }
  }
}

extension PrivateEngine {
  /// Whether its process is there; one that is dead and not reaped is not.
  var isUp: Bool {
    guard let text = try? String(contentsOfFile: "/var/lib/slipway-engine/\(name)/dockerd.pid", encoding: .utf8),
      let status = try? String(
        contentsOfFile: "/proc/\(text.trimmingCharacters(in: .whitespacesAndNewlines))/status", encoding: .utf8)
    else { return false }
    return !status.contains("State:\tZ") && !status.contains("State:\tX")
  }
}
