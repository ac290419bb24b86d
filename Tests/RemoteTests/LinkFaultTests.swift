import DockerEngine
import Foundation
import SSHTransport
import SlipwayTesting
import Synchronization
import Testing

/// The link to a server goes wrong at one engine call of a deploy, for every call; afterwards the old or the new revision runs,
/// whole, and nothing else is there.
@Suite(.needsRemotes, .needsRemoteBinary, .serialized, .timeLimit(.minutes(15)))
struct LinkFaultTests {
  struct Case: Sendable, CustomStringConvertible {
    enum Fault: String, CaseIterable, Sendable {
      /// The engine does not see the call.
      case resetBefore = "reset before"
      /// The engine executes the call; its answer is lost with the link.
      case resetAfter = "reset after"
      /// All is late by some seconds.
      case silence = "silence for 3 s at"
      /// The engine executes the call; after some seconds of silence the link is reset.
      case silenceThenReset = "silence and a reset at"
    }
    var number: Int
    var fault: Fault
    var description: String { "\(fault.rawValue) call \(number)" }
  }

  private static func play(_ item: Case, on remote: RemoteLane) {
    let (link, calls) = (remote.link, remote.calls)
    switch item.fault {
    case .resetBefore: calls.interrupt(at: item.number, of: .allCalls, .beforeCall) { link.reset() }
    case .resetAfter: calls.interrupt(at: item.number, of: .allCalls, .afterCall) { link.reset() }
    case .silence:
      calls.remark(at: item.number, of: .allCalls) {
        link.silence()
        Task {
          try await Task.sleep(for: .seconds(3))
          link.heal()
        }
      }
    case .silenceThenReset:
      calls.remark(at: item.number, of: .allCalls) {
        link.silence()
        Task {
          try await Task.sleep(for: .seconds(2))
          link.reset()
          link.heal()
        }
      }
    }
  }

  /// Deploys the other version with the link going wrong on the way, and looks at what runs then.
  private static func update(
    _ remote: RemoteLane, to target: ToggledStack, place: String, _ table: CaseTable<Case>, _ begin: () -> Void
  ) async throws {
    let lane = remote.lane
    try lane.write(target.compose())
    let before = try await lane.snapshot()
    remote.calls.reset()
    begin()
    let faulty = try await lane.deploy()
    remote.link.heal()
    let after = try await lane.snapshot()
    var problems: [String] = []
    switch faulty.code {
    case 0:
      problems = target.problems(after, project: lane.project)
      table.count("new revision")
    case 1:
      problems = after.differences(from: before)
      table.count("old revision")
    default: problems = ["exit code \(faulty.code)"]
    }
    if faulty.errors.contains("onflict") { problems.append("a conflict was shown") }
    if !problems.isEmpty { table.problem("\(place), \(target.rawValue): \(problems.joined(separator: "; "))\n\(faulty.errors)") }
    remote.calls.reset()
    let again = try await lane.deploy()
    let plan = try await lane.plan()
    problems = target.problems(try await lane.snapshot(), project: lane.project)
    if again.code != 0 { problems.append("the next deploy ended with \(again.code): \(again.errors)") }
    if plan.code != 0 { problems.append("the plan after it is not empty: \(plan.output)") }
    if !problems.isEmpty { table.problem("after \(place): \(problems.joined(separator: "; "))\n\(faulty.errors)") }
  }

  @Test func `The link is cut at every call of an update, and the old or the new revision runs`() async throws {
    try await RemoteHost.borrowing(2) { hosts in
      let first = try #require(hosts.first)
      let count = try await RemoteLane.with(first) { remote in
        try remote.lane.write(ToggledStack.odd.compose())
        #expect(try await remote.lane.deploy().code == 0)
        remote.calls.reset()
        try remote.lane.write(ToggledStack.even.compose())
        let change = try await remote.lane.deploy()
        #expect(change.code == 0, "\(change.errors)")
        return remote.calls.calls.count
      }
      print("update over ssh: \(count) calls")
      let faults = Case.Fault.allCases
      let cases = (1...count).flatMap { number in
        (FaultCases.isAll ? faults : [faults[number % faults.count]]).map { Case(number: number, fault: $0) }
      }
      let table = CaseTable("update over ssh, every call", cases.filter { $0.number % FaultCases.every(3) == 0 })
      try await withThrowingTaskGroup { group in
        // Two lanes on each host: most of a deploy is waiting.
        for host in hosts + hosts {
          group.addTask {
            try await RemoteLane.with(host) { remote in
              try remote.lane.write(ToggledStack.odd.compose())
              #expect(try await remote.lane.deploy().code == 0)
              var current = ToggledStack.odd
              while let item = table.next() {
                try await Self.update(remote, to: current.other, place: "\(item)", table) { Self.play(item, on: remote) }
                current = current.other
              }
            }
          }
        }
        try await group.waitForAll()
      }
      table.report()
    }
  }

  @Test func `The SSH server is killed with its sessions in the middle of an update, and started again`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      let numbers = [2, 6, 12, 20]
      let table = CaseTable("sshd killed", numbers.map { Case(number: $0, fault: .resetBefore) })
      try await RemoteLane.with(host) { remote in
        try remote.lane.write(ToggledStack.odd.compose())
        #expect(try await remote.lane.deploy().code == 0)
        var current = ToggledStack.odd
        while let item = table.next() {
          try await Self.update(remote, to: current.other, place: "sshd killed at write \(item.number)", table) {
            remote.calls.remark(at: item.number, of: .writes) {
              Task {
                try await host.reset()
                try await host.restart()
              }
            }
          }
          current = current.other
        }
      }
      table.report()
    }
  }

  @Test func `Logs that are followed through cuts have each line once, in order`() async throws {
    try await RemoteHost.borrowing { hosts in
      try await RemoteLane.with(try #require(hosts.first)) { remote in
        let lane = remote.lane
        let last = 150
        try lane.write(
          """
          services:
            talker:
              image: slipway/base:1
              command: [/bin/sh, -c, "n=1; while [ $$n -le \(last) ]; do echo line $$n; n=$$((n+1)); sleep 0.1; done"]
          """)
        let up = try await lane.run(["up", "-d", "-p", lane.project])
        #expect(up.code == 0, "\(up.errors)")
        async let following = lane.run(["logs", "-f", "--no-color", "--no-log-prefix", "-p", lane.project])
        try await Task.sleep(for: .seconds(3))
        remote.link.reset()
        try await Task.sleep(for: .seconds(3))
        remote.link.silence()
        try await Task.sleep(for: .seconds(2))
        remote.link.reset()
        remote.link.heal()
        let logs = try await following
        #expect(logs.code == 0, "\(logs.errors)")
        #expect(logs.output == (1...last).map { "line \($0)\n" }.joined() + "talker-1 exited with code 0\n")
        #expect(remote.link.accepted >= 3)
      }
    }
  }

  @Test func `Lines that are written while the link is away are shown, also where none came before`() async throws {
    try await RemoteHost.borrowing { hosts in
      try await RemoteLane.with(try #require(hosts.first)) { remote in
        let lane = remote.lane
        let script =
          "echo early; until [ -e /go ]; do sleep 0.1; done; for n in 1 2 3 4 5; do echo line $$n; done; until [ -e /end ]; do sleep 0.1; done"
        try lane.write(
          """
          services:
            talker:
              image: slipway/base:1
              command: [/bin/sh, -c, "\(script)"]
          """)
        let up = try await lane.run(["up", "-d", "-p", lane.project])
        #expect(up.code == 0, "\(up.errors)")
        var direct = lane
        direct.settings["DOCKER_HOST"] = remote.host.engine
        async let following = lane.run([
          "logs", "-f", "--tail", "0", "--no-color", "--no-log-prefix", "-p", lane.project,
        ])
        try await Task.sleep(for: .seconds(3))
        remote.link.silence()
        remote.link.reset()
        for file in ["/go", "/end"] {
          let touched = try await direct.run(["exec", "-T", "-p", lane.project, "talker", "touch", file])
          #expect(touched.code == 0, "\(touched.errors)")
          try await Task.sleep(for: .seconds(2))
          remote.link.heal()
        }
        let logs = try await following
        #expect(logs.output == (1...5).map { "line \($0)\n" }.joined() + "talker-1 exited with code 0\n", "\(logs.errors)")
      }
    }
  }
}

extension Trait where Self == ConditionTrait {
  static var needsRemoteBinary: Self {
    .enabled("set SLIPWAY_TEST_BINARY") { ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"] != nil }
  }
}
