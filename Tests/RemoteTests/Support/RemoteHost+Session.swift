import DockerEngine
import Foundation
import Orchestration
import SSHTransport
import SlipwayTesting

extension RemoteHost {
  var enginePath: RemotePath { get throws { try RemotePath(socket: socket) } }

  func address(user: String = "deploy", port: Int? = nil, host: String? = nil) throws -> SSHAddress {
    try SSHAddress(user: user, host: host ?? address, port: UInt16(port ?? self.port))
  }

  /// The keys that the host has now.
  var hostKeys: [HostKey] {
    get throws { KnownHosts(text: try String(contentsOfFile: knownHosts, encoding: .utf8)).keys(host: address, port: 22) }
  }

  /// A private key that is kept here.
  func key(_ path: KeyPath<Keys, String>, passphrase: String? = nil) throws -> SSHCredential {
    .key(
      text: SSHSecret(try String(contentsOfFile: keys[keyPath: path], encoding: .utf8)),
      passphrase: passphrase.map { SSHSecret($0) })
  }

  /// The way to this host; the key is the Ed25519 one unless another credential is given.
  func hop(
    user: String = "deploy", _ credential: SSHCredential? = nil, rule: HostKeyRule? = nil, proxy: LinkProxy? = nil
  ) throws -> SSHHop {
    SSHHop(
      address: try address(user: user, port: proxy?.port, host: proxy == nil ? nil : "127.0.0.1"),
      hostKey: try rule ?? .pinned(hostKeys), credential: try credential ?? key(\.ed25519), name: name)
  }

  /// Runs `body` with a session that is closed afterwards.
  func withSession<Value>(
    _ hop: SSHHop? = nil, through bastion: SSHSession? = nil, limits: SessionLimits = SessionLimits(),
    _ body: (SSHSession) async throws -> Value
  ) async throws -> Value {
    let session = try await SSHSession.connect(to: try hop ?? self.hop(), through: bastion, limits: limits)
    do {
      let value = try await body(session)
      await session.close()
      return value
    } catch {
      await session.close()
      throw error
    }
  }

  /// Runs `body` with a client of the engine and the link under it; both are closed afterwards.
  func withEngine<Value>(
    _ hops: [SSHHop]? = nil, socket: RemotePath? = nil, limits: SSHLink.Limits = SSHLink.Limits(),
    notice: @escaping @Sendable (String) -> Void = { _ in }, _ body: (EngineClient, SSHLink) async throws -> Value
  ) async throws -> Value {
    let link = SSHLink(hops: try hops ?? [hop()], socket: try socket ?? enginePath, limits: limits, notice: notice)
    let target = EngineTarget(link, name: name)
    let engine = EngineClient(connector: target.connector, limits: target.adjusted(EngineLimits()))
    do {
      let value = try await body(engine, link)
      await engine.shutdown()
      await target.close()
      return value
    } catch {
      await engine.shutdown()
      await target.close()
      throw error
    }
  }

  /// What the host's SSH server has written so far.
  var serverLog: String {
    get throws {
      let path = URL(fileURLWithPath: knownHosts).deletingLastPathComponent().appendingPathComponent("sshd.log").path
      return try String(contentsOfFile: path, encoding: .utf8)
    }
  }

  /// An option of sshd that lets programs of these names stand in for the forwarding of sockets, and hides the host's own.
  func standIns(_ names: [String]) throws -> String {
    let folder = homes.deploy + "/programs-\(names.joined(separator: "-"))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // What `docker system dial-stdio` and `socat - UNIX-CONNECT:…` do.
    let body = """
      #!/usr/bin/python3
      os, select, socket, sys = map(__import__, ('os', 'select', 'socket', 'sys'))
      path = next((a.split(':', 1)[1] for a in sys.argv if a.startswith('UNIX-CONNECT:')), '')
      path = path or next((a.removeprefix('unix://') for a in sys.argv if a.startswith('unix://')), '/var/run/docker.sock')
      engine = socket.socket(socket.AF_UNIX)
      engine.connect(path)
      ends = {0: engine.fileno(), engine.fileno(): 1}
      while ends:
          for ready in select.select(list(ends), [], [])[0]:
              data = os.read(ready, 65536)
              if not data:
                  if ready == 0:
                      engine.shutdown(socket.SHUT_WR)
                      del ends[0]
                      continue
                  sys.exit()
              while data:
                  data = data[os.write(ends[ready], data):]
      """
    for name in names {
      try body.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/" + name)
    }
    return "SetEnv=PATH=\(folder)"
  }

  /// Runs `body` while the host's server has other options, and brings the usual ones back.
  func with<Value>(options: [String], _ body: () async throws -> Value) async throws -> Value {
    do {
      try await restart(with: options)
      let value = try await body()
      try await restart(with: [])
      return value
    } catch {
      // WHY try?: the first failure is the one to show.
      try? await restart(with: [])
      throw error
    }
  }
}

/// The error of `body`, when it is one of SSH.
func sshError(_ body: () async throws -> Void) async throws -> SSHError? {
  do {
    try await body()
    return nil
  } catch let error as SSHError {
    return error
  }
}

/// Waits until a claim is true, and gives whether it was in time.
func becomes(within limit: Duration, _ claim: () async throws -> Bool) async rethrows -> Bool {
  let end = ContinuousClock.now + limit
  while try await !claim() {
    guard ContinuousClock.now < end, !Task.isCancelled else { return false }
    try? await Task.sleep(for: .milliseconds(20))
  }
  return true
}
