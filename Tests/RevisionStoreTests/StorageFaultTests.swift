import Foundation
import GRDB
import Testing

@testable import RevisionStore

/// AB-J2: the disk fails, or the process is killed, at the n-th write or sync, for every n; the start after it finds all
/// that was answered.
///
/// `StorageFaultWorkload` runs in a process of its own under strace, which makes the system call fail.
@Suite(.enabled("set SLIPWAY_TEST_FAULTS=1, needs strace") { ProcessInfo.processInfo.environment["SLIPWAY_TEST_FAULTS"] == "1" })
struct StorageFaultTests {
  @Test(arguments: ["error=EIO", "error=ENOSPC", "signal=KILL"], ["pwrite64", "fsync,fdatasync"])
  func `AB-J2: the n-th write or sync fails or is the last, for every n`(fault: String, calls: String) async throws {
    var runs = 0
    for number in 1...200 {
      let folder = try StoreFolder()
      let isHit = try runWorkload(in: folder, failing: calls, with: fault, at: number)
      runs += 1
      try await expectWhole(folder, "\(fault) at \(calls) number \(number)")
      if !isHit { break }
    }
    print("AB-J2 \(fault) \(calls): \(runs) runs")
    // strace counts in each thread, so the number varies with the threads that share the work.
    #expect(runs > 10)
  }

  /// Runs the workload under strace; false when it ended before the call that was to fail. strace counts in each thread.
  private func runWorkload(
    in folder: StoreFolder, failing calls: String, with fault: String, at number: Int
  ) throws -> Bool {
    let log = folder.root + "/strace"
    let program = try #require(CommandLine.arguments.first)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // Without --seccomp-bpf: strace 6.1 then loses the signals it should inject.
    process.arguments = [
      "strace", "-f", "-qq", "-o", log, "-e", "trace=\(calls)",
      "-e", "inject=\(calls):\(fault):when=\(number)",
      program, "--testing-library", "swift-testing", "--filter", "StorageFaultWorkload",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SLIPWAY_FAULT_FOLDER": folder.path, "SLIPWAY_TEST_FAULTS": "0", "SWIFT_BACKTRACE": "enable=no"]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let text = try String(decoding: Data(contentsOf: URL(fileURLWithPath: log)), as: UTF8.self)
    return text.contains("(INJECTED)") || process.terminationStatus != 0
  }

  private func expectWhole(_ folder: StoreFolder, _ fault: String) async throws {
    let answered = (try? String(contentsOfFile: folder.root + "/answered", encoding: .utf8)) ?? ""
    guard FileManager.default.fileExists(atPath: folder.path) else { return #expect(answered.isEmpty, "\(fault)") }
    let store = try folder.open(pid: 900, alive: [900], boot: "boot-2")
    #expect(store.condition == .sound, "\(fault)")
    #expect(try await store.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok", "\(fault)")
    #expect(try await store.read { try Row.fetchOne($0, sql: "PRAGMA foreign_key_check") == nil }, "\(fault)")
    for line in answered.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      let operation = try #require(Int64(words[1]))
      switch words[0] {
      case "begun", "ended":
        let found = try await store.operation(operation)
        #expect(found != nil, "\(fault): \(line)")
        if words[0] == "ended" { #expect(found?.state == .done, "\(fault): \(line)") }
      default:
        let step = try await store.steps(of: operation).first { "\($0.number)" == words[2] }
        #expect(step.map { $0.state != .planned } == true, "\(fault): \(line)")
      }
    }
    for unfinished in try await store.unfinishedOperations() {
      let taken = try await store.takeOver(unfinished)
      try await store.finish(taken.handle, .failed)
    }
    try await store.deploy()
  }
}

/// What the process under strace does: deploys, and a note outside the store of each answer it got.
@Suite(.enabled("run by StorageFaultTests") { ProcessInfo.processInfo.environment["SLIPWAY_FAULT_FOLDER"] != nil })
struct StorageFaultWorkload {
  @Test func `A journal is written until a write fails`() async throws {
    let path = try #require(ProcessInfo.processInfo.environment["SLIPWAY_FAULT_FOLDER"])
    let notes = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("answered").path
    try #require(FileManager.default.createFile(atPath: notes, contents: nil))
    let file = try #require(FileHandle(forWritingAtPath: notes))
    func note(_ line: String) { file.write(Data((line + "\n").utf8)) }
    let store = try RevisionStore.open(
      dataDirectory: path, processes: .fake(pid: 100, alive: [100]), options: .init(reserveBytes: 65536),
      now: { Timestamp(milliseconds: 1) })
    for _ in 1...2 {
      // What fails is left as a crash would leave it; the rest goes on where it can.
      guard
        let handle = try? await store.beginOperation(
          .deploy(.shop, .sample(variables: ["TOKEN": .secret(Secret("value"))]))
        ).handle
      else { continue }
      note("begun \(handle.id)")
      try? await store.recordPlan(handle, text: "plan", json: "{}", steps: [.init(number: 1), .init(number: 2)])
      try? await store.advance(handle, to: .applying)
      for step in 1...2 where (try? await store.stepIntent(handle, step: step)) != nil {
        note("step \(handle.id) \(step)")
        try? await store.stepResult(handle, step: step, result: .init(state: .done))
      }
      if (try? await store.finish(handle, .deployed)) != nil { note("ended \(handle.id)") }
    }
    try? await store.close()
  }
}
