import Foundation
import GRDB
import Glibc
import Testing

@testable import RevisionStore

@Suite struct DurabilityTests {
  private let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  @Test func `A crash after any write leaves a sound journal with all that was answered`() async throws {
    let store = try folder.open()
    try await store.deploy()
    let operation = try await store.beginOperation(
      .deploy(.shop, .sample(variables: ["TOKEN": .secret(Secret("value"))])))
    let handle = operation.handle
    try await expectAfterCrash { #expect($0?.state == .queued) }
    try await store.advance(handle, to: .planning)
    try await expectAfterCrash { #expect($0?.state == .planning) }
    try await store.recordPlan(handle, text: "plan", json: "{}", steps: [.init(number: 1), .init(number: 2)])
    try await expectAfterCrash { #expect($0?.planText == "plan") }
    try await store.advance(handle, to: .applying)
    for step in 1...2 {
      try await store.stepIntent(handle, step: step)
      try await expectAfterCrash(steps: [step: .intended])
      try await store.stepResult(handle, step: step, result: .init(state: .done, objectID: "c\(step)"))
      try await expectAfterCrash(steps: [step: .done])
    }
    try await store.recordEvents(handle, [.init(at: Timestamp(milliseconds: 1), kind: "k", text: "t")])
    try await expectAfterCrash { #expect($0?.state == .applying) }
    try await store.finish(handle, .deployed)
    try await expectAfterCrash { #expect($0 == nil) }
    let recovered = try folder.crashCopy()
    #expect(try await recovered.open().currentRevision(of: .shop)?.number == 2)
  }

  /// What a start on a copy of the files finds: a sound database, and what was promised of the unfinished operation.
  private func expectAfterCrash(
    steps: [Int: StepState] = [:], _ check: (StoredOperation?) -> Void = { _ in }
  ) async throws {
    let copy = try folder.crashCopy()
    let store = try copy.open(pid: 300, alive: [300], boot: "boot-2")
    #expect(store.condition == .sound)
    let problem = try await store.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
    #expect(problem == "ok")
    #expect(try await store.read { try Row.fetchOne($0, sql: "PRAGMA foreign_key_check") == nil })
    let unfinished = try await store.unfinishedOperations().first
    check(unfinished)
    guard let unfinished else { return }
    let found = try await store.steps(of: unfinished.id)
    for (number, state) in steps { #expect(found.first { $0.number == number }?.state == state) }
    let taken = try await store.takeOver(unfinished)
    try await store.finish(taken.handle, .failed)
    #expect(try await store.currentRevision(of: .shop)?.number == 1)
  }

  @Test func `Stores of several processes write in turn and lose nothing`() async throws {
    let stores = try (1...4).map { try folder.open(pid: Int32($0), alive: [1, 2, 3, 4], reserveBytes: 0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, store) in stores.enumerated() {
        let stack = StackKey(server: "local", project: "stack-\(index)")
        group.addTask {
          for _ in 1...15 {
            let handle = try await store.beginOperation(.deploy(stack)).handle
            try await store.advance(handle, to: .planning)
            try await store.recordEvents(handle, [.init(at: Timestamp(milliseconds: 1), kind: "k", text: "t")])
            try await store.finish(handle, .deployed)
            _ = try await store.currentRevision(of: stack)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await stores[0].stacks().map(\.currentRevision) == [15, 15, 15, 15])
    #expect(try await stores[0].read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
  }

  @Test func `A write lock that is never freed gives an error that says so, and reads do not wait`() async throws {
    let store = try folder.open(lockLimit: .milliseconds(50))
    try await store.deploy()
    let path = folder.path + "/slipway.lock"
    let holder = try FileDescriptor(path: path, flags: O_RDWR)
    try #require(flock(holder.number, LOCK_EX | LOCK_NB) == 0)
    guard case .busy = await storeError({ try await store.deploy() }) else {
      return #expect(Bool(false), "it was written")
    }
    #expect(try await store.currentRevision(of: .shop)?.number == 1)
    try #require(flock(holder.number, LOCK_UN) == 0)
    try await store.deploy()
  }

  @Test func `The log is moved into the database at the end of each operation`() async throws {
    let store = try folder.open()
    for number in 1...20 { try await store.deploy(.sample(text: String(repeating: "\(number) ", count: 20_000))) }
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/slipway.db-wal")
    #expect(try #require(attributes[.size] as? Int) < 400_000, "all that was written is 800,000 bytes and more")
  }

  @Test(.enabled("needs root, for a small tmpfs") { geteuid() == 0 })
  func `R-DB-4: on a full disk nothing new starts, what runs can end, and all is well once there is space`() async throws {
    let mount = folder.root + "/small"
    try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
    guard unsafe Glibc.mount("tmpfs", mount, "tmpfs", 0, "size=2m,mode=700") == 0 else {
      return try #require(Bool(false), "cannot mount a tmpfs: \(lastSystemError())")
    }
    defer { unsafe umount2(mount, Int32(MNT_DETACH)) }
    let small = try StoreFolder(under: mount)
    let store = try small.open(reserveBytes: 256 * 1024)
    try await store.deploy()
    let running = try await store.beginOperation(.deploy(.blog))
    try await store.advance(running.handle, to: .applying)
    try fill(mount + "/ballast")

    let big = NewRevision.sample(text: String(repeating: "y", count: 600_000))
    guard case .diskFull = await storeError({ try await store.deploy(big) }) else {
      return #expect(Bool(false), "it was stored on a full disk")
    }
    let detail = String(repeating: "z", count: 10_000)
    for number in 1...5 {
      let event = NewEvent(at: Timestamp(milliseconds: Int64(number)), kind: "k", text: detail)
      try await store.recordEvents(running.handle, [event])
    }
    try await store.finish(running.handle, .failed)
    #expect(!small.exists("slipway.reserve"), "the reserve was for this")
    guard case .diskFull = await storeError({ try await store.deploy() }) else {
      return #expect(Bool(false), "something new was started")
    }
    #expect(try await store.currentRevision(of: .shop)?.number == 1)
    #expect(try await store.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")

    try FileManager.default.removeItem(atPath: mount + "/ballast")
    try await store.deploy()
    #expect(small.exists("slipway.reserve"))
    #expect(try await store.currentRevision(of: .shop)?.number == 2)
    try await store.close()
  }

  private func fill(_ path: String) throws {
    let descriptor = unsafe open(path, O_CREAT | O_WRONLY, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let block = [UInt8](repeating: 1, count: 4096)
    while unsafe write(descriptor, block, block.count) > 0 {}
  }
}
