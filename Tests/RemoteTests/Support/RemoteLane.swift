import DockerEngine
import Foundation
import Glibc
import SSHTransport
import SlipwayTesting

/// A project that the built `slipway` works on over SSH, through a cable that can be cut and past a proxy that counts the calls.
///
/// `slipway` → `link` → the host's SSH server → `calls` → the host's engine.
struct RemoteLane: Sendable {
  let lane: FaultLane
  let link: LinkProxy
  let calls: FaultProxy
  let host: RemoteHost

  static func with<Value: Sendable>(
    _ host: RemoteHost, _ body: @escaping @concurrent @Sendable (RemoteLane) async throws -> Value
  ) async throws -> Value {
    let socket = host.homes.deploy + "/calls\(UInt32.random(in: 0 ... .max)).sock"
    return try await LinkProxy.with(host: host.address, port: host.port) { link in
      try await FaultProxy.with(upstream: try EngineEndpoint(parsing: host.engine), path: socket) { calls in
        unsafe chmod(socket, 0o666)
        return try await FaultLane.with(address: "ssh://deploy@127.0.0.1:\(link.port)\(socket)", engine: host.engine) { lane in
          let remote = RemoteLane(lane: lane, link: link, calls: calls, host: host)
          try remote.writeSettings()
          return try await body(remote)
        }
      }
    }
  }

  /// What the user's own ssh would know of the host.
  private func writeSettings() throws {
    let folder = lane.folder + "/.ssh"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try lane.write("Host 127.0.0.1\n  IdentityFile \(host.keys.ed25519)\n", to: ".ssh/config")
    try lane.write(try host.hostKeys.map { "[127.0.0.1]:\(link.port) \($0.line)\n" }.joined(), to: ".ssh/known_hosts")
  }
}
