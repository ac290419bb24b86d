import ComposeFile
import DockerEngine
import RevisionStore
import Synchronization
import Testing

@testable import Orchestration

@Suite(.timeLimit(.minutes(1))) struct DriftMarksTests {
  private let web = StackKey(server: "local", project: "web")
  private let first = DriftMarks.State(containers: 1, revision: 1)

  /// Marks whose looks are counted and answered by hand; `body` runs while they look.
  private func looking(
    stale: Duration = .seconds(600), answers: [Bool?],
    _ body: @escaping @Sendable (DriftMarks, EventLog, @Sendable () -> Int) async throws -> Void
  ) async throws {
    struct Away: Error {}
    let events = EventLog(run: "r")
    let looks = Mutex(0)
    var limits = DriftMarks.Limits()
    limits.pause = .milliseconds(1)
    limits.stale = stale
    let marks = DriftMarks(events: events, limits: limits) { _ in
      let look = looks.withLock { looks in
        defer { looks += 1 }
        return looks
      }
      guard let answer = answers[min(look, answers.count - 1)] else { throw Away() }
      return answer
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await marks.run() }
      try await body(marks, events) { looks.withLock { $0 } }
      group.cancelAll()
    }
  }

  private func wait(_ condition: () -> Bool) async throws { while !condition() { try await Task.sleep(for: .milliseconds(2)) } }

  @Test func `A stack is looked at once for as long as it stays as it is`() async throws {
    try await looking(answers: [true]) { marks, events, looks in
      #expect(marks.mark(of: web, in: first) == nil)
      try await wait { marks.mark(of: web, in: first) == true }
      for _ in 1...100 { _ = marks.mark(of: web, in: first) }
      #expect(looks() == 1)
      #expect(events.events(after: 0).events.map(\.kind) == ["stack.drift"])
    }
  }

  @Test func `It is looked at again when its containers or its revision are others, and the old mark holds until then`()
    async throws
  {
    try await looking(answers: [true, false]) { marks, events, looks in
      try await wait { marks.mark(of: web, in: first) == true }
      let second = DriftMarks.State(containers: 1, revision: 2)
      #expect(marks.mark(of: web, in: second) == true)
      try await wait { marks.mark(of: web, in: second) == false }
      #expect(looks() == 2)
      #expect(events.events(after: 0).events.count == 2)
    }
  }

  @Test func `A look is good for a while only`() async throws {
    try await looking(stale: .milliseconds(5), answers: [false, true]) { marks, _, _ in
      try await wait { marks.mark(of: web, in: first) == true }
    }
  }

  @Test func `That a stack runs as it should is no news`() async throws {
    try await looking(answers: [false]) { marks, events, _ in
      try await wait { marks.mark(of: web, in: first) == false }
      #expect(events.events(after: 0).events.isEmpty)
    }
  }

  @Test func `Of an engine that does not answer nothing is said, and it is not asked all the time`() async throws {
    try await looking(answers: [nil]) { marks, events, looks in
      _ = marks.mark(of: web, in: first)
      try await wait { looks() == 1 }
      for _ in 1...100 { #expect(marks.mark(of: web, in: first) == nil) }
      #expect(looks() <= 2)
      #expect(events.events(after: 0).events.isEmpty)
    }
  }

  @Test func `What somebody found out anyway is not looked for`() async throws {
    try await looking(answers: [false]) { marks, events, looks in
      marks.take(true, of: web, in: first)
      #expect(marks.mark(of: web, in: first) == true)
      #expect(looks() == 0)
      #expect(events.events(after: 0).events.count == 1)
    }
  }
}
