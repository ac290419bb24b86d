import Foundation
import SlipwayTesting
import Testing

/// `slipway` is killed in the middle of its work; the next command ends with the old revision, whole, or with the new one
/// where that had proved itself already. No human step is needed.
@Suite(.needsBinary, .serialized, .timeLimit(.minutes(10)))
struct KilledDeployTests {
  /// What is under way when the kill comes.
  enum Work: String, Sendable {
    /// An update that would work.
    case update
    /// An update whose web service never gets healthy: the later writes are its way back.
    case failingUpdate = "update that fails, and its way back"
    case rollback
  }

  struct Kill: Sendable, CustomStringConvertible {
    var work: Work
    var number: Int
    var moment: FaultProxy.Moment
    /// Writes at which the commands after it are killed too, one each.
    var again: [Int] = []

    var description: String {
      "\(work.rawValue) killed \(moment.rawValue) write \(number)\(again.map { ", then at \($0)" }.joined())"
    }
  }

  private static let lanes = 3

  /// Writes of the whole work, undisturbed.
  private func writeCount(of work: Work) async throws -> Int {
    try await FaultProxy.withTestEngine { proxy in
      try await FaultLane.with(address: proxy.address) { lane in
        try await prepare(lane)
        proxy.reset()
        let ended = try await begin(work, lane, .init())
        #expect(ended.code == (work == .failingUpdate ? 1 : 0), "\(ended.errors)")
        return proxy.writeCount
      }
    }
  }

  /// An odd revision and an even one; the even one runs.
  private func prepare(_ lane: FaultLane) async throws {
    for version in [ToggledStack.odd, .even] {
      try lane.write(version.compose())
      let ended = try await lane.deploy()
      #expect(ended.code == 0, "\(ended.errors)")
    }
  }

  private func begin(_ work: Work, _ lane: FaultLane, _ target: SpawnedCommand.Target) async throws -> SpawnedCommand {
    switch work {
    case .update:
      try lane.write(ToggledStack.odd.compose())
      return try await lane.deploy(target: target)
    case .failingUpdate:
      try lane.write(ToggledStack.odd.compose(image: "slipway/hello:broken"))
      return try await lane.deploy(target: target)
    case .rollback: return try await lane.run(["rollback", "-p", lane.project, "--remove-orphans", "1"], target: target)
    }
  }

  /// Before and after a write where all cases are run, else one of the two, in turn.
  private static func kills(_ work: Work, _ number: Int) -> [Kill] {
    let moments = FaultCases.isAll ? FaultProxy.Moment.allCases : [number % 4 < 2 ? .beforeCall : .afterCall]
    return moments.map { Kill(work: work, number: number, moment: $0) }
  }

  private func run(_ kills: [Kill], _ name: String) async throws {
    let table = CaseTable(name, kills)
    try await withThrowingTaskGroup { group in
      for _ in 0..<Self.lanes {
        group.addTask {
          try await FaultProxy.withTestEngine { proxy in
            var isDone = false
            while !isDone {
              isDone = try await FaultLane.with(address: proxy.address) { lane in
                try await prepare(lane)
                while let item = table.next() {
                  guard try await check(item, lane, proxy, table) else { return false }
                }
                return true
              }
            }
          }
        }
      }
      try await group.waitForAll()
    }
    table.report()
  }

  /// False when the lane's project cannot be used any more.
  private func check(_ item: Kill, _ lane: FaultLane, _ proxy: FaultProxy, _ table: CaseTable<Kill>) async throws -> Bool {
    let before = try await lane.snapshot()
    proxy.reset()
    let target = SpawnedCommand.Target()
    proxy.interrupt(atWrite: item.number, item.moment) { target.kill() }
    let killed = try await begin(item.work, lane, target)
    // The old files: what the way back does not restore would be made anew, with other ids.
    try lane.write(ToggledStack.even.compose())
    for number in item.again {
      proxy.reset()
      let target = SpawnedCommand.Target()
      proxy.interrupt(atWrite: number, .afterCall) { target.kill() }
      _ = try await lane.deploy(target: target)
    }
    proxy.reset()
    let start = ContinuousClock.now
    let next = try await lane.deploy()
    let duration = ContinuousClock.now - start
    if [killed, next].contains(where: { $0.errors.contains("the engine holds network") }) {
      // Nothing can free it.
      table.excuse("network held by the engine", atMost: 3)
      return false
    }
    let after = try await lane.snapshot()
    let plan = try await lane.plan()
    var problems = ToggledStack.even.problems(after, project: lane.project)
    if next.code != 0 { problems.append("the next deploy ended with \(next.code)") }
    if plan.code != 0 { problems.append("the plan after it is not empty: \(plan.output)") }
    if duration > .seconds(30) { problems.append("the next deploy took \(duration)") }
    if !killed.wasKilled, item.work != .failingUpdate {
      table.count("not reached")
    } else if after.ids == before.ids {
      table.count("old revision")
      problems += after.differences(from: before).filter { !$0.hasPrefix("objects of operation") }
    } else if try await lane.run(["revisions", "-p", lane.project, "--json"]).output.contains("finished after an interruption") {
      table.count("new revision, finished by the next command")
    } else if next.errors.contains("finished") || isProved(killed) {
      table.count("new revision, finished by the next command")
    } else {
      problems.append("the old containers are lost: \(after.differences(from: before).joined(separator: "; "))")
    }
    if !problems.isEmpty { table.problem("\(item): \(problems.joined(separator: "; "))\n\(killed.errors)\n\(next.errors)") }
    return true
  }

  /// Whether all services had passed the gate when the kill came.
  private func isProved(_ killed: SpawnedCommand) -> Bool {
    ["db", "web", "worker", "odd"].allSatisfy { killed.errors.lowercased().contains("service \($0)  ready") }
  }

  @Test func `AB-I1: an update killed before or after any of its writes ends whole with the next command`() async throws {
    let count = try await writeCount(of: .update)
    print("AB-I1 update: \(count) writes")
    try await run(
      (1...count).map { Kill(work: .update, number: $0, moment: $0 % 2 == 0 ? .beforeCall : .afterCall) }, "AB-I1 update")
  }

  @Test func `AB-I1: a failing update killed on its way back ends whole with the next command`() async throws {
    let forward = try await writeCount(of: .update)
    let count = try await writeCount(of: .failingUpdate)
    print("AB-I1 failing update: \(count) writes")
    let first = min(forward - 3, count)
    try await run(
      stride(from: first, through: count, by: FaultCases.every(2)).flatMap { Self.kills(.failingUpdate, $0) },
      "AB-I1 way back")
  }

  @Test func `AB-I1: a rollback killed at its writes ends whole with the next command`() async throws {
    let count = try await writeCount(of: .rollback)
    print("AB-I1 rollback: \(count) writes")
    try await run(
      stride(from: 2, through: count, by: FaultCases.every(6)).flatMap { Self.kills(.rollback, $0) },
      "AB-I1 rollback")
  }

  @Test func `AB-I1: the commands that bring a killed update to its end are killed too`() async throws {
    let count = try await writeCount(of: .update)
    try await run(
      stride(from: 5, through: count, by: FaultCases.every(9)).map {
        Kill(work: .update, number: $0, moment: .afterCall, again: [1 + $0 % 4, 3, 2 + $0 % 5])
      }, "AB-I1 killed again and again")
  }

  /// strace kills the process at its n-th sync of the store, in whichever thread: the record is written, nobody was told.
  @Test(.enabled("set SLIPWAY_TEST_FAULTS=1, needs strace") { ProcessInfo.processInfo.environment["SLIPWAY_TEST_FAULTS"] == "1" })
  func `AB-I1: an update killed at its n-th journal write ends whole with the next command`() async throws {
    let table = CaseTable("AB-I1 journal writes", Array(stride(from: 1, through: 120, by: FaultCases.isAll ? 2 : 8)))
    try await withThrowingTaskGroup { group in
      for _ in 0..<Self.lanes {
        group.addTask {
          try await FaultLane.with { lane in
            try await prepare(lane)
            while let number = table.next(), try await checkJournal(number, lane, table) {}
          }
        }
      }
      try await group.waitForAll()
    }
    table.report()
  }

  /// False when the process ended before its n-th sync.
  private func checkJournal(_ number: Int, _ lane: FaultLane, _ table: CaseTable<Int>) async throws -> Bool {
    let before = try await lane.snapshot()
    try lane.write(ToggledStack.odd.compose())
    let calls = "fsync,fdatasync"
    let killed = try await SpawnedCommand.run(
      "/usr/bin/strace",
      [
        "-f", "-qq", "-o", lane.folder + "/strace", "-e", "trace=\(calls)", "-e", "inject=\(calls):signal=KILL:when=\(number)",
        FaultLane.binary, "deploy", "-p", lane.project, "--remove-orphans",
      ], in: lane.folder, environment: lane.environment)
    try lane.write(ToggledStack.even.compose())
    let next = try await lane.deploy()
    let after = try await lane.snapshot()
    let plan = try await lane.plan()
    var problems = ToggledStack.even.problems(after, project: lane.project)
    if next.code != 0 { problems.append("the next deploy ended with \(next.code)") }
    if plan.code != 0 { problems.append("the plan after it is not empty: \(plan.output)") }
    if killed.code == 0 {
      table.count("not reached")
    } else if after.ids == before.ids {
      table.count("old revision")
      problems += after.differences(from: before).filter { !$0.hasPrefix("objects of operation") }
    } else if isProved(killed) {
      table.count("new revision, finished by the next command")
    } else {
      problems.append("the old containers are lost: \(after.differences(from: before).joined(separator: "; "))")
    }
    if !problems.isEmpty {
      table.problem("sync \(number): \(problems.joined(separator: "; "))\n\(killed.errors)\n\(next.errors)")
    }
    return killed.code != 0
  }
}
