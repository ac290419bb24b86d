import Foundation
import Glibc
import SlipwayTesting
import Testing

/// Updates that cannot work, and many at once: the old revision runs on, or comes back, whole.
@Suite(.needsBinary, .timeLimit(.minutes(5)))
struct OperationFaultTests {
  /// Five services side by side; `images` and `extra` change single ones.
  private func five(images: [String: String] = [:], generation: Int) -> String {
    "services:\n"
      + ["a", "b", "c", "d", "e"].map { name in
        """
          \(name):
            image: \(images[name] ?? "slipway/base:1")
            command: [/bin/sh, -c, "trap exit TERM; while :; do sleep 1 & wait; done"]
            environment: {GENERATION: "\(generation)"}

        """
      }.joined()
  }

  /// A database that stays and a web service that the update changes.
  private func web(_ text: String) -> String {
    """
    services:
      db:
        image: slipway/base:1
        command: [/bin/sh, -c, "trap exit TERM; while :; do sleep 1 & wait; done"]
      web:
        depends_on: [db]
        stop_grace_period: 1s
    \(text.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))

    """
  }

  /// Deploys a good revision and then one that fails; checks what the user sees and what runs.
  private func expectReturn(
    from first: String, to second: String, _ options: [String] = [], says words: [String], restarts: Bool = true
  ) async throws {
    try await FaultLane.with { lane in
      try lane.write(first)
      let good = try await lane.run(["deploy", "-p", lane.project])
      #expect(good.code == 0, "\(good.errors)")
      let before = try await lane.snapshot()
      try lane.write(second)
      let bad = try await lane.run(["deploy", "-p", lane.project] + options)
      #expect(bad.code == 1, "\(bad.errors)")
      for word in words { #expect(bad.errors.contains(word), "\(word) in: \(bad.errors)") }
      let after = try await lane.snapshot()
      #expect(after.differences(from: before) == [])
      let revisions = try await lane.run(["revisions", "-p", lane.project, "--json"]).output
      #expect(revisions.contains(restarts ? "\"rolledBack\"" : "\"failed\"") || revisions.contains("rolled"), "\(revisions)")
      try lane.write(first)
      let again = try await lane.run(["deploy", "-p", lane.project])
      #expect(again.code == 0, "\(again.errors)")
      #expect(try await lane.snapshot().ids == before.ids)
    }
  }

  @Test func `AB-I3: an image that cannot be pulled stops nothing and is named`() async throws {
    try await expectReturn(
      from: five(generation: 1), to: five(images: ["c": "127.0.0.1:9/nowhere/c:1"], generation: 2),
      says: ["127.0.0.1:9/nowhere/c:1", "fix:", "nothing was changed"], restarts: false)
  }

  @Test func `AB-I4: a service that never gets healthy brings the whole stack back`() async throws {
    try await expectReturn(
      from: web("image: slipway/hello:1.0"), to: web("image: slipway/hello:broken"),
      says: ["unhealthy", "web", "revision 1 runs again"])
  }

  @Test func `AB-I4: a service that ends soon after its start brings the whole stack back`() async throws {
    try await expectReturn(
      from: web("image: slipway/hello:1.0"), to: web("image: slipway/hello:crash"),
      says: ["ended with 3", "cannot read its settings", "revision 1 runs again"])
  }

  @Test func `AB-I4: a service that starts and ends again and again brings the whole stack back`() async throws {
    try await expectReturn(
      from: web("image: slipway/hello:1.0"),
      to: web("image: slipway/base:1\nrestart: always\ncommand: [/bin/sh, -c, \"sleep 0.2; exit 4\"]"),
      says: ["restarts again and again", "revision 1 runs again"])
  }

  @Test func `AB-I4: a service that is healthy only after the time limit brings the whole stack back`() async throws {
    try await expectReturn(
      from: web("image: slipway/hello:1.0"),
      to: web("image: slipway/hello:1.1\nenvironment: {START_DELAY: 20}\nhealthcheck: {interval: 1s, retries: 60}"),
      ["--wait-timeout", "3"], says: ["web was not ready within 3 s", "revision 1 runs again"])
  }

  @Test func `AB-I5: of many deploys at once of one stack one works at a time, and other stacks are not held up`() async throws {
    try await FaultLane.with { lane in
      try lane.write(five(generation: 1))
      #expect(try await lane.run(["deploy", "-p", lane.project]).code == 0)
      try lane.write(five(generation: 2))
      try await FaultLane.with { other in
        var shared = other
        shared.settings["SLIPWAY_DATA"] = lane.data
        let neighbour = shared
        try neighbour.write(five(generation: 1))
        async let there = neighbour.run(["deploy", "-p", neighbour.project])
        let ended = try await withThrowingTaskGroup(of: SpawnedCommand.self) { group in
          for _ in 0..<20 { group.addTask { try await lane.run(["deploy", "-p", lane.project]) } }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        let beside = try await there
        #expect(beside.code == 0, "\(beside.errors)")
        #expect(ended.contains { $0.code == 0 })
        for command in ended where command.code != 0 {
          #expect(command.code == 1)
          #expect(command.errors.contains("is locked by") && command.errors.contains("fix:"), "\(command.errors)")
        }
        print("AB-I5: 20 deploys at once: \(ended.filter { $0.code == 0 }.count) worked, the others were told who does")
      }
      let seen = try await lane.snapshot()
      #expect(seen.containers.map(\.state) == Array(repeating: "running", count: 5))
      #expect(try await lane.run(["plan", "-p", lane.project]).code == 0)
    }
  }

  @Test(.enabled("needs root for a file system of its own") { geteuid() == 0 })
  func `AB-J1: the disk of the store is full in the middle of a deploy`() async throws {
    for number in FaultCases.isAll ? [1, 5, 9, 12, 16, 20, 24, 28] : [5, 16] {
      try await FaultProxy.withTestEngine { proxy in
        try await FaultLane.with(address: proxy.address) { lane in
          try await SmallDisk.with(mebibytes: 400, at: lane.data) {
            try lane.write(ToggledStack.odd.compose())
            let first = try await lane.deploy()
            #expect(first.code == 0, "\(first.errors)")
            let before = try await lane.snapshot()
            try lane.write(ToggledStack.even.compose())
            proxy.reset()
            let filler = lane.data + "/filler"
            proxy.interrupt(atWrite: number, .afterCall) { SmallDisk.fill(filler) }
            let full = try await lane.deploy()
            let after = try await lane.snapshot()
            let place = "full at write \(number): \(full.errors)"
            switch full.code {
            case 0: #expect(ToggledStack.even.problems(after, project: lane.project) == [], "\(place)")
            case 1: #expect(after.differences(from: before) == [], "\(place)")
            default: Issue.record("exit code \(full.code), \(place)")
            }
            let reading = try await lane.run(["revisions", "-p", lane.project])
            #expect(reading.code == 0, "\(place)\n\(reading.errors)")
            try FileManager.default.removeItem(atPath: filler)
            proxy.reset()
            let next = try await lane.deploy()
            #expect(next.code == 0, "\(place)\n\(next.errors)")
            #expect(
              ToggledStack.even.problems(try await lane.snapshot(), project: lane.project) == [], "\(place)\n\(next.errors)")
            #expect(try await lane.plan().code == 0)
          }
        }
      }
    }
  }
}
