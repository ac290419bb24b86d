import Foundation
import Testing

@testable import Orchestration

/// A folder of its own for a test, gone with it.
private final class Place {
  let root: String
  private let files = FileManager.default

  init() throws {
    root = files.temporaryDirectory.appendingPathComponent("events-\(UInt64.random(in: 0 ... .max))").path
    try files.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? files.removeItem(atPath: root) }

  func callAsFunction(_ path: String) -> String { "\(root)/\(path)" }
  func folder(_ path: String) throws { try files.createDirectory(atPath: self(path), withIntermediateDirectories: true) }
  func link(_ path: String, to target: String) throws {
    try files.createSymbolicLink(atPath: self(path), withDestinationPath: self(target))
  }
  func move(_ path: String, to other: String) throws { try files.moveItem(atPath: self(path), toPath: self(other)) }
  func remove(_ path: String) throws { try files.removeItem(atPath: self(path)) }
  func write(_ path: String, atomically: Bool = false) throws {
    try "x".write(toFile: self(path), atomically: atomically, encoding: .utf8)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct FolderEventsTests {
  /// Waits until all of these paths have been told; gives all that was.
  @discardableResult
  private func changes(_ events: FolderEvents, including wanted: String...) async -> FolderChanges {
    var seen = FolderChanges()
    for await _ in events.arrivals {
      seen.add(events.take())
      if seen.paths.isSuperset(of: wanted) { return seen }
    }
    return seen
  }

  @Test func `Changes in folders old and new are told, ignored ones are not`() async throws {
    let place = try Place()
    try place.folder("a/skip")
    let events = try FolderEvents([place.root]) { !$0.hasSuffix("/skip") }
    try place.write("a/skip/no")
    try place.write("a/one")
    #expect(await !changes(events, including: place("a/one")).paths.contains(place("a/skip/no")))
    try place.folder("b/c")
    try place.write("b/c/two")
    await changes(events, including: place("b/c/two"))
    try place.move("b", to: "d")
    await changes(events, including: place("b"), place("d"), place("d/c"), place("d/c/two"))
    try place.write("d/c/three")
    try place.remove("a/one")
    let last = await changes(events, including: place("d/c/three"), place("a/one"))
    #expect(!last.paths.contains { $0.hasPrefix(place("b/")) })
  }

  @Test func `A file alone is watched by its folder`() async throws {
    let place = try Place()
    try place.write("f")
    let events = try FolderEvents([place("f")]) { _ in true }
    // As editors do: a new file takes the name.
    try place.write("f", atomically: true)
    await changes(events, including: place("f"))
    try place.write("other")
    try place.remove("f")
    #expect(await changes(events, including: place("f")).paths == [place("f")])
    try place.write("f")
    await changes(events, including: place("f"))
  }

  @Test func `When the kernel loses events, new folders are watched and what has gone is told`() async throws {
    let place = try Place()
    try place.folder("old/deep")
    try place.write("b")
    try place.write("old/deep/c")
    let kept = try String(decoding: DiskFiles().read("/proc/sys/fs/inotify/max_queued_events", limit: 64), as: UTF8.self)
    let count = try #require(Int(kept.filter(\.isNumber)))
    let events = try FolderEvents([place.root]) { _ in true }
    events.queue.suspend()
    // A file that is made and removed is three events or more.
    for _ in 0...count / 3 {
      close(unsafe open(place("x"), O_CREAT | O_WRONLY, 0o600))
      _ = unsafe unlink(place("x"))
    }
    try place.folder("newdir/deep")
    try place.write("newdir/deep/first")
    try place.remove("b")
    try place.remove("old")
    events.queue.resume()
    #expect(await changes(events, including: place("b"), place("old"), place("old/deep/c")).hasMissedSome)
    try place.write("newdir/deep/second")
    #expect(await !changes(events, including: place("newdir/deep/second")).hasMissedSome)
  }

  @Test func `A watched folder that is removed and made again is watched again`() async throws {
    let place = try Place()
    try place.folder("dist/a")
    try place.write("dist/a/old")
    let events = try FolderEvents([place("dist")]) { _ in true }
    try place.remove("dist")
    await changes(events, including: place("dist"), place("dist/a/old"))
    try place.folder("dist/a")
    try place.write("dist/a/new")
    await changes(events, including: place("dist/a/new"))
    try place.write("dist/a/newer")
    await changes(events, including: place("dist/a/newer"))
    // At once, as a build does.
    try place.remove("dist")
    try place.folder("dist")
    try place.write("dist/last")
    await changes(events, including: place("dist/a/newer"), place("dist/last"))
    try place.write("beside")
    try place.write("dist/end")
    #expect(await !changes(events, including: place("dist/end")).paths.contains(place("beside")))
  }

  @Test(arguments: [true, false])
  func `A folder above a watched one may go and come too`(isMoved: Bool) async throws {
    let place = try Place()
    try place.folder("p/q/r")
    try place.write("p/q/r/one")
    try place.write("p/q/file")
    let events = try FolderEvents([place("p/q/file"), place("p/q/r")]) { _ in true }
    if isMoved { try place.move("p", to: "elsewhere") } else { try place.remove("p") }
    await changes(events, including: place("p/q/r/one"), place("p/q/file"))
    if isMoved { try place.write("elsewhere/q/r/strange") }
    try place.folder("p")
    try place.folder("p/q")
    try place.folder("p/q/r")
    try place.write("p/q/r/two")
    try place.write("p/q/file")
    await changes(events, including: place("p/q/r/two"), place("p/q/file"))
    try place.write("p/q/r/three")
    await changes(events, including: place("p/q/r/three"))
  }

  @Test func `A folder that is moved out tells all that was in it`() async throws {
    let place = try Place()
    try place.folder("in/a/b")
    try place.folder("out")
    try place.write("in/a/b/one.py")
    let events = try FolderEvents([place("in")]) { _ in true }
    try place.write("in/a/two.py")
    await changes(events, including: place("in/a/two.py"))
    try place.move("in/a", to: "out/a")
    await changes(events, including: place("in/a"), place("in/a/two.py"), place("in/a/b/one.py"))
    try place.write("out/a/three.py")
    try place.write("in/four.py")
    #expect(await changes(events, including: place("in/four.py")).paths == [place("in/four.py")])
  }

  @Test func `A folder that is watched by two paths tells both`() async throws {
    let place = try Place()
    try place.folder("real/sub")
    try place.link("link", to: "real")
    let events = try FolderEvents([place("link"), place("real"), place("real/sub")]) { _ in true }
    try place.write("real/sub/one")
    await changes(events, including: place("link/sub/one"), place("real/sub/one"))
    // The other path is not the worse for it.
    try place.remove("link")
    try place.write("real/two")
    await changes(events, including: place("link/sub/one"), place("real/two"))
    try place.folder("other")
    try place.link("link", to: "other")
    await changes(events, including: place("link"))
    try place.write("other/three")
    await changes(events, including: place("link/three"))
  }
}
