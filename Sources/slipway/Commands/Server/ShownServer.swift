import DockerEngine
import RevisionStore
import SSHTransport
import SlipwayAPI

/// A server as it is printed: of the store here, or of the server of the context.
struct ShownServer: Sendable {
  var name: String
  var address: String
  var jumps: [String]
  var isJumpOnly: Bool
  var login: String
  /// Nil, as the next three: it is not reached over SSH.
  var socket: String?
  var hostKeyType: String?
  var fingerprint: String?
  /// How the engine's socket is reached; nil: that is not known yet.
  var dial: String?

  var isSSH: Bool { hostKeyType != nil }

  init(_ server: Server) {
    let ssh = server.ssh
    name = server.name
    switch server.way {
    case .ssh(let ssh):
      let host = ssh.host.contains(":") ? "[\(ssh.host)]" : ssh.host
      address = "ssh://\(ssh.user)@\(host)" + (ssh.port == SSHAddress.standardPort ? "" : ":\(ssh.port)")
    case .tls(let tls): address = TCPAddress(host: tls.host, port: Int(tls.port)).description
    }
    jumps = server.jumps
    isJumpOnly = server.isJumpOnly
    login = ssh?.credential.rawValue ?? "certificate"
    socket = ssh?.socket
    hostKeyType = ssh?.hostKeyType
    fingerprint = ssh.map { HostKey(blob: $0.hostKey)?.fingerprint ?? "damaged" }
    dial = ssh == nil ? "tls" : ssh?.dial
  }

  init(_ body: ServerBody) {
    name = body.name
    address = body.address ?? "not to be seen"
    jumps = body.jumps
    isJumpOnly = body.jumpOnly
    login = body.login ?? "not to be seen"
    socket = body.socket
    hostKeyType = body.hostKeyType
    fingerprint = body.fingerprint ?? (body.hostKeyType == nil ? nil : "damaged")
    dial = body.dial
  }

  /// How we know that it is the right one.
  var proof: String { hostKeyType.map { "\($0) \(fingerprint ?? "damaged")" } ?? "a certificate of its authority" }

  var dialText: String { dial ?? (isJumpOnly ? "jump only" : "not known yet") }
}
