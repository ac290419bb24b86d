import Foundation
import SSHTransport
import SlipwayTesting
import Testing

@Suite(.needsRemotes, .timeLimit(.minutes(15)))
struct LoginTests {
  @Test func `Keys of every kind open a session through which the engine answers`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      for credential in [
        try host.key(\.ed25519), try host.key(\.ecdsa), try host.key(\.rsa), try host.key(\.locked, passphrase: host.passphrase),
      ] {
        for user in ["deploy", "root"] {
          try await host.withSession(host.hop(user: user, credential)) { session in
            let stream = Stream(try await session.openSocket(host.enginePath))
            let answer = try await stream.ask()
            #expect(answer.hasPrefix("HTTP/1.0 200") && answer.hasSuffix("OK"), "\(user): \(answer)")
          }
        }
      }
    }
  }

  @Test func `A locked key says whether the passphrase is missing or wrong, and nothing is sent to the host`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      for (passphrase, word) in [(nil, "locked"), ("wrong", "wrong")] {
        let error = try await sshError {
          try await host.withSession(host.hop(host.key(\.locked, passphrase: passphrase))) { _ in }
        }
        guard case .badKey(let reason, _)? = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
        #expect(reason.contains(word))
      }
    }
  }

  @Test func `A password opens a session by the method password, and a wrong one is refused`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      try await host.withSession(host.hop(.password(SSHSecret(host.password)))) { #expect($0.isUsable) }
      let error = try await sshError { try await host.withSession(host.hop(.password(SSHSecret("wrong")))) { _ in } }
      guard case .refused(_, let tried, let methods)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(tried.contains("password") && !tried.contains("wrong"))
      #expect(methods.contains("publickey"))
    }
  }

  @Test func `A password answers the hidden question of keyboard-interactive`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      let options = ["UsePAM=yes", "KbdInteractiveAuthentication=yes", "PasswordAuthentication=no"]
      try await host.with(options: options) {
        try await host.withSession(host.hop(.password(SSHSecret(host.password)))) { #expect($0.isUsable) }
        let error = try await sshError { try await host.withSession(host.hop(.password(SSHSecret("wrong")))) { _ in } }
        guard case .refused(_, _, let methods)? = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(methods.contains("keyboard-interactive"))
      }
    }
  }

  @Test func `The keys of an agent open a session; an agent without one that fits, or none at all, is told`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      try await Agent.with { agent in
        try await agent.add(host.keys.stranger)
        let refused = try await sshError { try await host.withSession(host.hop(.agent(socket: agent.socket))) { _ in } }
        guard case .refused? = refused else {
          Issue.record("\(String(describing: refused))")
          return
        }
        try await agent.add(host.keys.ecdsa)
        try await host.withSession(host.hop(.agent(socket: agent.socket))) { #expect($0.isUsable) }
      }
      let missing = try await sshError { try await host.withSession(host.hop(.agent(socket: "/nonexistent/agent"))) { _ in } }
      guard case .agent? = missing else {
        Issue.record("\(String(describing: missing))")
        return
      }
    }
  }

  @Test func `Of an agent's keys the named one is offered, and no other`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      let folder = FileManager.default.temporaryDirectory.path + "/slipway-agent-keys-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      defer { try? FileManager.default.removeItem(atPath: folder) }  // WHY try?: nothing depends on it
      func line(_ path: String) throws -> HostKey {
        try SSHCredential.publicKey(String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self))
      }
      try await Agent.with { agent in
        // More than sshd takes tries for (MaxAuthTries is 6).
        for number in 1...7 {
          let made = try await FinishedProgram.running(
            "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/\(number)"])
          #expect(made.code == 0, "\(made.errors)")
          try await agent.add("\(folder)/\(number)")
        }
        try await agent.add(host.keys.ecdsa)
        let all = try await sshError { try await host.withSession(host.hop(.agent(socket: agent.socket))) { _ in } }
        #expect(all != nil)
        let known = try line(host.keys.ecdsa + ".pub")
        try await host.withSession(host.hop(.agent(socket: agent.socket, key: known))) { #expect($0.isUsable) }
        let wrong = try await sshError {
          try await host.withSession(host.hop(.agent(socket: agent.socket, key: line("\(folder)/1.pub")))) { _ in }
        }
        guard case .refused? = wrong else {
          Issue.record("\(String(describing: wrong))")
          return
        }
        let absent = try line(host.keys.stranger + ".pub")
        let missing = try await sshError {
          try await host.withSession(host.hop(.agent(socket: agent.socket, key: absent))) { _ in }
        }
        guard case .agent(let reason)? = missing, reason.contains(absent.fingerprint) else {
          Issue.record("\(String(describing: missing))")
          return
        }
      }
    }
  }

  @Test(arguments: [false, true])
  func `An agent that takes the question and is silent is given up when the time is over`(namesKey: Bool) async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      let line = try String(decoding: Data(contentsOf: URL(filePath: host.keys.ecdsa + ".pub")), as: UTF8.self)
      let key = namesKey ? try SSHCredential.publicKey(line) : nil
      let socket = "/tmp/slipway-silent-agent-\(UInt32.random(in: 0 ... .max))"
      try await PlayedServer.with(path: socket, PlayedServer.silence) {
        let begin = ContinuousClock.now
        let error = try await sshError {
          _ = try await SSHSession.connect(to: host.hop(.agent(socket: socket, key: key)), limit: .seconds(3))
        }
        guard case .agent(let reason)? = error, reason.contains("did not answer") else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(ContinuousClock.now - begin < .seconds(10))
      }
    }
  }

  @Test func `A stranger's key and an unknown user are refused within 10 s, with the host's name`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      for hop in [try host.hop(host.key(\.stranger)), try host.hop(user: "nobody-here")] {
        let begin = ContinuousClock.now
        let error = try await sshError { try await host.withSession(hop) { _ in } }
        guard case .refused(let name, _, _)? = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
        #expect(name == host.name)
        #expect(ContinuousClock.now - begin < .seconds(10))
      }
    }
  }

  @Test func `A fingerprint finds the key of its type among the three that a host has`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      let prints = host.fingerprints
      for (fingerprint, type) in [
        (prints.ed25519, "ssh-ed25519"), (prints.ecdsa, "ecdsa-sha2-nistp256"), (prints.rsa, "ssh-rsa"),
      ] {
        try await host.withSession(host.hop(rule: .fingerprint(fingerprint))) { #expect($0.hostKey.type == type) }
        // And the session that is pinned to it asks for it.
        let pinned = try host.hostKeys.filter { $0.type == type }
        try await host.withSession(host.hop(rule: .pinned(pinned))) { #expect($0.hostKey == pinned.first) }
        let looked = try await SSHSession.hostKey(of: host.address(), name: host.name, fingerprint: fingerprint)
        #expect(looked.type == type)
      }
    }
  }

  @Test func `AB-G1: a host that shows another key than the pinned one gets no attempt to log in`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      let old = try host.hostKeys
      let renewed = try await host.rekey()
      let before = try renewed.serverLog.count
      for rule in [HostKeyRule.pinned(old), .fingerprint(host.fingerprints.ed25519), .pinned([])] {
        for credential in [try host.key(\.ed25519), .password(SSHSecret(host.password))] {
          let error = try await sshError { try await renewed.withSession(renewed.hop(credential, rule: rule)) { _ in } }
          switch (error, rule) {
          case (.hostKeyUnknown(_, let offered)?, .pinned([])):
            #expect(
              [renewed.fingerprints.ed25519, renewed.fingerprints.ecdsa, renewed.fingerprints.rsa].contains(offered.fingerprint))
          case (.hostKeyChanged(_, _, let offered)?, _): #expect(try offered.map { try renewed.hostKeys.contains($0) } ?? true)
          default: Issue.record("\(rule): \(String(describing: error))")
          }
        }
      }
      let log = String(try renewed.serverLog.dropFirst(before))
      #expect(log.contains("Connection"), "\(log)")
      for word in ["Accepted", "Failed", "Postponed", "authenticating user", "Invalid user", "userauth", "deploy"] {
        #expect(!log.contains(word), "\(log)")
      }
    }
  }

  @Test func `A server that wants two proofs is told as one that refuses the only one`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      try await host.with(options: ["AuthenticationMethods=publickey,password"]) {
        let error = try await sshError { try await host.withSession(host.hop()) { _ in } }
        guard case .refused(_, let tried, let methods)? = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(tried.contains("only proof"))
        #expect(methods == ["password"])
      }
    }
  }
}

/// An agent of OpenSSH with a socket of its own, ended after use.
private struct Agent: Sendable {
  let socket: String

  static func with<Value>(_ body: (Agent) async throws -> Value) async throws -> Value {
    let socket = "/tmp/slipway-agent-\(UInt32.random(in: 0 ... .max))"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["ssh-agent", "-D", "-a", socket]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      process.terminate()
      try? FileManager.default.removeItem(atPath: socket)  // WHY try?: it removes the socket itself
    }
    try #require(await becomes(within: .seconds(10)) { FileManager.default.fileExists(atPath: socket) })
    return try await body(Agent(socket: socket))
  }

  func add(_ key: String) async throws {
    let added = try await FinishedProgram.running("ssh-add", ["-q", key], adding: ["SSH_AUTH_SOCK": socket])
    #expect(added.code == 0, "\(added.errors)")
  }
}
