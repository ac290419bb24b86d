import Foundation
import Synchronization
package import Testing

extension Trait where Self == ConditionTrait {
  package static var needsBinary: Self {
    .enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") {
      ProcessInfo.processInfo.environment["SLIPWAY_TEST_ENGINE"] != nil
        && ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"] != nil
    }
  }
}

/// A project of its own with its folder and its data, worked on by the built `slipway`.
package struct FaultLane: Sendable {
  package let project: String
  package let folder: String
  /// What `DOCKER_HOST` holds; nil: the engine of `SLIPWAY_TEST_ENGINE`, without a proxy.
  package let address: String
  /// Added to the environment of the commands.
  package var settings: [String: String] = [:]
  /// The engine behind `address`, for looks at it that pass nothing in between; nil: that of `SLIPWAY_TEST_ENGINE`.
  private let engine: String?

  package var data: String { folder + "/data" }

  /// For an engine that goes away with the test; else `with` cleans up.
  package init(address: String?, engine: String? = nil) throws {
    project = "f" + String(UInt64.random(in: 0 ... .max), radix: 36)
    folder = NSTemporaryDirectory() + "/slipway-fault-" + project
    self.address = address ?? ProcessInfo.processInfo.environment["SLIPWAY_TEST_ENGINE"] ?? ""
    self.engine = engine
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// Runs `body` with a lane; its stack and its folder go afterwards, whatever happened.
  package static func with<Value>(
    address: String? = nil, engine: String? = nil, _ body: (FaultLane) async throws -> Value
  ) async throws -> Value {
    await LanePermits.shared.take()
    defer { LanePermits.shared.give() }
    let lane = try FaultLane(address: address, engine: engine)
    do {
      let value = try await body(lane)
      try await lane.remove()
      return value
    } catch {
      // WHY try?: the first failure is the one to show.
      try? await lane.remove()
      throw error
    }
  }

  private func remove() async throws {
    try await removeStack(project, at: engine)
    try FileManager.default.removeItem(atPath: folder)
  }

  package func write(_ compose: String, to name: String = "compose.yaml") throws {
    try compose.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
  }

  /// The same, with short limits for an engine that hangs or is away.
  package var impatient: FaultLane {
    var lane = self
    lane.settings["SLIPWAY_ENGINE_TIMEOUT"] = "6"
    lane.settings["SLIPWAY_ENGINE_WAIT"] = "2"
    return lane
  }

  package static var binary: String { ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"] ?? "" }

  package var environment: [String: String] {
    [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder, "SLIPWAY_DATA": data,
      "DOCKER_HOST": address, "SWIFT_BACKTRACE": "enable=no",
    ].merging(settings) { $1 }
  }

  package func run(_ arguments: [String], target: SpawnedCommand.Target = .init()) async throws -> SpawnedCommand {
    try await SpawnedCommand.run(Self.binary, arguments, in: folder, environment: environment, target: target)
  }

  /// `deploy` of what the folder holds; services that the file no longer has go.
  package func deploy(_ more: String..., target: SpawnedCommand.Target = .init()) async throws -> SpawnedCommand {
    try await run(["deploy", "-p", project, "--remove-orphans", "--wait-timeout", "30"] + more, target: target)
  }

  /// 0: what runs is what the folder says.
  package func plan() async throws -> SpawnedCommand { try await run(["plan", "-p", project, "--remove-orphans"]) }

  package func snapshot() async throws -> StackSnapshot { try await StackSnapshot.of(project, at: engine) }
}

/// Bounds how many stacks the suites of this target work on at the same time: the engine is one.
private final class LanePermits: Sendable {
  /// Above the number of tests that use two lanes, each of which could hold one and wait for another.
  static let shared = LanePermits(8)

  private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

  private init(_ count: Int) { state = Mutex((count, [])) }

  func take() async {
    await withCheckedContinuation { next in
      let isFree = state.withLock { state in
        if state.free == 0 {
          state.waiting.append(next)
          return false
        }
        state.free -= 1
        return true
      }
      if isFree { next.resume() }
    }
  }

  func give() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if state.waiting.isEmpty {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}

/// How much of the tables is run: every call in one way or another, or in every way.
package enum FaultCases {
  /// `SLIPWAY_TEST_FAULT_CASES=all`
  package static var isAll: Bool { ProcessInfo.processInfo.environment["SLIPWAY_TEST_FAULT_CASES"] == "all" }

  /// One of so many cases is run, unless all are.
  package static func every(_ step: Int) -> Int { isAll ? 1 : step }
}

/// Cases that several lanes take from, and what came of them.
package final class CaseTable<Case: Sendable>: Sendable {
  private struct State {
    var left: ArraySlice<Case>
    var outcomes: [String: Int] = [:]
    var problems: [String] = []
  }
  private let state: Mutex<State>
  package let name: String
  private let start = ContinuousClock.now

  package init(_ name: String, _ cases: [Case]) {
    self.name = name
    state = Mutex(State(left: cases[...]))
  }

  package func next() -> Case? { state.withLock { $0.left.popFirst() } }

  package func count(_ outcome: String) { state.withLock { $0.outcomes[outcome, default: 0] += 1 } }

  /// Counts what is not Slipway's fault; more than `most` of it is a problem.
  package func excuse(_ outcome: String, atMost most: Int) {
    state.withLock { state in
      state.outcomes[outcome, default: 0] += 1
      if state.outcomes[outcome, default: 0] > most { state.problems.append("\(outcome) more than \(most) times") }
    }
  }

  package func problem(_ text: String) { state.withLock { $0.problems.append(text) } }

  /// Prints the counts and fails the test for each problem.
  package func report() {
    let (outcomes, problems) = state.withLock { ($0.outcomes, $0.problems) }
    let text = outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    let seconds = (ContinuousClock.now - start).components.seconds
    print("\(name): \(outcomes.values.reduce(0, +)) cases: \(text); \(problems.count) problems; \(seconds) s")
    for problem in problems { Issue.record("\(name): \(problem)") }
  }
}
