import Foundation
import SlipwayTesting
import Synchronization
import Testing

extension Trait where Self == ConditionTrait {
  static var needsBinary: Self {
    .enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") {
      ProcessInfo.processInfo.environment["SLIPWAY_TEST_ENGINE"] != nil
        && ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"] != nil
    }
  }
}

/// A project of its own with its folder and its data, worked on by the built `slipway`.
struct FaultLane: Sendable {
  let project: String
  let folder: String
  /// What `DOCKER_HOST` holds; nil: the engine of `SLIPWAY_TEST_ENGINE`, without a proxy.
  let address: String
  /// Added to the environment of the commands.
  var settings: [String: String] = [:]

  var data: String { folder + "/data" }

  init(address: String? = nil) throws {
    project = "f" + String(UInt64.random(in: 0 ... .max), radix: 36)
    folder = NSTemporaryDirectory() + "/slipway-fault-" + project
    self.address = address ?? ProcessInfo.processInfo.environment["SLIPWAY_TEST_ENGINE"] ?? ""
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// Runs `body` with a lane; its stack and its folder go afterwards, whatever happened.
  static func with<Value>(address: String? = nil, _ body: (FaultLane) async throws -> Value) async throws -> Value {
    await LanePermits.shared.take()
    defer { LanePermits.shared.give() }
    let lane = try FaultLane(address: address)
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
    try await removeStack(project)
    try FileManager.default.removeItem(atPath: folder)
  }

  func write(_ compose: String, to name: String = "compose.yaml") throws {
    try compose.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
  }

  /// The same, with short limits for an engine that hangs or is away.
  var impatient: FaultLane {
    var lane = self
    lane.settings["SLIPWAY_ENGINE_TIMEOUT"] = "6"
    lane.settings["SLIPWAY_ENGINE_WAIT"] = "2"
    return lane
  }

  static var binary: String { ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"] ?? "" }

  var environment: [String: String] {
    [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder, "SLIPWAY_DATA": data,
      "DOCKER_HOST": address, "SWIFT_BACKTRACE": "enable=no",
    ].merging(settings) { $1 }
  }

  func run(_ arguments: [String], target: SpawnedCommand.Target = .init()) async throws -> SpawnedCommand {
    try await SpawnedCommand.run(Self.binary, arguments, in: folder, environment: environment, target: target)
  }

  /// `deploy` of what the folder holds; services that the file no longer has go.
  func deploy(_ more: String..., target: SpawnedCommand.Target = .init()) async throws -> SpawnedCommand {
    try await run(["deploy", "-p", project, "--remove-orphans", "--wait-timeout", "30"] + more, target: target)
  }

  /// 0: what runs is what the folder says.
  func plan() async throws -> SpawnedCommand { try await run(["plan", "-p", project, "--remove-orphans"]) }

  func snapshot() async throws -> StackSnapshot { try await StackSnapshot.of(project) }
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
enum FaultCases {
  /// `SLIPWAY_TEST_FAULT_CASES=all`
  static var isAll: Bool { ProcessInfo.processInfo.environment["SLIPWAY_TEST_FAULT_CASES"] == "all" }

  /// One of so many cases is run, unless all are.
  static func every(_ step: Int) -> Int { isAll ? 1 : step }
}

/// Cases that several lanes take from, and what came of them.
final class CaseTable<Case: Sendable>: Sendable {
  private struct State {
    var left: ArraySlice<Case>
    var outcomes: [String: Int] = [:]
    var problems: [String] = []
  }
  private let state: Mutex<State>
  let name: String
  private let start = ContinuousClock.now

  init(_ name: String, _ cases: [Case]) {
    self.name = name
    state = Mutex(State(left: cases[...]))
  }

  func next() -> Case? { state.withLock { $0.left.popFirst() } }

  func count(_ outcome: String) { state.withLock { $0.outcomes[outcome, default: 0] += 1 } }

  /// Counts what is not Slipway's fault; more than `most` of it is a problem.
  func excuse(_ outcome: String, atMost most: Int) {
    state.withLock { state in
      state.outcomes[outcome, default: 0] += 1
      if state.outcomes[outcome, default: 0] > most { state.problems.append("\(outcome) more than \(most) times") }
    }
  }

  func problem(_ text: String) { state.withLock { $0.problems.append(text) } }

  /// Prints the counts and fails the test for each problem.
  func report() {
    let (outcomes, problems) = state.withLock { ($0.outcomes, $0.problems) }
    let text = outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    let seconds = (ContinuousClock.now - start).components.seconds
    print("\(name): \(outcomes.values.reduce(0, +)) cases: \(text); \(problems.count) problems; \(seconds) s")
    for problem in problems { Issue.record("\(name): \(problem)") }
  }
}
