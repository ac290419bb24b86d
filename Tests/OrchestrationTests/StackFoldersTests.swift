import ComposeFile
import Foundation
import Testing

@testable import Orchestration

/// The folders that a server keeps: nothing leads out of them, and no change is half made (S-IN-1, S-IN-2).
@Suite struct StackFoldersTests {
  private let root: String
  private let folders: StackFolders

  init() throws {
    root = FileManager.default.temporaryDirectory.path + "/slipway-folders-\(UUID().uuidString)"
    folders = try StackFolders(root: root)
  }

  private func name(_ text: String = "shop") throws -> StackName { try #require(StackName(text)) }
  private func path(_ text: String) throws -> FolderPath { try #require(FolderPath(text)) }
  private let compose = Array("services: {}\n".utf8)

  private func made() async throws -> StackName {
    let name = try name()
    try await folders.create(name, [StackFolders.NewFile(try path("compose.yaml"), compose)])
    return name
  }

  @Test(arguments: [
    "", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/.", "a\u{0}b", "a\nb", String(repeating: "d/", count: 20) + "f",
  ])
  func `A path that leads elsewhere is none`(text: String) {
    #expect(FolderPath(text) == nil)
  }

  @Test(arguments: ["../x", "..%2fx", ".", "", String(repeating: "a", count: 64), "A", "a/b", "a\u{0}b", "-rf", "ａ"])
  func `AB-D4: what is no name reaches no folder`(text: String) {
    #expect(StackName(text) == nil)
  }

  @Test func `A new stack has its files and is listed`() async throws {
    let name = try await made()
    #expect(folders.names() == ["shop"])
    #expect(try folders.read(try path("compose.yaml"), of: name) == compose)
    #expect(try folders.entries(of: name).map(\.path) == ["compose.yaml"])
  }

  @Test func `Permission bits come with a file, stay with a new text, and change without one`() async throws {
    let name = try await made()
    let script = try path("run.sh")
    _ = try await folders.change(name, [(script, .put([1], mode: 0o755))])
    #expect(folders.mode(of: script, of: name) == 0o755)
    _ = try await folders.change(name, [(script, .put([2]))])
    #expect(folders.mode(of: script, of: name) == 0o755)
    _ = try await folders.change(name, [(script, .put([2], mode: 0o640))])
    #expect(folders.mode(of: script, of: name) == 0o640)
    #expect(folders.mode(of: try path("nosuch"), of: name) == nil)
  }

  @Test func `A stack that is there is not made again`() async throws {
    let name = try await made()
    let file = StackFolders.NewFile(try path("compose.yaml"), [])
    await #expect(throws: StackFolders.Refusal.stackExists("shop")) { try await folders.create(name, [file]) }
    #expect(try folders.read(try path("compose.yaml"), of: name) == compose)
  }

  @Test func `Who changes an older text is refused and told the tag of the new one`() async throws {
    let name = try await made()
    let file = try path("compose.yaml")
    let old = StackFolders.tag(of: compose)
    let new = Array("services: {a: {image: b}}\n".utf8)
    _ = try await folders.change(name, [(file, .put(new))], expected: ["compose.yaml": .tagged(old)])
    await #expect(throws: StackFolders.Refusal.changed(path: "compose.yaml", tag: StackFolders.tag(of: new))) {
      try await folders.change(name, [(file, .put(compose))], expected: ["compose.yaml": .tagged(old)])
    }
    #expect(try folders.read(file, of: name) == new)
  }

  @Test func `A file that must not be there yet is made once`() async throws {
    let name = try await made()
    let file = try path("conf/app.conf")
    _ = try await folders.change(name, [(file, .put([1]))], expected: ["conf/app.conf": .absent])
    await #expect(throws: StackFolders.Refusal.changed(path: "conf/app.conf", tag: StackFolders.tag(of: [1]))) {
      try await folders.change(name, [(file, .put([2]))], expected: ["conf/app.conf": .absent])
    }
  }

  @Test func `A change of which one part cannot be done changes nothing, and leaves nothing behind`() async throws {
    let name = try await made()
    _ = try await folders.change(name, [(try path("keep.txt"), .put([1])), (try path(".env"), .put([2]))])
    let before = try folders.entries(of: name)
    let inode = try FileManager.default.attributesOfItem(atPath: folders.path(of: name) + "/keep.txt")[.systemFileNumber] as? Int
    try FileManager.default.createDirectory(atPath: folders.path(of: name) + "/folder", withIntermediateDirectories: false)
    for last in [
      ("nosuch", StackFolders.Change.remove), ("folder", .put([3])), ("folder", .remove), ("keep.txt/below", .put([3])),
    ] {
      await #expect(throws: StackFolders.Refusal.self) {
        try await folders.change(
          name,
          [
            (try path("evil.txt"), .put([6])), (try path("deep/er/evil.txt"), .put([6])), (try path("compose.yaml"), .put([7])),
            (try path(".env"), .remove), (try path(last.0), last.1),
          ])
      }
    }
    try FileManager.default.removeItem(atPath: folders.path(of: name) + "/folder")
    #expect(try folders.entries(of: name) == before)
    #expect(try folders.read(try path("compose.yaml"), of: name) == compose)
    #expect(try folders.read(try path(".env"), of: name) == [2])
    let left = try FileManager.default.contentsOfDirectory(atPath: folders.path(of: name)).sorted()
    #expect(left == [".env", "compose.yaml", "keep.txt"])
    let now = try FileManager.default.attributesOfItem(atPath: folders.path(of: name) + "/keep.txt")[.systemFileNumber] as? Int
    #expect(now == inode)
  }

  @Test func `A change that is done leaves no old files beside the new ones`() async throws {
    let name = try await made()
    _ = try await folders.change(name, [(try path("a/b.txt"), .put([1])), (try path("c.txt"), .put([2]))])
    _ = try await folders.change(name, [(try path("a/b.txt"), .put([3])), (try path("c.txt"), .remove)])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folders.path(of: name)).sorted() == ["a", "compose.yaml"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folders.path(of: name) + "/a") == ["b.txt"])
  }

  @Test func `A file makes room for a folder of its name, and a folder for a file, in one change and back`() async throws {
    let name = try await made()
    func read(_ text: String) throws -> [UInt8] { try folders.read(try path(text), of: name) }
    _ = try await folders.change(name, [(try path("conf"), .put([1]))])
    let becomesFolder: [(FolderPath, StackFolders.Change)] = [
      (try path("conf"), .remove), (try path("conf/d/a"), .put([2])), (try path("conf/b"), .put([3])),
    ]
    let tags = try await folders.change(name, becomesFolder, expected: ["conf/d/a": .absent])
    #expect(Set(tags.keys) == ["conf", "conf/d/a", "conf/b"])
    #expect(try read("conf/d/a") == [2])
    #expect(try read("conf/b") == [3])
    let becomesFile: [(FolderPath, StackFolders.Change)] = [
      (try path("conf/d/a"), .remove), (try path("conf/b"), .remove), (try path("conf"), .put([4])),
    ]
    await #expect(throws: StackFolders.Refusal.self) {
      try await folders.change(name, becomesFile + [(try path("nosuch"), .remove)])
    }
    #expect(try read("conf/d/a") == [2])
    #expect(try read("conf/b") == [3])
    _ = try await folders.change(name, becomesFile, expected: ["conf": .absent])
    #expect(try read("conf") == [4])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folders.path(of: name)).sorted() == ["compose.yaml", "conf"])
  }

  // RFC 9110, 13.1.1
  @Test func `A file that must be there is enough, whatever is in it`() async throws {
    let name = try await made()
    let file = try path("compose.yaml")
    _ = try await folders.change(name, [(file, .put([1]))], expected: ["compose.yaml": .present])
    await #expect(throws: StackFolders.Refusal.changed(path: "other.yaml", tag: nil)) {
      try await folders.change(name, [(try path("other.yaml"), .put([1]))], expected: ["other.yaml": .present])
    }
  }

  @Test func `Environment files are made for their owner alone`() async throws {
    let name = try await made()
    _ = try await folders.change(name, [(try path(".env"), .put([65]))])
    #expect(try folders.entries(of: name).first { $0.path == ".env" }?.mode == 0o600)
  }

  @Test func `Links in a folder are neither followed nor listed, and nothing behind them is removed`() async throws {
    let name = try await made()
    let outside = root + "-outside"
    try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: outside) }
    try Data("secret".utf8).write(to: URL(filePath: outside + "/file"))
    let folder = folders.path(of: name)
    try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: outside)
    try FileManager.default.createSymbolicLink(atPath: folder + "/direct", withDestinationPath: outside + "/file")
    #expect(throws: StackFolders.Refusal.self) { try folders.read(try path("link/file"), of: name) }
    #expect(throws: StackFolders.Refusal.self) { try folders.read(try path("direct"), of: name) }
    #expect(folders.folder(of: name).kind(of: folder + "/link") == nil)
    #expect(try folders.entries(of: name).map(\.path) == ["compose.yaml"])
    let file = try path("link/new")
    await #expect(throws: StackFolders.Refusal.self) { try await folders.change(name, [(file, .put([1]))]) }
    try await folders.remove(name)
    #expect(FileManager.default.fileExists(atPath: outside + "/file"))
    #expect(!folders.exists(name))
  }

  @Test func `A compose file sees no file outside its folder`() async throws {
    let name = try await made()
    let folder = folders.folder(of: name)
    #expect(throws: FileSourceError.self) { try folder.read("/etc/passwd", limit: 1024) }
    #expect(throws: FileSourceError.self) { try folder.read(folder.root + "/../../etc/passwd", limit: 1024) }
    #expect(folder.kind(of: "/etc") == nil)
  }

  @Test func `Too much is refused before anything is written`() async throws {
    let name = try await made()
    let big = [UInt8](repeating: 65, count: StackFolders.fileLimitBytes + 1)
    let changes: [(path: FolderPath, change: StackFolders.Change)] = [
      (try path("a"), .put([1])), (try path("b"), .put(big)),
    ]
    await #expect(throws: StackFolders.Refusal.self) { try await folders.change(name, changes) }
    #expect(try folders.entries(of: name).map(\.path) == ["compose.yaml"])
  }

  @Test func `A draft stands in for the saved file`() async throws {
    let name = try await made()
    let draft = DraftFiles(folder: folders.folder(of: name), draft: ["compose.yaml": Array("x".utf8), "new/file": [1]])
    let root = folders.path(of: name)
    #expect(try draft.read(root + "/compose.yaml", limit: 10) == Array("x".utf8))
    #expect(draft.kind(of: root + "/new") == .directory)
    #expect(draft.kind(of: root + "/none") == nil)
  }
}
