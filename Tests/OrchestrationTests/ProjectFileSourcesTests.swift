import ComposeFile
import SlipwayTesting
import StackPlanning
import Testing

@testable import Orchestration

@Suite struct ProjectFileSourcesTests {
  private func sources(
    _ yaml: String, links: [String: String] = [:], missing: Set<String> = []
  ) throws -> (ProjectFileSources, Project) {
    let project = try ComposeLoader.load(
      LoadRequest(environment: ["COMPOSE_PROJECT_NAME": "p"], currentDirectory: "/p"),
      from: MemoryFiles(files: ["/p/compose.yaml": yaml])
    ).project
    return (ProjectFileSources(of: project) { missing.contains($0) ? nil : links[$0] ?? $0 }, project)
  }

  @Test func `What is mounted from the project folder is sent, what is mounted from elsewhere is a path of the server`() throws {
    let (found, _) = try sources(
      """
      services:
        a: {image: x, volumes: ["./html:/site:ro", "/etc/localtime:/etc/localtime:ro", "v:/v"], secrets: [s]}
      secrets: {s: {file: /elsewhere/token}}
      volumes: {v: {}}
      """)
    #expect(found.sent.map(\.name) == ["/elsewhere/token", "html"])
    #expect(found.sent.allSatisfy { !$0.isShared })
    #expect(found.foreign == ["/etc/localtime"])
    #expect(found.problems.isEmpty)
  }

  @Test func `What one service writes to, and what lies in it, is nobody's to replace`() throws {
    let (found, _) = try sources(
      """
      services:
        a: {image: x, volumes: ["./data/conf:/c:ro", "./other:/o:ro"]}
        b: {image: x, volumes: ["./data:/d"]}
      """)
    #expect(found.sent.filter(\.isShared).map(\.name) == ["data", "data/conf"])
    #expect(ProjectFileSources.topmost(found.sent.filter(\.isShared)).map(\.name) == ["data"])
    #expect(found.sent.filter { !$0.isShared }.map(\.name) == ["other"])
  }

  @Test func `A link out of the project folder is refused`() throws {
    let (found, _) = try sources(
      "services: {a: {image: x, volumes: ['./certs:/c:ro']}}", links: ["/p/certs": "/etc/letsencrypt"])
    #expect(found.problems.count == 1)
    #expect(found.sent.isEmpty)
  }

  @Test(arguments: [
    ("a", "/p/html/l", true), ("../conf/a", "/p/html/l", true), ("../../q/a", "/p/html/l", false),
    ("/p/html/a", "/p/html/l", false),
    ("../../p/x", "/p/html/l", true), ("../..", "/p/html/l", false),
  ])
  func `A link is kept where it stays in the project folder`(target: String, path: String, isKept: Bool) {
    #expect((ProjectFileReader.problem(ofLink: target, at: path, root: "/p") == nil) == isKept)
  }
}

@Suite struct ProjectFileTreeTests {
  private func file(_ path: String, _ hash: String, mode: UInt32 = 0o644) -> ProjectFileTree.Entry {
    .init(path: path, kind: .file, mode: mode, sizeBytes: 1, sha256: hash)
  }

  @Test func `The digest tells names, modes and content apart, and nothing else`() {
    let tree = ProjectFileTree([file("a", "1"), file("b", "2")])
    var older = file("a", "1")
    older.modifiedSeconds = 7
    #expect(tree.digest == ProjectFileTree([file("b", "2"), older]).digest)
    #expect(tree.digest != ProjectFileTree([file("a", "1", mode: 0o755), file("b", "2")]).digest)
    #expect(tree.digest != ProjectFileTree([file("a", "2"), file("b", "2")]).digest)
    #expect(tree.digest != ProjectFileTree([file("c", "1"), file("b", "2")]).digest)
  }

  @Test func `Changes are named from the project folder on`() {
    let before = ProjectFileTree([.init(path: "", kind: .folder, mode: 0o755), file("index.html", "1"), file("old", "2")])
    let after = ProjectFileTree([.init(path: "", kind: .folder, mode: 0o755), file("index.html", "3")])
    #expect(after.words(since: before, name: "html") == "html/index.html, html/old")
    #expect(after.words(since: after, name: "html") == nil)
    #expect(after.words(since: nil, name: "html") == "html (1 file)")
  }

  @Test func `A record with a path that leads elsewhere is none`() throws {
    let good = ServerRecord(revision: 1, items: [.init(name: "html", isShared: false, tree: ProjectFileTree([file("a/b", "1")]))])
    #expect(ServerRecord(try good.bytes()) == good)
    for path in ["../a", "a/../../b", "/etc/passwd", "a//b", "."] {
      let bad = ServerRecord(revision: 1, items: [.init(name: "html", isShared: false, tree: ProjectFileTree([file(path, "1")]))])
      #expect(ServerRecord(try bad.bytes()) == nil)
    }
  }

  @Test func `A login folder that no mount can name is refused`() throws {
    let key = String(repeating: "a", count: 32)
    #expect(try ServerFolder.path(home: "/home/u", place: ["stacks"], key: key) == "/home/u/stacks/\(key)")
    for home in ["home/u", "/home/u:x", "/home/../u", "/home/\u{1}"] {
      #expect(throws: OperationRefused.self) { try ServerFolder.path(home: home, place: ["stacks"], key: key) }
    }
  }
}
