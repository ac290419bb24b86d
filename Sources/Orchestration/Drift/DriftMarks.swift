import ComposeFile
import DockerEngine
package import RevisionStore
import Synchronization

/// Whether stacks run as their revisions say, for those who look at lists (requirement A7).
///
/// A stack is looked at when somebody asks and its containers or its revision have changed since, or ten minutes have passed: a server that
/// nobody looks at asks no engine. What was found is told as the event `stack.drift`.
package final class DriftMarks: Sendable {
  /// What a stack was when it was looked at; a look is good for as long as this is.
  package struct State: Hashable, Sendable {
    package var containers: Int
    package var revision: Int

    package init(containers: Int, revision: Int) {
      self.containers = containers
      self.revision = revision
    }
  }

  package struct Limits: Sendable {
    /// Containers come and go several at a time.
    package var pause: Duration = .seconds(2)
    package var stale: Duration = .seconds(600)
    package var look: Duration = .seconds(30)
    package var atOnce = 2
    package var waiting = 10_000

    package init() {}
  }

  private struct Mark {
    var state: State
    /// Nil: it could not be found out.
    var isDrifted: Bool?
    var at: ContinuousClock.Instant
  }

  private struct Kept {
    var marks: [StackKey: Mark] = [:]
    var waiting: [StackKey: State] = [:]
    /// Those that are looked at now.
    var looking: [StackKey: State] = [:]
  }

  private let kept = Mutex(Kept())
  private let signals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation
  private let events: EventLog
  private let limits: Limits
  private let look: @Sendable (StackKey) async throws -> Bool

  /// - Parameter look: whether a stack drifted, as its engine tells.
  package init(events: EventLog, limits: Limits = Limits(), look: @escaping @Sendable (StackKey) async throws -> Bool) {
    self.events = events
    self.limits = limits
    self.look = look
    (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// What was found last; nil: nothing yet. What may have changed since is looked at soon.
  package func mark(of stack: StackKey, in state: State) -> Bool? {
    let (mark, isNew) = kept.withLock { kept in
      let mark = kept.marks[stack]
      if let mark, mark.state == state, ContinuousClock.now - mark.at < limits.stale { return (mark.isDrifted, false) }
      guard kept.looking[stack] != state, kept.waiting.count < limits.waiting else { return (mark?.isDrifted, false) }
      kept.waiting[stack] = state
      return (mark?.isDrifted, true)
    }
    if isNew { signal.yield() }
    return mark
  }

  /// Takes what somebody has found out anyway.
  package func take(_ isDrifted: Bool, of stack: StackKey, in state: State) { keep(isDrifted, of: stack, in: state) }

  /// Looks at what waits for it, until the task is cancelled.
  package func run() async {
    for await _ in signals {
      // WHY try?: a cancellation ends the loop as well.
      try? await Task.sleep(for: limits.pause)
      let waiting = kept.withLock { kept in
        defer { kept.waiting = [:] }
        kept.looking = kept.waiting
        return kept.waiting
      }
      await withTaskGroup(of: Void.self) { group in
        for (number, (stack, state)) in waiting.sorted(by: { ($0.key.project, $0.key.server) < ($1.key.project, $1.key.server) })
          .enumerated()
        {
          if number >= limits.atOnce { await group.next() }
          guard !Task.isCancelled else { return }
          group.addTask {
            // WHY try?: an engine that does not answer leaves it unknown; that it is away is told elsewhere.
            self.keep(try? await withDeadline(self.limits.look) { try await self.look(stack) }, of: stack, in: state)
          }
        }
      }
    }
  }

  private func keep(_ isDrifted: Bool?, of stack: StackKey, in state: State) {
    let now = ContinuousClock.now
    let before = kept.withLock { kept in
      if kept.looking[stack] == state { kept.looking[stack] = nil }
      // What could not be found out leaves what was told.
      let before = kept.marks.updateValue(
        Mark(state: state, isDrifted: isDrifted ?? kept.marks[stack]?.isDrifted, at: now), forKey: stack)
      // Stacks that nobody has asked for in a long time, as those that are gone.
      if kept.marks.count > limits.waiting { kept.marks = kept.marks.filter { now - $0.value.at < limits.stale } }
      return before?.isDrifted
    }
    // What was never looked at counts as not drifted.
    guard let isDrifted, isDrifted != (before ?? false) else { return }
    events.publish("stack.drift", server: stack.server, stack: stack.project, [("drifted", .bool(isDrifted))])
  }
}
