import DockerEngine
import Foundation
import SSHTransport
import SlipwayTesting
import Synchronization
import Testing

/// The way to an engine: jump hosts, stand-ins, and what is said when there is none.
@Suite(.needsRemotes, .timeLimit(.minutes(5)))
struct EngineLinkTests {
  private func linkError(_ host: RemoteHost, hops: [SSHHop]? = nil, socket: RemotePath? = nil) async throws -> SSHError? {
    try await host.withEngine(hops, socket: socket) { _, link in
      try await sshError { _ = Stream(try await link.openEngine()) }
    }
  }

  @Test func `Engine calls go through two jump hosts, each with its own key`() async throws {
    try await RemoteHost.borrowing(3) { hosts in
      let hops = try hosts.map { try $0.hop() }
      let last = try #require(hosts.last)
      try await last.withEngine(hops) { engine, link in
        _ = try await engine.info()
        #expect(await link.dial == .socket)
      }
      // A jump host that shows a wrong key is named; what is behind it is not asked.
      var wrong = hops
      wrong[1].hostKey = .pinned(try hosts[0].hostKeys)
      let before = try hosts[2].serverLog.count
      guard case .hostKeyChanged(let name, _, _)? = try await linkError(last, hops: wrong) else {
        Issue.record("another error")
        return
      }
      #expect(name == hosts[1].name)
      #expect(try hosts[2].serverLog.count == before)
      // One that refuses the user, too.
      wrong = hops
      wrong[1].credential = try hosts[0].key(\.stranger)
      guard case .refused(hosts[1].name, _, _)? = try await linkError(last, hops: wrong) else {
        Issue.record("another error")
        return
      }
    }
  }

  @Test func `A jump host that forwards nothing is named`() async throws {
    try await RemoteHost.borrowing(2) { hosts in
      try await hosts[0].with(options: ["AllowTcpForwarding=no"]) {
        let error = try await linkError(hosts[1], hops: [try hosts[0].hop(), try hosts[1].hop()])
        guard case .channelRefused(hosts[0].name, _, _)? = error else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
    }
  }

  @Test(arguments: [("docker", SSHLink.Dial.dialStdio), ("socat", .socat)])
  func `Where forwarding is forbidden a program stands in, and is told once`(program: String, dial: SSHLink.Dial) async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      let path = try host.standIns([program])
      try await host.with(options: ["AllowStreamLocalForwarding=no", path]) {
        let told = Mutex<[String]>([])
        try await host.withEngine(notice: { text in told.withLock { $0.append(text) } }) { engine, link in
          _ = try await engine.info()
          try await EngineUse.everything(engine)
          #expect(await link.dial == dial)
        }
        #expect(told.withLock { $0.count } == 1)
        #expect(told.withLock { $0.first ?? "" }.contains(program))
      }
    }
  }

  @Test func `A link that knew forwarding looks for a stand-in when it is forbidden`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      let path = try host.standIns(["docker"])
      try await host.with(options: ["AllowStreamLocalForwarding=no", path]) {
        let link = SSHLink(hops: [try host.hop()], socket: try host.enginePath, dial: .socket)
        #expect(try await Stream(link.openEngine()).ask().hasSuffix("OK"))
        #expect(await link.dial == .dialStdio)
        await link.close()
      }
    }
  }

  @Test func `Without forwarding and without a stand-in there is advice`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      let nothing = try host.standIns([])
      try await host.with(options: ["AllowStreamLocalForwarding=no", nothing]) {
        guard case .forwardingForbidden? = try await linkError(host) else {
          Issue.record("another error")
          return
        }
      }
      // And where no programs may be started at all.
      try await host.with(options: ["AllowStreamLocalForwarding=no", "ForceCommand=internal-sftp"]) {
        let error = try await linkError(host)
        switch error {
        case .forwardingForbidden?, .socketMissing?: break
        default: Issue.record("\(String(describing: error))")
        }
      }
    }
  }

  @Test func `A socket that is missing, forbidden or without an engine is each told as such`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      guard
        case .socketMissing(_, "/run/no-such.sock")? = try await linkError(host, socket: RemotePath(socket: "/run/no-such.sock"))
      else {
        Issue.record("another error")
        return
      }
      guard case .socketForbidden(_, _, "guest")? = try await linkError(host, hops: [try host.hop(user: "guest")]) else {
        Issue.record("another error")
        return
      }
      // A socket that somebody has left behind.
      let dead = host.homes.deploy + "/dead.sock"
      let made = try await FinishedProgram.running(
        "python3", ["-c", "import socket,os,sys\np=sys.argv[1]\nsocket.socket(socket.AF_UNIX).bind(p)\nos.chmod(p,0o666)", dead])
      #expect(made.code == 0, "\(made.errors)")
      let path = try host.standIns(["docker"])
      try await host.with(options: [path]) {
        guard case .engineDown? = try await linkError(host, socket: RemotePath(socket: dead)) else {
          Issue.record("another error")
          return
        }
      }
      try FileManager.default.removeItem(atPath: dead)
    }
  }

  @Test func `A link makes its session again after a reset, a restart of the server and a freeze`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      var limits = SSHLink.Limits()
      limits.session.keepalivePeriod = .seconds(1)
      limits.session.answerLimit = .seconds(3)
      try await host.withEngine(limits: limits) { engine, link in
        _ = try await engine.ping()
        let first = try await link.session()

        try await host.restart()
        #expect(try await link.session() === first)
        _ = try await engine.ping()

        try await host.reset()
        #expect(await becomes(within: .seconds(3)) { first.end != nil })
        guard case .lost? = first.end else {
          Issue.record("\(String(describing: first.end))")
          return
        }
        #expect(await becomes(within: .seconds(10)) { (try? await engine.ping()) != nil })

        let second = try await link.session()
        try await host.freeze()
        let frozen = ContinuousClock.now
        #expect(await becomes(within: .seconds(8)) { second.end != nil })
        #expect(ContinuousClock.now - frozen >= .seconds(2))
        try await host.thaw()
        #expect(await becomes(within: .seconds(10)) { (try? await engine.ping()) != nil })
      }
    }
  }

  @Test func `Many callers of a lost link share one attempt`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      try await LinkProxy.with(host: host.address, port: host.port) { proxy in
        try await host.withEngine([host.hop(proxy: proxy)]) { _, link in
          try await withThrowingTaskGroup { group in
            for _ in 0..<40 { group.addTask { try await Stream(link.openEngine()).ask() } }
            for try await answer in group { #expect(answer.hasSuffix("OK")) }
          }
          #expect(proxy.accepted == 1)
        }
      }
    }
  }

  @Test func `The first call over a link takes few round trips`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      try await LinkProxy.with(host: host.address, port: host.port) { proxy in
        try await host.withEngine([host.hop(proxy: proxy)]) { engine, _ in
          _ = try await engine.listContainers(all: true)
          // Greeting, offer of algorithms, key, new keys and service request, who, key and signature, channel, ping, call;
          // each reading of the proxy is at most one of them.
          #expect(proxy.packets <= 16)
          print("packets from the client until the first list of containers: \(proxy.packets)")
          let before = proxy.packets
          _ = try await engine.listContainers(all: true)
          #expect(proxy.packets - before <= 3)
        }
      }
    }
  }
}

/// Calls of every form, to see that a way to an engine carries them.
enum EngineUse {
  /// A container with a command whose output is attached, an exec with input, an archive both ways.
  static func everything(_ engine: EngineClient) async throws {
    var spec = ContainerSpec()
    spec.config.image = "slipway/base:1"
    spec.config.command = ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"]
    spec.config.labels = [EngineFixture.label: "link"]
    let id = try await engine.createContainer(named: "link-\(UInt32.random(in: 0 ... .max))", spec).id
    do {
      try await engine.startContainer(id)
      #expect(try await exec(["/bin/sh", "-c", "cat; echo end"], input: Array("hello\n".utf8), in: id, engine) == "hello\nend\n")
      try await engine.removeContainer(id, force: true, volumes: true)
    } catch {
      try await engine.removeContainer(id, force: true, volumes: true)
      throw error
    }
  }

  /// What a command in a container wrote; its input ends after `input`.
  static func exec(_ command: [String], input: [UInt8], in id: String, _ engine: EngineClient) async throws -> String {
    var spec = ExecSpec()
    spec.command = command
    spec.attachesStdin = true
    spec.attachesStdout = true
    let exec = try await engine.createExec(in: id, spec)
    let connection = try await engine.startExec(exec, hasTTY: false)
    try await connection.write(input)
    try await connection.closeWrite()
    var output: [UInt8] = []
    for try await frame in connection.output { output += frame.bytes }
    return String(decoding: output, as: UTF8.self)
  }
}
