import Foundation
import GRDB
import Testing

@testable import RevisionStore

@Suite struct JournalTests {
  private let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  @Test func `A plan and its steps come back as they were recorded`() async throws {
    let store = try folder.open()
    let handle = try await store.beginOperation(.deploy()).handle
    let step = NewStep(number: 1, action: "create", target: "web", cause: "not running", payload: "{\"name\":\"w\"}")
    try await store.recordPlan(handle, text: "1. create web", json: "[1]", steps: [step, .init(number: 2)])
    try await store.stepIntent(handle, step: 1)
    try await store.stepResult(handle, step: 1, result: .init(state: .done, objectID: "abc", detail: "created"))
    let moment = Timestamp(milliseconds: 1_000_000)
    let steps = try await store.steps(of: handle.id)
    #expect(
      steps == [
        Step(
          number: 1, action: "create", target: "web", cause: "not running", payload: "{\"name\":\"w\"}", state: .done,
          intendedAt: moment, endedAt: moment, objectID: "abc", detail: "created"),
        Step(
          number: 2, action: "create_container", target: "web", cause: "not running", payload: "{}", state: .planned,
          intendedAt: nil, endedAt: nil, objectID: nil, detail: ""),
      ])
    let operation = try #require(try await store.operation(handle.id))
    #expect(operation.planText == "1. create web")
    #expect(operation.planJSON == "[1]")
    #expect(try await store.revision(of: .shop, number: 1)?.planText == "1. create web")
  }

  @Test func `There is one plan an operation, and undo steps may be added`() async throws {
    let store = try folder.open()
    let handle = try await store.beginOperation(.deploy()).handle
    try await store.recordPlan(handle, text: "", json: "{}", steps: [.init(number: 1)])
    #expect(await storeError { try await store.recordPlan(handle, text: "", json: "{}", steps: []) } != nil)
    try await store.addSteps(handle, [.init(number: 2)])
    #expect(await storeError { try await store.addSteps(handle, [.init(number: 2)]) } != nil)
    #expect(try await store.steps(of: handle.id).map(\.number) == [1, 2])
  }

  @Test func `A step without an intent has no result, and a done one no second`() async throws {
    let store = try folder.open()
    let handle = try await store.beginOperation(.deploy()).handle
    try await store.recordPlan(handle, text: "", json: "{}", steps: [.init(number: 1)])
    let done = StepResult(state: .done)
    #expect(
      await storeError { try await store.stepResult(handle, step: 1, result: done) }
        == .illegalStep(operation: handle.id, step: 1, from: .planned, to: .done))
    try await store.stepIntent(handle, step: 1)
    try await store.stepResult(handle, step: 1, result: done)
    #expect(
      await storeError { try await store.stepIntent(handle, step: 1) }
        == .illegalStep(operation: handle.id, step: 1, from: .done, to: .intended))
    #expect(
      await storeError { try await store.stepIntent(handle, step: 9) }
        == .illegalStep(operation: handle.id, step: 9, from: nil, to: .intended))
    try await store.stepResult(handle, step: 1, result: .init(state: .undone, detail: "removed"))
    #expect(try await store.steps(of: handle.id).first?.state == .undone)
  }

  @Test func `A failed step may be tried again`() async throws {
    let store = try folder.open()
    let handle = try await store.beginOperation(.deploy()).handle
    try await store.recordPlan(handle, text: "", json: "{}", steps: [.init(number: 1)])
    try await store.stepIntent(handle, step: 1)
    try await store.stepResult(handle, step: 1, result: .init(state: .failed, detail: "503"))
    try await store.stepIntent(handle, step: 1)
    #expect(try await store.steps(of: handle.id).first?.endedAt == nil)
    try await store.stepResult(handle, step: 1, result: .init(state: .done, objectID: "x"))
    #expect(try await store.steps(of: handle.id).first?.objectID == "x")
  }

  @Test func `Steps that run at once are journaled each on its own`() async throws {
    let store = try folder.open()
    let handle = try await store.beginOperation(.deploy()).handle
    try await store.recordPlan(handle, text: "", json: "{}", steps: (1...100).map { .init(number: $0) })
    let failures = await withTaskGroup(of: Bool.self) { group in
      for number in 1...100 {
        group.addTask {
          do {
            try await store.stepIntent(handle, step: number)
            // Every tenth asks for what is illegal: it must take no other with it.
            if number.isMultiple(of: 10) { try await store.stepIntent(handle, step: 1000 + number) }
            try await store.stepResult(handle, step: number, result: .init(state: .done))
            return false
          } catch {
            return true
          }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(failures == 10)
    let states = try await store.steps(of: handle.id).map(\.state)
    #expect(states.filter { $0 == .done }.count == 90)
    #expect(states.filter { $0 == .intended }.count == 10)
  }

  @Test func `Events keep their order, and too many are counted`() async throws {
    let store = try folder.open(eventLimit: 5)
    let handle = try await store.beginOperation(.deploy()).handle
    let events = (1...4).map { NewEvent(at: Timestamp(milliseconds: Int64($0)), kind: "container.start", text: "\($0)") }
    try await store.recordEvents(handle, events)
    try await store.recordEvents(handle, events)
    let stored = try await store.events(of: handle.id)
    #expect(stored.map(\.text) == ["1", "2", "3", "4", "1"])
    #expect(stored.map(\.sequence) == [1, 2, 3, 4, 5])
    #expect(try await store.operation(handle.id)?.droppedEvents == 3)
    #expect(try await store.events(of: handle.id, after: 3, limit: 1).map(\.sequence) == [4])
  }

  @Test func `A long text is cut at a character`() async throws {
    let store = try folder.open()
    let handle = try await store.beginOperation(.deploy()).handle
    let text = String(repeating: "é", count: 20_000)
    try await store.recordEvents(handle, [.init(at: Timestamp(milliseconds: 1), kind: "k", text: text)])
    let stored = try #require(try await store.events(of: handle.id).first?.text)
    #expect(stored.utf8.count <= 16 * 1024)
    #expect(stored.hasSuffix("é…"))
  }

  @Test(arguments: [
    "UPDATE event SET text = 'x'", "DELETE FROM event", "DELETE FROM revision", "UPDATE revision SET message = 'x'",
    "UPDATE revision SET outcome = 'failed'", "UPDATE revision_file SET mode = 0", "DELETE FROM revision_file",
    "UPDATE revision_variable SET value = 'x'", "UPDATE revision_image SET digest = 'x'", "DELETE FROM revision_image",
    "UPDATE blob SET bytes = x'00'", "UPDATE operation SET message = 'x'", "DELETE FROM operation",
    "UPDATE stack SET last_fencing = 0", "UPDATE stack SET last_revision = 0",
    "INSERT INTO revision_image VALUES (1, 'db', 'r', NULL, 'i')",
  ])
  func `History does not change, whoever writes`(sql: String) async throws {
    let store = try folder.open()
    let operation = try await store.beginOperation(.deploy())
    try await store.recordEvents(operation.handle, [.init(at: Timestamp(milliseconds: 1), kind: "k", text: "t")])
    try await store.advance(operation.handle, to: .planning)
    try await store.finish(operation.handle, .deployed)
    #expect(throws: DatabaseError.self) { try folder.raw { try $0.execute(sql: sql) } }
  }
}
