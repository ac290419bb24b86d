import Foundation
import SlipwayTesting
import Testing

/// The built `slipway` with a home folder and a data directory of its own.
struct RemoteSlipway {
  let folder: URL
  var home: URL { folder.appendingPathComponent("home") }
  var data: URL { folder.appendingPathComponent("data") }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("remote-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder.appendingPathComponent("home/.ssh"), withIntermediateDirectories: true)
  }

  func remove() throws { try FileManager.default.removeItem(at: folder) }

  @discardableResult
  func callAsFunction(_ arguments: String..., adding variables: [String: String] = [:]) async throws -> FinishedProgram {
    try await run(arguments, adding: variables)
  }

  func run(_ arguments: [String], adding variables: [String: String] = [:]) async throws -> FinishedProgram {
    let binary = try #require(ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"])
    let own = ["HOME": home.path, "SLIPWAY_DATA": data.path, "DOCKER_HOST": "", "SSH_AUTH_SOCK": "", "XDG_CONFIG_HOME": ""]
    return try await FinishedProgram.running(binary, arguments, adding: own.merging(variables) { $1 })
  }

  /// Names of the servers that are stored.
  func servers() async throws -> [String] {
    struct Row: Decodable { let name: String }
    let list = try await self("server", "list", "--json")
    return try JSONDecoder().decode([Row].self, from: Data(list.output.utf8)).map(\.name)
  }

  /// A file of the folder with this text.
  func file(_ name: String, _ text: String) throws -> String {
    let path = folder.appendingPathComponent(name)
    try text.write(to: path, atomically: true, encoding: .utf8)
    return path.path
  }

  /// Adds a host as `name` with the key that it admits.
  func add(_ host: RemoteHost, as name: String = "alpha", user: String = "deploy", _ more: String...) async throws {
    let added = try await run(
      [
        "server", "add", name, "ssh://\(user)@\(host.address):\(host.port)", "--identity", host.keys.ed25519, "--fingerprint",
        host.fingerprints.ed25519,
      ] + more)
    try #require(added.code == 0, "\(added.errors)")
  }
}

extension RemoteHost {
  /// What its SSH server has logged.
  var log: String {
    get throws {
      let folder = URL(fileURLWithPath: knownHosts).deletingLastPathComponent()
      return try String(contentsOf: folder.appendingPathComponent("sshd.log"), encoding: .utf8)
    }
  }
}
