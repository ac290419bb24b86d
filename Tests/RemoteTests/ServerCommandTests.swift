import Foundation
import SlipwayTesting
import Testing

/// `slipway server` on real SSH servers in front of real engines.
@Suite(.needsRemotes, .serialized, .timeLimit(.minutes(15)))
struct ServerCommandTests {
  private let slipway: RemoteSlipway

  init() throws { slipway = try RemoteSlipway() }

  private static let noFingerprint = "SHA256:" + String(repeating: "A", count: 43)

  // MARK: Adding

  @Test func `A server with the right fingerprint is stored, and its engine is used by its name`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = hosts[0]
      let added = try await slipway(
        "server", "add", "alpha", "ssh://deploy@\(host.address)", "--identity", host.keys.ed25519, "--fingerprint",
        host.fingerprints.ed25519)
      #expect(added.code == 0 && added.output.contains(host.fingerprints.ed25519), "\(added)")
      #expect(try await slipway.servers() == ["alpha"])
      for arguments in [["--server", "alpha", "ps", "-p", "none"], ["ps", "-p", "none", "--server=alpha"]] {
        #expect(try await slipway.run(arguments).code == 0)
      }
      #expect(try await slipway("ps", "-p", "none", adding: ["SLIPWAY_SERVER": "alpha"]).code == 0)
      let both = try await slipway("ps", "-p", "none", "--server", "alpha", "-H", host.engine)
      #expect(both.code == 1 && both.errors.contains("two engines"))
      let unknown = try await slipway("ps", "-p", "none", "--server", "beta")
      #expect(unknown.code == 1 && unknown.errors.contains("use one of alpha"), "\(unknown)")
      try slipway.remove()
    }
  }

  @Test func `Each kind of host key is found by its fingerprint`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = hosts[0]
      for (name, print) in [("ec", host.fingerprints.ecdsa), ("rsa", host.fingerprints.rsa)] {
        let added = try await slipway(
          "server", "add", name, "ssh://deploy@\(host.address)", "--identity", host.keys.ed25519, "--fingerprint", print)
        #expect(added.code == 0, "\(added)")
        #expect(try await slipway("server", "test", name).code == 0)
      }
      try slipway.remove()
    }
  }

  @Test func `S-SSH-2: with another fingerprint, or none, nothing is stored and no login is tried`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = hosts[0]
      let before = try host.log.count
      let address = "ssh://deploy@\(host.address)"
      let wrong = try await slipway(
        "server", "add", "alpha", address, "--identity", host.keys.ed25519, "--fingerprint", Self.noFingerprint)
      #expect(wrong.code == 1 && wrong.errors.contains(host.fingerprints.ed25519), "\(wrong)")
      let none = try await slipway("server", "add", "alpha", address, "--identity", host.keys.ed25519)
      #expect(none.code == 1 && none.errors.contains("give --fingerprint \(host.fingerprints.ed25519)"), "\(none)")
      #expect(try await slipway.servers().isEmpty)
      let log = try host.log.dropFirst(before)
      #expect(!log.contains("Accepted") && !log.contains("Failed") && !log.contains("Postponed"), "\(log)")
      try slipway.remove()
    }
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var user = "deploy"
    var port = ""
    var more: [String] = []
    var key: @Sendable (RemoteHost) -> String = { $0.keys.ed25519 }
    var reason: String
  }

  static let refusals = [
    Refusal(testDescription: "a wrong user", user: "nobody-here", reason: "refuses this key for the user nobody-here"),
    Refusal(testDescription: "a key that is not admitted", key: { $0.keys.stranger }, reason: "refuses this key"),
    Refusal(testDescription: "a port where nobody listens", port: ":9", reason: "Connection refused"),
    Refusal(
      testDescription: "a socket that is not there", more: ["--socket", "/run/none.sock"],
      reason: "no engine socket at /run/none.sock"),
    Refusal(testDescription: "a user who may not open the socket", user: "guest", reason: "the user guest may not open"),
    Refusal(testDescription: "a locked key without its passphrase", key: { $0.keys.locked }, reason: "locked with a passphrase"),
    Refusal(
      testDescription: "the public half of a key", key: { $0.keys.ed25519 + ".pub" }, reason: "is the public half of a key"),
    Refusal(testDescription: "a key that is not there", key: { _ in "/nowhere/key" }, reason: "no such file"),
  ]

  @Test(arguments: refusals)
  func `What cannot be used is refused with a remedy, and not stored`(refusal: Refusal) async throws {
    try await RemoteHost.borrowing { hosts in
      let host = hosts[0]
      let begin = ContinuousClock.now
      let result = try await slipway.run(
        [
          "server", "add", "alpha", "ssh://\(refusal.user)@\(host.address)\(refusal.port)", "--identity", refusal.key(host),
          "--fingerprint", host.fingerprints.ed25519,
        ] + refusal.more)
      #expect(result.code == 1 && result.errors.contains(refusal.reason) && result.errors.contains("fix: "), "\(result)")
      #expect(ContinuousClock.now - begin < .seconds(10))
      #expect(try await slipway.servers().isEmpty)
      try slipway.remove()
    }
  }

  @Test func `A dead address is given up within 10 s, and holds up no other server`() async throws {
    try await RemoteHost.borrowing(2) { hosts in
      let (host, dead) = (hosts[0], hosts[1])
      try await slipway.add(host)
      try await slipway.add(dead, as: "dead")
      try await dead.cut()
      do {
        let begin = ContinuousClock.now
        let tested = try await slipway("server", "test", "--all")
        #expect(tested.code == 1 && tested.errors.isEmpty)
        #expect(ContinuousClock.now - begin < .seconds(10))
        let parts = tested.output.components(separatedBy: "\ndead\n")
        #expect(parts.count == 2 && parts[0].contains("API 1.") && parts[1].contains("fail       connection"), "\(tested.output)")
        let again = ContinuousClock.now
        let added = try await slipway(
          "server", "add", "gone", "ssh://deploy@\(dead.address)", "--identity", dead.keys.ed25519, "--fingerprint",
          dead.fingerprints.ed25519)
        #expect(added.code == 1 && added.errors.contains("gone (deploy@\(dead.address))"), "\(added)")
        #expect(ContinuousClock.now - again < .seconds(10))
      } catch {
        try await dead.heal()
        throw error
      }
      try await dead.heal()
      #expect(try await slipway("server", "test", "dead").code == 0)
      try slipway.remove()
    }
  }

  @Test func `Locked keys and passwords log in, and none of them is in the store in plain`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = hosts[0]
      let phrase = try slipway.file("phrase", host.passphrase + "\n")
      let password = try slipway.file("password", host.password + "\n")
      let ways = [
        "locked": ["--identity", host.keys.locked, "--passphrase-file", phrase], "word": ["--password-file", password],
        "rsa": ["--identity", host.keys.rsa], "ec": ["--identity", host.keys.ecdsa],
      ]
      for (name, way) in ways {
        let added = try await slipway.run(
          ["server", "add", name, "ssh://deploy@\(host.address)", "--fingerprint", host.fingerprints.ed25519] + way)
        #expect(added.code == 0, "\(name): \(added)")
      }
      #expect(try await slipway("server", "test", "--all").code == 0)
      let keyLines = try String(contentsOfFile: host.keys.locked, encoding: .utf8).split(separator: "\n")
      let needles = [host.passphrase, host.password, String(try #require(keyLines.dropFirst(2).first))]
      for name in try FileManager.default.subpathsOfDirectory(atPath: slipway.data.path) {
        guard let bytes = FileManager.default.contents(atPath: slipway.data.path + "/" + name) else { continue }
        for needle in needles { #expect(bytes.range(of: Data(needle.utf8)) == nil, "\(name)") }
      }
      try slipway.remove()
    }
  }

  @Test func `A jump host is pinned and stored with the server, and stays while it is needed`() async throws {
    try await RemoteHost.borrowing(2) { hosts in
      let (host, jump) = (hosts[0], hosts[1])
      let refused = try await slipway(
        "server", "add", "alpha", "ssh://deploy@\(host.address)", "--identity", host.keys.ed25519, "--fingerprint",
        host.fingerprints.ed25519, "--jump", "ssh://root@\(jump.address)", "--jump-fingerprint", Self.noFingerprint)
      #expect(refused.code == 1 && refused.errors.contains("root@\(jump.address)"), "\(refused)")
      #expect(try await slipway.servers().isEmpty)
      try await slipway.add(
        host, as: "alpha", user: "deploy", "--jump", "ssh://root@\(jump.address)", "--jump-fingerprint",
        jump.fingerprints.ed25519)
      let name = jump.address.replacingOccurrences(of: ".", with: "-")
      #expect(try await slipway.servers() == [name, "alpha"])
      let tested = try await slipway("server", "test", "alpha", "--json")
      #expect(tested.code == 0 && tested.output.contains("\"host\": \"\(name) (root@\(jump.address))\""), "\(tested.output)")
      #expect(try host.log.contains("from \(jump.address) port"))
      try await slipway.add(host, as: "beta", user: "root", "--jump", name)
      let stays = try await slipway("server", "remove", name)
      #expect(stays.code == 1 && stays.errors.contains("the way to alpha, beta leads through \(name)"), "\(stays)")
      for server in ["alpha", "beta", name] { #expect(try await slipway("server", "remove", server).code == 0) }
      try slipway.remove()
    }
  }

  // MARK: Changes on the server

  @Test func `AB-G1: another host key is a hard stop before any login, until it is pinned anew`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = hosts[0]
      try await slipway.add(host)
      let renewed = try await host.rekey()
      let before = try renewed.log.count
      for arguments in [["--server", "alpha", "ps", "-p", "none"], ["server", "test", "alpha"]] {
        let result = try await slipway.run(arguments)
        #expect(result.code == 1 && (result.errors + result.output).contains("the host key has changed"), "\(result)")
      }
      let log = try renewed.log.dropFirst(before)
      #expect(!log.contains("Accepted") && !log.contains("Failed") && !log.contains("Postponed"), "\(log)")
      try await slipway.add(renewed, as: "alpha", user: "deploy", "--replace")
      #expect(try await slipway("--server", "alpha", "ps", "-p", "none").code == 0)
      try slipway.remove()
    }
  }

  @Test func `Where the server forwards no sockets, the test tells what stands in, and it is remembered`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = hosts[0]
      try await slipway.add(host)
      try await host.restart(with: ["AllowStreamLocalForwarding=no"])
      do {
        let tested = try await slipway("server", "test", "alpha")
        // What stands in must be installed on the host, which has the programs of this machine.
        let hasStandIn = tested.output.contains("stands in")
        #expect(hasStandIn ? tested.code == 0 : tested.output.contains("AllowStreamLocalForwarding yes"), "\(tested.output)")
        if hasStandIn {
          let listed = try await slipway("server", "list").output
          #expect(listed.contains("dial-stdio") || listed.contains("socat"), "\(listed)")
          let used = try await slipway("--server", "alpha", "ps", "-p", "none")
          #expect(used.code == 0 && used.errors.isEmpty, "\(used)")
        }
      } catch {
        try await host.restart(with: [])
        throw error
      }
      try await host.restart(with: [])
      #expect(try await slipway("server", "test", "alpha").output.contains("the server forwards sockets"))
      try slipway.remove()
    }
  }

  @Test func `A new key replaces the old one on the server and in the store`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = hosts[0]
      let file = host.homes.deploy + "/.ssh/authorized_keys"
      let before = try String(contentsOfFile: file, encoding: .utf8)
      try await slipway.add(host)
      do {
        let rotated = try await slipway("server", "rotate-key", "alpha")
        #expect(rotated.code == 0 && rotated.errors.isEmpty, "\(rotated)")
        let after = try String(contentsOfFile: file, encoding: .utf8)
        let old = try String(contentsOfFile: host.keys.ed25519 + ".pub", encoding: .utf8).split(separator: " ")[1]
        #expect(!after.contains(old) && after.hasSuffix(" slipway\n"))
        #expect(after.split(separator: "\n").dropLast().allSatisfy { before.contains($0) })
        #expect(try await slipway("server", "test", "alpha").code == 0)
      } catch {
        try Self.restore(file, before)
        throw error
      }
      try Self.restore(file, before)
      try slipway.remove()
    }
  }

  @Test func `A server that does not say whether there are keys keeps them all`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = hosts[0]
      let (keys, profile) = (host.homes.deploy + "/.ssh/authorized_keys", host.homes.deploy + "/.bashrc")
      let before = try String(contentsOfFile: keys, encoding: .utf8)
      try await slipway.add(host)
      // Longer than a command may be silent; bash reads the file for commands over SSH.
      let slow = "test() { case $2 in *authorized_keys) sleep 11;; esac; command test \"$@\"; }\n"
      try slow.write(toFile: profile, atomically: true, encoding: .utf8)
      let rotated = try await slipway("server", "rotate-key", "alpha")
      try FileManager.default.removeItem(atPath: profile)
      #expect(rotated.code == 1 && rotated.errors.contains("cannot be changed"), "\(rotated)")
      #expect(try String(contentsOfFile: keys, encoding: .utf8) == before)
      #expect(try await slipway("server", "test", "alpha").code == 0)
      try slipway.remove()
    }
  }

  @Test func `A new key that the server does not look for leaves everything as it was`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = hosts[0]
      let file = host.homes.deploy + "/.ssh/authorized_keys"
      let before = try String(contentsOfFile: file, encoding: .utf8)
      let elsewhere = URL(fileURLWithPath: host.knownHosts).deletingLastPathComponent().path + "/admitted"
      try before.write(toFile: elsewhere, atomically: true, encoding: .utf8)
      try await slipway.add(host)
      try await host.restart(with: ["AuthorizedKeysFile=\(elsewhere)", "StrictModes=no"])
      do {
        let rotated = try await slipway("server", "rotate-key", "alpha")
        #expect(rotated.code == 1 && rotated.errors.contains("the old login is kept"), "\(rotated)")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == before)
        #expect(try await slipway("server", "test", "alpha").code == 0)
        let stranger = try await slipway("server", "rotate-key", "alpha", "--identity", host.keys.stranger)
        #expect(stranger.code == 1 && stranger.errors.contains("refuses this key"), "\(stranger)")
        let known = try await slipway("server", "rotate-key", "alpha", "--identity", host.keys.ecdsa)
        #expect(known.code == 0, "\(known)")
        #expect(try await slipway("server", "test", "alpha").code == 0)
      } catch {
        try await host.restart(with: [])
        try Self.restore(file, before)
        throw error
      }
      try await host.restart(with: [])
      try Self.restore(file, before)
      try slipway.remove()
    }
  }

  /// The hosts have the programs of this machine.
  private static let hasDocker = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
    FileManager.default.isExecutableFile(atPath: "\($0)/docker")
  }

  @Test(.enabled(if: hasDocker, "needs the docker command line"))
  func `A key whose forced command only dials the engine is enough`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = hosts[0]
      let file = host.homes.deploy + "/.ssh/authorized_keys"
      let before = try String(contentsOfFile: file, encoding: .utf8)
      let key = try String(contentsOfFile: host.keys.ed25519 + ".pub", encoding: .utf8)
      try Self.restore(file, "restrict,command=\"docker system dial-stdio\" \(key)")
      do {
        try await slipway.add(host)
        #expect(try await slipway("--server", "alpha", "ps", "-p", "none").code == 0)
        #expect(try await slipway("server", "show", "alpha").output.contains("engine disk  not known"))
        let rotated = try await slipway("server", "rotate-key", "alpha")
        #expect(rotated.code == 1 && rotated.errors.contains("runs no commands for this login"), "\(rotated)")
      } catch {
        try Self.restore(file, before)
        throw error
      }
      try Self.restore(file, before)
      try slipway.remove()
    }
  }

  /// Written into the file as it is, which keeps its owner.
  private static func restore(_ path: String, _ text: String) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  // MARK: Names

  @Test func `A stack on a server keeps its revisions when the server is renamed, removed and added again`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = hosts[0]
      try await slipway.add(host)
      let project = "srv\(UInt32.random(in: 0...UInt32.max))"
      let compose = try slipway.file(
        "compose.yaml", "services: {a: {image: slipway/base:1, init: true, command: [sleep, \"600\"]}}")
      let stack = ["-f", compose, "-p", project]
      do {
        let up = try await slipway.run(["--server", "alpha", "up", "-d"] + stack)
        try #require(up.code == 0, "\(up.errors)")
        #expect(try await slipway("server", "rename", "alpha", "prod").code == 0)
        #expect(try await slipway.run(["--server", "prod", "revisions", "--json"] + stack).output.contains("\"deployed\""))
        #expect(try await slipway.run(["--server", "alpha", "ps"] + stack).code == 1)
        #expect(try await slipway("server", "remove", "prod").code == 0)
        try await slipway.add(host, as: "prod")
        let again = try await slipway.run(["--server", "prod", "deploy"] + stack)
        #expect(again.code == 0 && again.errors.contains("nothing to do") || again.output.contains("nothing to do"), "\(again)")
      } catch {
        _ = try await slipway.run(["-H", host.engine, "down", "-t", "0"] + stack)
        throw error
      }
      #expect(try await slipway.run(["--server", "prod", "down", "-t", "0"] + stack).code == 0)
      try slipway.remove()
    }
  }

  @Test func `The state of a server's machine is shown, and of this one`() async throws {
    try await RemoteHost.borrowing { hosts in
      struct Shown: Decodable {
        struct System: Decodable {
          struct Disk: Decodable { let sizeBytes, freeBytes: Int }
          let processors, memoryBytes, availableMemoryBytes, uptimeSeconds, clockSkewMilliseconds: Int
          let load: [String]
          let rootDisk, filesDisk: Disk
        }
        let system: System
      }
      let host = hosts[0]
      try await slipway.add(host)
      let shown = try await slipway("server", "show", "alpha", "--json")
      let system = try JSONDecoder().decode(Shown.self, from: Data(shown.output.utf8)).system
      #expect(system.processors > 0 && system.load.count == 3 && system.uptimeSeconds > 0)
      #expect(0 < system.availableMemoryBytes && system.availableMemoryBytes <= system.memoryBytes)
      #expect(abs(system.clockSkewMilliseconds) < 1000, "the same clock")
      for disk in [system.rootDisk, system.filesDisk] { #expect(0 < disk.freeBytes && disk.freeBytes <= disk.sizeBytes) }
      try slipway.remove()
    }
  }

  // MARK: Other texts

  @Test(arguments: [
    "ssh://-oProxyCommand=touch@HOST", "ssh://deploy@-oProxyCommand=touch", "ssh://root;touch marker@HOST", "ssh://a b@HOST",
    "ssh://$(touch marker)@HOST", "ssh://`touch marker`@HOST", "ssh://root\ntouch marker@HOST", "ssh://root@HOST/run/docker.sock",
    "root@HOST", "ssh://root:word@HOST", "ssh://root@HOST:70000", "ssh://@HOST", "ssh://root@",
  ])
  func `AB-G2: what is no plain address is refused`(address: String) async throws {
    try await RemoteHost.borrowing { hosts in
      let host = hosts[0]
      let marker = slipway.home.appendingPathComponent("marker")
      // Their commands would run in the home folder, or name the marker.
      _ = try slipway.file("home/.ssh/config", "Host *\n  ProxyCommand touch \(marker.path)\n")
      let result = try await slipway(
        "server", "add", "alpha", address.replacingOccurrences(of: "HOST", with: host.address), "--identity", host.keys.ed25519,
        "--fingerprint", host.fingerprints.ed25519)
      #expect(result.code == 1 && result.errors.contains("fix: "), "\(result)")
      #expect(!result.errors.contains("root:word"))
      #expect(try await slipway.servers().isEmpty)
      for name in ["-oProxyCommand=id", "a b", "$(id)", "local", "..", "UP", "a\nb"] {
        let named = try await slipway("server", "add", "--", name, "ssh://root@\(host.address)")
        #expect(named.code == 1 && named.errors.contains("is not a name for a server"), "\(named)")
      }
      // The user's configuration has no effect on servers.
      try await slipway.add(host)
      #expect(!FileManager.default.fileExists(atPath: marker.path))
      try slipway.remove()
    }
  }

  @Test func `Hosts of the user's SSH configuration are imported with their jump hosts, and others are told why not`()
    async throws
  {
    try await RemoteHost.borrowing(2) { hosts in
      let (host, jump) = (hosts[0], hosts[1])
      let known = try String(contentsOfFile: jump.knownHosts, encoding: .utf8)
      _ = try slipway.file("home/.ssh/known_hosts", known)
      let marker = slipway.home.appendingPathComponent("marker").path
      _ = try slipway.file(
        "home/.ssh/config",
        """
        Host inner
          HostName \(host.address)
          ProxyJump outer
        Host outer
          HostName \(jump.address)
        Host odd
          ProxyCommand touch \(marker)
        Host *
          User deploy
          IdentityFile \(host.keys.ed25519)
        """)
      let survey = try await slipway("server", "import")
      #expect(survey.code == 0 && survey.output.contains("odd") && survey.output.contains("ProxyCommand"), "\(survey)")
      #expect(try await slipway.servers().isEmpty)
      let first = try await slipway("server", "import", "--all")
      #expect(first.errors.contains("give --fingerprint \(host.fingerprints.ed25519)"), "\(first)")
      #expect(try await slipway.servers() == ["outer"])
      _ = try slipway.file("home/.ssh/known_hosts", known + (try String(contentsOfFile: host.knownHosts, encoding: .utf8)))
      let second = try await slipway("server", "import", "inner")
      #expect(second.code == 0, "\(second)")
      #expect(try await slipway.servers() == ["inner", "outer"])
      #expect(try await slipway("server", "test", "--all").code == 0)
      #expect(try await slipway("server", "import", "odd").code == 1)
      #expect(!FileManager.default.fileExists(atPath: marker))
      try slipway.remove()
    }
  }

  @Test func `Hosts of the user's SSH configuration are imported into the server of a context, which asks each for its key`()
    async throws
  {
    try await RemoteHost.borrowing(2) { hosts in
      let (host, jump) = (hosts[0], hosts[1])
      let known = try String(contentsOfFile: jump.knownHosts, encoding: .utf8)
      _ = try slipway.file("home/.ssh/known_hosts", known)
      _ = try slipway.file(
        "home/.ssh/config",
        """
        Host inner
          HostName \(host.address)
          ProxyJump outer
        Host outer
          HostName \(jump.address)
        Host *
          User deploy
          IdentityFile \(host.keys.ed25519)
        """)
      _ = try slipway.file("both", known + (try String(contentsOfFile: host.knownHosts, encoding: .utf8)))
      // In the name of another host: a key that is known, and not its own.
      _ = try slipway.file(
        "wrong", try String(contentsOfFile: host.knownHosts, encoding: .utf8).replacing(host.address, with: jump.address))
      let binary = try #require(ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"])
      let script = """
        cd \(slipway.folder.path); mkdir -m 700 served
        \(binary) serve --data served --listen 127.0.0.1:0 >log 2>&1 & PID=$!
        trap 'kill $PID; wait $PID' EXIT
        until [ -S served/slipway.sock ]; do kill -0 $PID || exit 1; done
        export SLIPWAY_URL=unix://$PWD/served/slipway.sock
        try() { echo "\\$ $*"; \(binary) server "$@" 2>&1; echo "= $?"; }
        mv home/.ssh/known_hosts kept; cp wrong home/.ssh/known_hosts; try import outer; mv kept home/.ssh/known_hosts
        try import; try import --all; try list -q; cp both home/.ssh/known_hosts; try import inner; try import inner; try list -q
        try test --all
        """
      let run = try await FinishedProgram.running(
        "/usr/bin/timeout", ["100", "bash", "-c", script],
        adding: ["HOME": slipway.home.path, "SSH_AUTH_SOCK": "", "XDG_CONFIG_HOME": ""])
      let parts = run.output.components(separatedBy: "$ ").dropFirst()
      func part(_ number: Int) -> String { parts.dropFirst(number).first ?? "" }
      #expect(part(0).contains("another key than the one given") && part(0).hasSuffix("= 1\n"), "\(run)")
      #expect(part(1).contains("inner") && part(1).contains("possible") && part(1).hasSuffix("= 0\n"), "\(run)")
      #expect(part(2).contains("give --fingerprint \(host.fingerprints.ed25519)"), "\(run)")
      #expect(part(3) == "list -q\nouter\n= 0\n", "\(run)")
      #expect(part(4).contains("imported") && part(4).hasSuffix("= 0\n"), "\(run)")
      #expect(part(5).contains("known") && part(5).hasSuffix("= 0\n"), "\(run)")
      #expect(part(6) == "list -q\ninner\nouter\n= 0\n", "\(run)")
      #expect(part(7).hasSuffix("= 0\n"), "\(run)")
      #expect(!FileManager.default.fileExists(atPath: slipway.data.path), "nothing is stored here")
      try slipway.remove()
    }
  }
}
