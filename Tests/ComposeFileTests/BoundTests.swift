import Testing

@testable import ComposeFile

/// Numbers that no machine can fulfil are refused where they stand, before anything counts with them.
@Suite struct BoundTests {
  private struct OneFile: FileSource {
    var path = "/p/compose.yaml"
    var bytes: [UInt8]

    func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
      guard path == self.path else { throw .missing }
      return bytes
    }

    func kind(of path: String) -> FileKind? { path == self.path ? .file : nil }
  }

  private func problems(_ bytes: [UInt8]) -> [String] {
    do throws(ComposeProblems) {
      _ = try ComposeLoader.load(LoadRequest(environment: [:], currentDirectory: "/p"), from: OneFile(bytes: bytes))
      return []
    } catch {
      return error.problems.map { "\($0.position.line):\($0.position.column) \($0.rule.rawValue)" }
    }
  }

  private func problems(_ text: String) -> [String] { problems(Array(text.utf8)) }

  @Test(arguments: ["1001", "100000000000", "9223372036854775807", "99999999999999999999", "\"1000000\"", "1e30"])
  func `A scale that no machine can run is refused at its place`(count: String) {
    #expect(problems("services:\n  a: {image: x, scale: \(count)}").first == "2:24 limit")
    #expect(problems("services:\n  a:\n    image: x\n    deploy: {replicas: \(count)}").first == "4:24 limit")
  }

  @Test func `A scale up to the bound is taken`() {
    #expect(problems("services: {a: {image: x, scale: 1000}}").isEmpty)
  }

  @Test func `All services together have a bound too`() {
    let services = (0..<21).map { "  s\($0): {image: x, scale: 1000}\n" }.joined()
    #expect(problems("services:\n" + services).map { $0.split(separator: " ").last } == ["limit"])
  }

  @Test(arguments: ["1e30", "1e20", "-1", "8193", ".inf", ".nan", "9223372036854775807"])
  func `A number of processors that no machine has is refused at its place`(count: String) {
    #expect(problems("services:\n  a: {image: x, cpus: \(count)}").first == "2:23 invalidValue")
    #expect(
      problems("services:\n  a:\n    image: x\n    deploy: {resources: {limits: {cpus: \(count)}}}").first == "4:41 invalidValue")
  }

  @Test(arguments: [
    ("services:\n  a: {image: \"x\0y\"}\n", "2:16"), ("services:\n  \u{FFFE}", "2:3"), ("services:\n  é\u{1}: x", "2:4"),
  ])
  func `A character that YAML does not allow is told at its place`(text: String, place: String) {
    #expect(problems(text) == ["\(place) syntax"])
  }

  @Test func `A byte that is not UTF-8 is told at its place`() {
    let text = Array("services:\n  a: {image: x} # caf".utf8) + [0xE9, 0x0A]
    #expect(problems(text) == ["2:22 syntax"])
    #expect(problems([0xEF, 0xBB, 0xBF] + Array("a: ".utf8) + [0xFF]) == ["1:4 syntax"])
  }

  @Test func `UTF-16 is called what it is`() {
    let text = "services: {}".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let found = YAMLReader.read([0xFF, 0xFE] + text, file: "c.yaml").problems
    #expect(found.map(\.message) == ["invalid YAML: the file is in UTF-16"])
    #expect(problems(text) == ["1:2 syntax"])
  }

  @Test func `A problem of no line names the file alone, one of no file nothing`() {
    func text(_ file: String, _ line: Int) -> String {
      ComposeProblem(.profile, at: SourcePosition(file: file, line: line, column: line), "m", fix: "f").description
    }
    #expect(text("/c.yaml", 2) == "/c.yaml:2:2: m [profile]\n  fix: f")
    #expect(text("/c.yaml", 0) == "/c.yaml: m [profile]\n  fix: f")
    #expect(text("", 0) == "m [profile]\n  fix: f")
  }

  @Test func `A file from standard input counts its paths from the current directory`() throws {
    var request = LoadRequest(environment: [:], currentDirectory: "/p/app")
    request.files = ["-"]
    let source = OneFile(path: "-", bytes: Array("services: {a: {image: x, volumes: [\"./d:/d\"]}}".utf8))
    let loaded = try ComposeLoader.load(request, from: source)
    #expect(loaded.project.name == "app")
    #expect(loaded.project.workingDirectory == "/p/app")
    #expect(loaded.project.service("a")?.volumes.first?.source == "/p/app/d")
    #expect(loaded.inputs.map(\.path) == ["-"])
  }
}
