import Foundation
import SlipwayTesting
import Testing

/// The built `slipway` deploys stacks whose files are on this machine to an engine behind SSH.
@Suite(
  .needsRemotes, .enabled("set SLIPWAY_TEST_BINARY") { ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"] != nil },
  .serialized, .timeLimit(.minutes(3)))
struct ProjectFilesTests {
  /// A project folder with a home that knows the host.
  private struct Project {
    let host: RemoteHost
    let name: String
    let folder: URL

    init(on host: RemoteHost, _ compose: String) throws {
      self.host = host
      name = "files\(UInt32.random(in: 0...UInt32.max))"
      folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
      let ssh = folder.appendingPathComponent("home/.ssh")
      try FileManager.default.createDirectory(at: ssh, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: URL(fileURLWithPath: host.configuration), to: ssh.appendingPathComponent("config"))
      try FileManager.default.copyItem(
        at: URL(fileURLWithPath: host.knownHosts), to: ssh.appendingPathComponent("known_hosts"))
      try write("compose.yaml", compose)
    }

    func write(_ path: String, _ text: String, mode: Int = 0o644) throws {
      let file = folder.appendingPathComponent(path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    func slipway(_ arguments: String...) async throws -> FinishedProgram { try await run(arguments) }

    /// The command must succeed.
    func deploy(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
      let program = try await run(arguments)
      #expect(program.code == 0, "\(program.errors)", sourceLocation: sourceLocation)
    }

    /// What a container of the service says to a command.
    func said(_ command: String...) async throws -> String {
      let program = try await run(["exec", "-T", "web"] + command)
      return program.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func run(_ arguments: [String]) async throws -> FinishedProgram {
      try await FinishedProgram.running(
        ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"] ?? "",
        ["-H", "ssh://\(host.name)", "-f", folder.appendingPathComponent("compose.yaml").path, "-p", name] + arguments,
        adding: [
          "HOME": folder.appendingPathComponent("home").path, "SLIPWAY_DATA": folder.appendingPathComponent("store").path,
          "SLIPWAY_SETTLE": "0",
        ])
    }

    func remove() async throws {
      _ = try await slipway("down", "-v", "-t", "0")
      try FileManager.default.removeItem(at: folder)
    }
  }

  private func with(_ compose: String, _ body: (Project) async throws -> Void) async throws {
    let project = try Project(on: try #require(try await RemoteHost.all().first), compose)
    do {
      try await body(project)
    } catch {
      try? await project.remove()
      throw error
    }
    try await project.remove()
  }

  /// A service that only waits, with mounts.
  private func compose(_ volumes: String...) -> String {
    """
    services:
      web:
        image: slipway/base:1
        command: ["sleep", "3600"]
        init: true
        stop_grace_period: 1s
        volumes: [\(volumes.map { "\"\($0)\"" }.joined(separator: ", "))]

    """
  }

  @Test func `A changed page is there after a deploy, and the old one after a rollback`() async throws {
    try await with(compose("./html:/site:ro")) { project in
      try project.write("html/index.html", "one")
      try project.write("html/run.sh", "#!/bin/sh", mode: 0o750)
      try await project.deploy("deploy")
      #expect(try await project.said("cat", "/site/index.html") == "one")
      #expect(try await project.said("stat", "-c", "%a", "/site/run.sh") == "750")
      try project.write("html/index.html", "two")
      let plan = try await project.slipway("plan")
      #expect(plan.output.contains("mounted files changed: html/index.html"), "\(plan.output) \(plan.errors)")
      try await project.deploy("deploy")
      #expect(try await project.said("cat", "/site/index.html") == "two")
      try await project.deploy("rollback")
      #expect(try await project.said("cat", "/site/index.html") == "one")
      try await project.deploy("deploy")
      #expect(try await project.said("cat", "/site/index.html") == "two")
      let again = try await project.slipway("plan")
      #expect(again.code == 0, "\(again.output)")
    }
  }

  @Test func `What a service has written stays, and its container with it`() async throws {
    try await with(compose("./data:/data")) { project in
      try project.write("data/mine", "one")
      try await project.deploy("deploy")
      let container = try await project.slipway("ps", "-q").output
      _ = try await project.said("sh", "-c", "echo theirs > /data/theirs")
      try project.write("data/mine", "two")
      try await project.deploy("deploy")
      #expect(try await project.said("cat", "/data/mine") == "two")
      #expect(try await project.said("cat", "/data/theirs") == "theirs")
      #expect(try await project.slipway("ps", "-q").output == container)
      try await project.deploy("rollback")
      #expect(try await project.said("cat", "/data/mine") == "one")
      #expect(try await project.said("cat", "/data/theirs") == "theirs")
    }
  }

  @Test func `A deploy that fails leaves the old files with the old containers`() async throws {
    try await with(compose("./html:/site:ro", "./data:/data")) { project in
      try project.write("html/index.html", "one")
      try project.write("data/mine", "one")
      try await project.deploy("deploy")
      try project.write("html/index.html", "two")
      try project.write("data/mine", "two")
      try project.write("compose.yaml", compose("./html:/site:ro", "./data:/data").replacing("\"3600\"", with: "\"x\""))
      let failed = try await project.slipway("deploy")
      #expect(failed.code != 0)
      #expect(try await project.said("cat", "/site/index.html") == "one")
      #expect(try await project.said("cat", "/data/mine") == "one")
    }
  }

  @Test func `A secret from a file is in the container, readable as the file is`() async throws {
    let compose = compose() + "    secrets: [token]\nsecrets: {token: {file: ./token}}\n"
    try await with(compose) { project in
      try project.write("token", "hidden", mode: 0o600)
      try await project.deploy("deploy")
      #expect(try await project.said("cat", "/run/secrets/token") == "hidden")
      #expect(try await project.said("stat", "-c", "%a", "/run/secrets/token") == "600")
    }
  }

  @Test func `What cannot be sent ends the deploy before anything is made`() async throws {
    try await with(compose("./html:/site:ro")) { project in
      try project.write("html/index.html", "one")
      try FileManager.default.createSymbolicLink(
        atPath: project.folder.appendingPathComponent("html/out").path, withDestinationPath: "/etc/passwd")
      let refused = try await project.slipway("deploy")
      #expect(refused.code == 1)
      #expect(refused.errors.contains("absolute target"), "\(refused.errors)")
      #expect(try await project.slipway("ps", "-aq").output.isEmpty)
    }
  }
}
