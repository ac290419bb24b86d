import Testing

@testable import RevisionStore

/// Whether a stack is down, by what was done to it last.
@Suite struct DownMarkTests {
  private let folder: StoreFolder
  private let store: RevisionStore

  init() throws {
    folder = try StoreFolder()
    store = try folder.open()
  }

  private func run(_ kind: OperationKind, _ end: OperationEnd) async throws {
    let new =
      kind == .deploy ? NewOperation.deploy() : NewOperation(stack: .shop, kind: kind, title: kind.rawValue, author: "ada")
    let operation = try await store.beginOperation(new)
    try await store.advance(operation.handle, to: .applying)
    try await store.finish(operation.handle, end)
  }

  @Test func `Only a whole down that ended well is a down, until the next deploy`() async throws {
    let failed = OperationEnd(state: .failed, outcome: .failed, message: "cut off")
    #expect(try await !store.isDown(.shop))
    try await run(.deploy, .deployed)
    try await run(.downPart, .deployed)
    try await run(.down, failed)
    #expect(try await !store.isDown(.shop))
    try await run(.down, .deployed)
    #expect(try await store.isDown(.shop))
    try await run(.deploy, failed)
    try await run(.stop, .deployed)
    #expect(try await store.isDown(.shop))
    try await run(.deploy, .deployed)
    #expect(try await !store.isDown(.shop))
  }
}
