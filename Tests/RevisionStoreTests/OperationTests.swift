import Foundation
import GRDB
import Testing

@testable import RevisionStore

@Suite struct OperationTests {
  private let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  @Test func `Beginning an operation takes the lock and gives out the revision's number`() async throws {
    let store = try folder.open()
    let operation = try await store.beginOperation(.deploy())
    #expect(operation.state == .queued)
    #expect(operation.revision == 1)
    #expect(operation.previousRevision == nil)
    #expect(operation.owner.processID == 100)
    #expect(try await store.stacks(server: "local").first?.holder?.lockID == operation.lockID)
    #expect(try await store.currentRevision(of: .shop) == nil)
    #expect(try await store.revision(of: .shop, number: 1)?.outcome == .pending)
  }

  @Test func `R-LOCK-1: a second operation is told who holds the stack and leaves no trace`() async throws {
    let first = try folder.open(pid: 100)
    let held = try await first.beginOperation(.deploy())
    let second = try folder.open(pid: 200, alive: [100, 200])
    let error = await storeError { _ = try await second.beginOperation(.deploy()) }
    guard case .held(let holder) = error else { return #expect(Bool(false), "got \(String(describing: error))") }
    #expect(holder.operation == held.id)
    #expect(holder.lockID == held.lockID)
    #expect(holder.owner.processID == 100)
    #expect(try #require(error).description.contains("slipway unlock --lock-id \(held.lockID)"))
    #expect(try await second.revisions(of: .shop).count == 1)
    _ = try await second.beginOperation(.deploy(.blog))
  }

  @Test func `Two processes at once get one lock between them`() async throws {
    let stores = try (1...4).map { try folder.open(pid: Int32($0), alive: [1, 2, 3, 4]) }
    let winners = await withTaskGroup(of: Bool.self) { group in
      for store in stores { group.addTask { (try? await store.beginOperation(.deploy())) != nil } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(winners == 1)
    #expect(try await stores[0].unfinishedOperations().count == 1)
  }

  @Test func `A finished operation frees the stack and settles the revision`() async throws {
    let store = try folder.open()
    let operation = try await store.deploy()
    #expect(try await store.currentRevision(of: .shop)?.number == 1)
    let ended = try #require(try await store.operation(operation.id))
    #expect(ended.state == .done)
    #expect(ended.message == "deployed")
    #expect(try await store.unfinishedOperations().isEmpty)
    let next = try await store.beginOperation(.deploy())
    #expect(next.revision == 2)
    #expect(next.previousRevision == 1)
    #expect(next.fencing > operation.fencing)
  }

  @Test func `A failed deploy leaves the earlier revision current`() async throws {
    let store = try folder.open()
    try await store.deploy()
    let operation = try await store.beginOperation(.deploy())
    for state in [OperationState.planning, .pulling, .gate, .applying] {
      try await store.advance(operation.handle, to: state)
    }
    let end = OperationEnd(state: .rolledBack, outcome: .rolledBack, message: "web died", restoredRevision: 1)
    try await store.finish(operation.handle, end)
    #expect(try await store.currentRevision(of: .shop)?.number == 1)
    let failed = try #require(try await store.revision(of: .shop, number: 2))
    #expect(failed.outcome == .rolledBack)
    #expect(failed.resultMessage == "web died")
    #expect(try await store.operation(operation.id)?.restoredRevision == 1)
  }

  @Test(arguments: OperationState.allCases, OperationState.allCases)
  func `R-OP-1: only the legal moves are allowed`(from: OperationState, to: OperationState) {
    let path: [OperationState] = [.queued, .planning, .pulling, .gate, .applying, .verifying]
    let isLegal =
      if let start = path.firstIndex(of: from) {
        switch to {
        case .failed, .cancelled, .needsAttention: true
        case .done: from != .queued
        case .rolledBack: from == .applying || from == .verifying
        default: path.firstIndex(of: to).map { $0 > start } ?? false
        }
      } else {
        false
      }
    #expect(from.allows(to) == isLegal)
  }

  @Test func `The store refuses an illegal move and keeps the state`() async throws {
    let store = try folder.open()
    let operation = try await store.beginOperation(.deploy())
    try await store.advance(operation.handle, to: .applying)
    #expect(
      await storeError { try await store.advance(operation.handle, to: .pulling) }
        == .illegalTransition(operation: operation.id, from: .applying, to: .pulling))
    #expect(
      await storeError { try await store.advance(operation.handle, to: .done) }
        == .illegalTransition(operation: operation.id, from: .applying, to: .done))
    #expect(try await store.operation(operation.id)?.state == .applying)
  }

  @Test func `A deployed revision and a failed operation do not go together`() async throws {
    let store = try folder.open()
    let operation = try await store.beginOperation(.deploy())
    let end = OperationEnd(state: .failed, outcome: .deployed, message: "")
    guard case .invalid = await storeError({ try await store.finish(operation.handle, end) }) else {
      return #expect(Bool(false), "it was accepted")
    }
    #expect(try await store.unfinishedOperations().count == 1)
  }

  @Test func `R-LOCK-1: the operation of a dead owner is taken over at once`() async throws {
    let dead = try await folder.open(pid: 100).beginOperation(.deploy())
    let store = try folder.open(pid: 200, alive: [200])
    let found = try #require(try await store.unfinishedOperations(server: "local").first)
    #expect(found.id == dead.id)
    #expect(found.ownerLiveness(using: .fake(pid: 200, alive: [200])) == .dead)
    let taken = try await store.takeOver(found)
    #expect(taken.fencing > dead.fencing)
    #expect(taken.owner.processID == 200)
    try await store.finish(taken.handle, .failed)
    #expect(try await store.stacks().first?.holder == nil)
  }

  @Test func `The operation of a living owner is not taken over`() async throws {
    let operation = try await folder.open(pid: 100).beginOperation(.deploy())
    let store = try folder.open(pid: 200, alive: [100, 200])
    guard case .held = await storeError({ _ = try await store.takeOver(operation) }) else {
      return #expect(Bool(false), "it was taken")
    }
  }

  @Test func `Of two that take over the same operation one wins`() async throws {
    let operation = try await folder.open(pid: 100).beginOperation(.deploy())
    _ = try await folder.open(pid: 200, alive: [200, 300]).takeOver(operation)
    let error = await storeError { _ = try await folder.open(pid: 300, alive: [200, 300]).takeOver(operation) }
    #expect(error == .fenced(operation: operation.id, yours: 1, current: 2))
  }

  @Test func `Every write of an old owner is refused by its number`() async throws {
    let old = try folder.open(pid: 100)
    let operation = try await old.beginOperation(.deploy())
    try await old.recordPlan(operation.handle, text: "plan", json: "{}", steps: [.init(number: 1)])
    _ = try await folder.open(pid: 200, alive: [200]).takeOver(operation)
    let handle = operation.handle
    let refused = StoreError.fenced(operation: operation.id, yours: 1, current: 2)
    #expect(await storeError { try await old.advance(handle, to: .planning) } == refused)
    #expect(await storeError { try await old.stepIntent(handle, step: 1) } == refused)
    #expect(await storeError { try await old.stepResult(handle, step: 1, result: .init(state: .done)) } == refused)
    #expect(await storeError { try await old.heartbeat(handle) } == refused)
    #expect(await storeError { try await old.recordImages(handle, [:]) } == refused)
    #expect(await storeError { try await old.addSteps(handle, []) } == refused)
    #expect(
      await storeError {
        try await old.recordEvents(handle, [.init(at: Timestamp(milliseconds: 1), kind: "k", text: "t")])
      } == refused)
    #expect(await storeError { try await old.finish(handle, .failed) } == refused)
    #expect(try await old.steps(of: operation.id).first?.state == .planned)
  }

  @Test func `A handle of an ended operation is refused`() async throws {
    let store = try folder.open()
    let operation = try await store.deploy()
    #expect(
      await storeError { try await store.heartbeat(operation.handle) }
        == .fenced(operation: operation.id, yours: operation.fencing, current: nil))
  }

  @Test func `A lock of another host is freed by hand only`() async throws {
    let foreign = try RevisionStore.open(
      dataDirectory: folder.path, processes: .fake(pid: 100, alive: [100], boot: "boot-9", host: "host-9"),
      options: .init(reserveBytes: 0))
    let operation = try await foreign.beginOperation(.deploy())
    let store = try folder.open(pid: 100)
    #expect(operation.ownerLiveness(using: .fake(pid: 100, alive: [100])) == .unknown)
    guard case .held = await storeError({ _ = try await store.takeOver(operation) }) else {
      return #expect(Bool(false), "it was taken")
    }
    func unlock(_ lock: String) async throws -> OperationState {
      try await store.unlock(lockID: lock) { AuditEntry(actor: "ada", way: .api, action: "stack.unlock", target: "\($0.stack)") }
        .state
    }
    #expect(await storeError { _ = try await unlock("nope") } != nil)
    let audited = try await store.auditRecords(after: 0).count
    #expect(try await unlock(operation.lockID) == .needsAttention)
    let told = try await store.auditRecords(after: 0)
    #expect(told.count == audited + 1 && told.last?.target == "\(StackKey.shop)", "\(told)")
    #expect(try await store.revision(of: .shop, number: 1)?.outcome == .failed)
    #expect(await storeError { _ = try await unlock(operation.lockID) } != nil)
    #expect(try await store.auditRecords(after: 0).count == told.count)
    _ = try await store.beginOperation(.deploy())
  }

  @Test func `The lock of a living owner is not freed by hand`() async throws {
    let operation = try await folder.open(pid: 100).beginOperation(.deploy())
    let store = try folder.open(pid: 200, alive: [100, 200])
    guard case .held = await storeError({ _ = try await store.unlock(lockID: operation.lockID) }) else {
      return #expect(Bool(false), "it was freed")
    }
  }

  @Test func `A host that was started anew has no living owner, whatever its numbers`() {
    let owner = ProcessTable.fake(pid: 7, alive: [7], boot: "boot-1").me
    #expect(ProcessTable.fake(pid: 8, alive: [7, 8], boot: "boot-2").liveness(of: owner) == .dead)
    #expect(ProcessTable.fake(pid: 8, alive: [7, 8], boot: "boot-1").liveness(of: owner) == .alive)
    #expect(ProcessTable.fake(pid: 8, alive: [8], boot: "boot-1").liveness(of: owner) == .dead)
    #expect(ProcessTable.fake(pid: 8, alive: [8], boot: "boot-2", host: "host-2").liveness(of: owner) == .unknown)
  }

  @Test func `This process finds itself alive and knows its start`() {
    let system = ProcessTable.system()
    #expect(system.me.processStart > 0)
    #expect(system.startOfProcess(system.me.processID) == system.me.processStart)
    #expect(system.me.bootID.count == 36)
    #expect(system.me.processNamespace.hasPrefix("pid:["))
    #expect(system.startOfProcess(Int32.max) == nil)
  }

  @Test func `An operation without a revision makes none`() async throws {
    let store = try folder.open()
    let new = NewOperation(stack: .shop, kind: .down, title: "slipway down", author: "ada")
    let operation = try await store.beginOperation(new)
    #expect(operation.revision == nil)
    try await store.advance(operation.handle, to: .applying)
    try await store.finish(operation.handle, .deployed)
    #expect(try await store.revisions(of: .shop).isEmpty)
    #expect(try await store.operations(of: .shop).map(\.kind) == [.down])
  }

  @Test func `A journal is written also when its task is cancelled`() async throws {
    let store = try folder.open()
    let operation = try await store.beginOperation(.deploy())
    let task = Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      try await store.finish(operation.handle, .failed)
    }
    try await task.value
    #expect(try await store.operation(operation.id)?.state == .failed)
  }
}

extension NewStep {
  init(number: Int) {
    self.init(number: number, action: "create_container", target: "web", cause: "not running")
  }
}
