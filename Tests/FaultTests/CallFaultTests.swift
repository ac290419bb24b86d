import Foundation
import SlipwayTesting
import Testing

/// One engine call of a deploy goes wrong, for every call and every way to go wrong; afterwards the old or the new revision
/// runs, whole, and nothing else is there.
@Suite(.needsBinary, .serialized, .timeLimit(.minutes(10)))
struct CallFaultTests {
  struct Case: Sendable, CustomStringConvertible {
    var number: Int
    var counting: FaultProxy.Counting
    var fault: FaultProxy.Fault
    var description: String { "\(fault.rawValue) at \(counting == .writes ? "write" : "call") \(number)" }
  }

  /// Stacks that are worked on at the same time; most of a deploy is waiting.
  static let lanes = 3

  /// How many calls an undisturbed deploy makes: from nothing, and from one version to the other.
  private func callCounts() async throws -> (first: Int, writes: Int, calls: Int) {
    try await FaultProxy.withTestEngine { proxy in
      try await FaultLane.with(address: proxy.address) { lane in
        try lane.write(ToggledStack.odd.compose())
        #expect(try await lane.deploy().code == 0)
        let first = proxy.writeCount
        proxy.reset()
        try lane.write(ToggledStack.even.compose())
        let change = try await lane.deploy()
        #expect(change.code == 0, "\(change.errors)")
        return (first, proxy.writeCount, proxy.calls.count)
      }
    }
  }

  /// All calls, each in all ways where all cases are run, else each in one way, in turn; few hang, because those take long.
  private func cases(upTo last: Int, of counting: FaultProxy.Counting) -> [Case] {
    let quick = FaultProxy.Fault.allCases.filter { $0 != .hang }
    return (1...last).flatMap { number -> [Case] in
      let faults = FaultCases.isAll ? quick : [quick[number % quick.count]]
      return (faults + (number % FaultCases.every(2) == 0 && number % 5 == 1 ? [.hang] : [])).map {
        Case(number: number, counting: counting, fault: $0)
      }
    }
  }

  /// Gives lanes to `work` until it is done; false asks for a new one.
  private func inLanes(_ work: @escaping @concurrent @Sendable (FaultLane, FaultProxy) async throws -> Bool) async throws {
    try await withThrowingTaskGroup { group in
      for _ in 0..<Self.lanes {
        group.addTask {
          try await FaultProxy.withTestEngine { proxy in
            var isDone = false
            while !isDone {
              isDone = try await FaultLane.with(address: proxy.address) { lane in
                proxy.reset()
                return try await work(lane, proxy)
              }
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func `AB-G5: an update that meets a fault at its n-th write ends as the old or the new revision, for every n`()
    async throws
  {
    let counts = try await callCounts()
    print("update: \(counts.writes) writes of \(counts.calls) calls")
    let table = CaseTable("update, every write", cases(upTo: counts.writes, of: .writes))
    try await update(table)
  }

  @Test func `An update that meets a fault at any of its calls, reads included, ends as the old or the new revision`()
    async throws
  {
    let counts = try await callCounts()
    let all = (1...counts.calls).map { Case(number: $0, counting: .allCalls, fault: $0 % 4 < 2 ? .answer500 : .dropBefore) }
    let table = CaseTable("update, every call", all.filter { $0.number % FaultCases.every(7) == 0 })
    try await update(table)
  }

  private func update(_ table: CaseTable<Case>) async throws {
    try await inLanes { lane, proxy in
      var current = ToggledStack.odd
      try lane.write(current.compose())
      let first = try await lane.deploy()
      #expect(first.code == 0, "\(first.errors)")
      while let item = table.next() {
        let target = current.other
        try lane.write(target.compose())
        let before = try await lane.snapshot()
        proxy.reset()
        proxy.inject(item.fault, at: item.number, of: item.counting)
        let faulty = try await (item.fault == .hang ? lane.impatient : lane).deploy()
        let hit = proxy.calls.first { $0.fault != nil }
        let place = "\(item) (\(hit?.description ?? "not reached")), \(target.rawValue)"
        let after = try await lane.snapshot()
        var problems: [String] = []
        switch faulty.code {
        case 0:
          problems = target.problems(after, project: lane.project)
          table.count(hit == nil ? "not reached" : "new revision")
        case 1:
          problems = after.differences(from: before)
          table.count("old revision")
        default: problems = ["exit code \(faulty.code)"]
        }
        if item.fault == .dropAfter, faulty.errors.contains("onflict") { problems.append("a conflict was shown") }
        if !problems.isEmpty { table.problem("\(place): \(problems.joined(separator: "; "))\n\(faulty.errors)") }
        proxy.reset()
        let again = try await lane.deploy()
        if [faulty, again].contains(where: { $0.errors.contains("the engine holds network") }) {
          // Nothing can free it; the next cases need another project.
          table.excuse("network held by the engine", atMost: 10)
          return false
        }
        let plan = try await lane.plan()
        problems = target.problems(try await lane.snapshot(), project: lane.project)
        if again.code != 0 { problems.append("the next deploy ended with \(again.code): \(again.errors)") }
        if plan.code != 0 { problems.append("the plan after it is not empty: \(plan.output)") }
        if !problems.isEmpty { table.problem("after \(place): \(problems.joined(separator: "; "))\n\(faulty.errors)") }
        current = target
      }
      return true
    }
    table.report()
  }

  @Test func `AB-G5: a first deploy that meets a fault at its n-th write is whole or leaves nothing, for every n`() async throws {
    let counts = try await callCounts()
    print("first deploy: \(counts.first) writes")
    let table = CaseTable("first deploy, every write", cases(upTo: counts.first, of: .writes))
    try await inLanes { lane, proxy in
      let target = ToggledStack.odd
      try lane.write(target.compose())
      while let item = table.next() {
        proxy.reset()
        proxy.inject(item.fault, at: item.number, of: item.counting)
        let faulty = try await (item.fault == .hang ? lane.impatient : lane).deploy()
        let hit = proxy.calls.first { $0.fault != nil }
        let place = "\(item) (\(hit?.description ?? "not reached"))"
        let after = try await lane.snapshot()
        var problems: [String] = []
        switch faulty.code {
        case 0:
          problems = target.problems(after, project: lane.project)
          table.count(hit == nil ? "not reached" : "deployed")
        case 1:
          // The volume may stay: a deploy never removes one (R-OP-3).
          if !after.isEmpty { problems = after.differences(from: StackSnapshot()) }
          table.count("nothing left")
        default: problems = ["exit code \(faulty.code)"]
        }
        if !problems.isEmpty { table.problem("\(place): \(problems.joined(separator: "; "))\n\(faulty.errors)") }
        proxy.reset()
        if faulty.code != 0 {
          let again = try await lane.deploy()
          let plan = try await lane.plan()
          problems = target.problems(try await lane.snapshot(), project: lane.project)
          if again.code != 0 { problems.append("the next deploy ended with \(again.code): \(again.errors)") }
          if plan.code != 0 { problems.append("the plan after it is not empty: \(plan.output)") }
          if !problems.isEmpty { table.problem("after \(place): \(problems.joined(separator: "; "))\n\(faulty.errors)") }
        }
        let down = try await lane.run(["down", "-v", "-t", "1", "-p", lane.project])
        let rest = try await lane.snapshot()
        if down.code != 0 || !rest.isEmpty || !rest.volumes.isEmpty {
          table.problem("down after \(place): \(rest.differences(from: StackSnapshot())) \(down.errors)")
        }
      }
      return true
    }
    table.report()
  }

  @Test
  func
    `AB-G3: the engine is out of reach from the n-th write on; once it is back, the next deploy finds or brings a whole revision`()
    async throws
  {
    let counts = try await callCounts()
    let table = CaseTable(
      "engine away from the n-th write on", Array(stride(from: 1, through: counts.writes, by: FaultCases.every(4))))
    try await inLanes { lane, proxy in
      let current = ToggledStack.odd
      try lane.write(current.compose())
      #expect(try await lane.deploy().code == 0)
      while let number = table.next() {
        try lane.write(current.other.compose())
        let before = try await lane.snapshot()
        proxy.reset()
        proxy.interrupt(atWrite: number, number % 8 < 4 ? .beforeCall : .afterCall) { proxy.goAway() }
        let faulty = try await lane.impatient.deploy()
        proxy.comeBack()
        proxy.reset()
        if faulty.code > 1 { table.problem("write \(number): exit code \(faulty.code): \(faulty.errors)") }
        // With the old files: what the way back did not restore would now be made anew, with other ids.
        try lane.write(current.compose())
        let next = try await lane.deploy()
        let after = try await lane.snapshot()
        var problems = current.problems(after, project: lane.project)
        if next.code != 0 { problems.append("the next deploy ended with \(next.code): \(next.errors)") }
        if faulty.code == 0 {
          table.count("new revision")
        } else {
          table.count("old revision, brought back by the next command")
          problems += after.differences(from: before)
        }
        if !problems.isEmpty {
          table.problem("write \(number): \(problems.joined(separator: "; "))\n\(faulty.errors)\n\(next.errors)")
        }
      }
      return true
    }
    table.report()
  }
}
