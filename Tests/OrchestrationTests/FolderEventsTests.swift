import Foundation
import Testing

@testable import Orchestration

@Suite(.timeLimit(.minutes(1)))
struct FolderEventsTests {
  /// Waits until all of these paths have been told; gives all that were.
  private func changes(_ events: FolderEvents, including wanted: Set<String>) async throws -> Set<String> {
    var seen: Set<String> = []
    for await _ in events.arrivals {
      seen.formUnion(events.take().paths)
      if wanted.isSubset(of: seen) { return seen }
    }
    return seen
  }

  @Test func `Changes in folders old and new are told, ignored ones are not`() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("events-\(UInt64.random(in: 0 ... .max))")
    let files = FileManager.default
    try files.createDirectory(at: folder.appendingPathComponent("a/skip"), withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    let root = folder.path
    let events = try FolderEvents([root]) { !$0.hasSuffix("/skip") }
    func write(_ path: String) throws { try "x".write(toFile: "\(root)/\(path)", atomically: false, encoding: .utf8) }
    try write("a/skip/no")
    try write("a/one")
    #expect(try await !changes(events, including: ["\(root)/a/one"]).contains("\(root)/a/skip/no"))
    try files.createDirectory(atPath: "\(root)/b/c", withIntermediateDirectories: true)
    try write("b/c/two")
    _ = try await changes(events, including: ["\(root)/b/c/two"])
    try files.moveItem(atPath: "\(root)/b", toPath: "\(root)/d")
    _ = try await changes(events, including: ["\(root)/b", "\(root)/d", "\(root)/d/c", "\(root)/d/c/two"])
    try write("d/c/three")
    try files.removeItem(atPath: "\(root)/a/one")
    #expect(
      try await !changes(events, including: ["\(root)/d/c/three", "\(root)/a/one"]).contains { $0.hasPrefix("\(root)/b/") })
  }

  @Test func `A file alone is watched by its folder`() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("events-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("f").path
    try "a".write(toFile: file, atomically: false, encoding: .utf8)
    let events = try FolderEvents([file]) { _ in true }
    // As editors do: a new file takes the name.
    try "b".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try await changes(events, including: [file]).contains(file))
  }
}
