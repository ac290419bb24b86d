import Testing

@testable import ComposeFile

/// Edits of a project of several files: which file is changed.
@Suite struct ProjectEditorTests {
  private struct Files: FileSource {
    var texts: [String: String]

    func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
      guard let text = texts[path] else { throw .missing }
      return Array(text.utf8)
    }

    func kind(of path: String) -> FileKind? { texts[path] == nil ? nil : .file }
  }

  /// The changed files by name, or the problems.
  private func changes(
    _ texts: [String: String], _ edit: ComposeEdit, _ options: EditOptions = EditOptions(), environment: [String: String] = [:]
  ) -> [String: String] {
    let files = Dictionary(uniqueKeysWithValues: texts.map { ("/p/\($0.key)", $0.value) })
    var editor = ProjectEditor(
      LoadRequest(environment: environment, currentDirectory: "/p"), from: Files(texts: files))
    do throws(ComposeProblems) {
      try editor.apply(edit, options)
    } catch {
      #expect(editor.changes.isEmpty)
      return ["problems": error.problems.map { "\($0.position) \($0.rule.rawValue)" }.joined(separator: "; ")]
    }
    return Dictionary(
      uniqueKeysWithValues: editor.changes.map { (String($0.path.dropFirst(3)), String(decoding: $0.after, as: UTF8.self)) })
  }

  @Test func `The last file that sets a value is the one that is changed`() {
    let texts = [
      "compose.yaml": "services:\n  web:\n    image: a:1\n    environment: {A: 1}\n",
      "compose.override.yaml": "services:\n  web:\n    image: a:2\n",
    ]
    #expect(
      changes(texts, .setImage(service: "web", "a:3")) == ["compose.override.yaml": "services:\n  web:\n    image: a:3\n"])
    #expect(
      changes(texts, .setVariable(service: "web", name: "A", value: "2"))
        == ["compose.yaml": "services:\n  web:\n    image: a:1\n    environment: {A: 2}\n"])
    #expect(
      changes(texts, .setVariable(service: "web", name: "B", value: "2"))
        == ["compose.yaml": "services:\n  web:\n    image: a:1\n    environment: {A: 1, B: 2}\n"])
  }

  @Test func `What is removed is removed from every file`() {
    let texts = [
      "compose.yaml": "services:\n  web:\n    image: a:1\n    environment: {A: 1, B: 1}\n",
      "compose.override.yaml": "services:\n  web:\n    environment:\n      - A=2\n      - C=3\n",
    ]
    #expect(
      changes(texts, .removeVariable(service: "web", name: "A")) == [
        "compose.yaml": "services:\n  web:\n    image: a:1\n    environment: {B: 1}\n",
        "compose.override.yaml": "services:\n  web:\n    environment:\n      - C=3\n",
      ])
  }

  @Test func `An included service is changed in its file`() {
    let texts = [
      "compose.yaml": "include: [sub/inner.yaml]\nservices:\n  web: {image: a}\n",
      "sub/inner.yaml": "services:\n  db: {image: d:1}\n",
    ]
    #expect(changes(texts, .setImage(service: "db", "d:2")) == ["sub/inner.yaml": "services:\n  db: {image: d:2}\n"])
  }

  @Test func `A service that extends another gets a value of its own`() {
    let texts = [
      "compose.yaml":
        "services:\n  web:\n    extends: {file: base.yaml, service: web}\n  base: {image: b}\n  api: {extends: base}\n",
      "base.yaml": "services:\n  web:\n    image: a:1\n    environment: {A: 1}\n",
    ]
    #expect(
      changes(texts, .setImage(service: "web", "a:2")) == [
        "compose.yaml":
          "services:\n  web:\n    extends: {file: base.yaml, service: web}\n    image: a:2\n  base: {image: b}\n  api: {extends: base}\n"
      ])
    #expect(changes(texts, .removeVariable(service: "web", name: "A")) == ["problems": "/p/base.yaml:4:22 sharedValue"])
    #expect(changes(texts, .setImage(service: "base", "b:2")) == ["problems": "/p/compose.yaml:4:17 sharedValue"])
    var options = EditOptions()
    options.changesShared = true
    #expect(changes(texts, .setImage(service: "base", "b:2"), options).keys.sorted() == ["compose.yaml"])
  }

  @Test func `A variable of its own beside those that it extends changes none of them`() {
    let texts = ["compose.yaml": "services:\n  base: {image: b, environment: {A: 1}}\n  web: {extends: base}\n"]
    #expect(
      changes(texts, .setVariable(service: "web", name: "B", value: "2")) == [
        "compose.yaml":
          "services:\n  base: {image: b, environment: {A: 1}}\n  web: {extends: base, environment: {B: 2}}\n"
      ])
  }

  @Test func `An edit that makes the project invalid is refused`() {
    let texts = ["compose.yaml": "services:\n  web: {image: a, depends_on: [db]}\n  db: {image: d}\n"]
    #expect(changes(texts, .removeService("db"))["problems"]?.contains("undefinedService") ?? false)
    #expect(changes(texts, .setScale(service: "web", 5000))["problems"]?.contains("limit") ?? false)
    #expect(changes(texts, .setImage(service: "wen", "x"))["problems"]?.contains("undefinedService") ?? false)
  }

  @Test func `A variable that decides is told with its file and line`() {
    let texts = ["compose.yaml": "services:\n  web: {image: \"a:${TAG:-1}\"}\n"]
    #expect(
      changes(texts, .setImage(service: "web", "a:2"), environment: ["TAG": "7"]) == [
        "problems": "/p/compose.yaml:2:16 interpolation"
      ])
  }

  @Test func `A unified diff shows the changed lines with those around them`() {
    let before = (1...9).map { "l\($0)\n" }.joined()
    let after = before.replacing("l5\n", with: "five\n")
    #expect(
      UnifiedDiff.text(from: Array(before.utf8), to: Array(after.utf8), path: "c.yaml")
        == "--- c.yaml\n+++ c.yaml\n@@ -2,7 +2,7 @@\n l2\n l3\n l4\n-l5\n+five\n l6\n l7\n l8\n")
    #expect(
      UnifiedDiff.text(from: Array("a".utf8), to: Array("a\nb".utf8), path: "c")
        == "--- c\n+++ c\n@@ -1,1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n")
    #expect(UnifiedDiff.text(from: [], to: [], path: "c").isEmpty)
  }
}
