import SlipwayTesting
import Testing

@testable import ComposeFile

@Suite struct LoadTests {
  private func load(
    _ files: [String: String], environment: [String: String] = [:], _ change: (inout LoadRequest) -> Void = { _ in }
  ) throws(ComposeProblems) -> LoadedProject {
    var request = LoadRequest(environment: environment, currentDirectory: "/p/My App")
    change(&request)
    return try ComposeLoader.load(request, from: MemoryFiles(files: files))
  }

  private func problems(_ files: [String: String]) -> [ComposeProblem] {
    do throws(ComposeProblems) {
      _ = try load(files)
      return []
    } catch {
      return error.problems
    }
  }

  @Test func `The usual file and its override are found, also from below`() throws {
    let files = [
      "/p/compose.yml": "services: {a: {image: x}}",
      "/p/docker-compose.override.yml": "services: {a: {image: y}}",
    ]
    let loaded = try load(files)
    #expect(loaded.project.service("a")?.image == "y")
    #expect(loaded.project.name == "p")
    #expect(loaded.inputs.map(\.path) == ["/p/compose.yml", "/p/docker-compose.override.yml"])
  }

  @Test func `The name comes from the flag, the environment, the file, the folder`() throws {
    let files = ["/p/My App/compose.yaml": "name: The File\nservices: {a: {image: x}}"]
    #expect(try load(files).project.name == "thefile")
    #expect(try load(files, environment: ["COMPOSE_PROJECT_NAME": "env"]).project.name == "env")
    #expect(try load(files, environment: ["COMPOSE_PROJECT_NAME": "env"]) { $0.projectName = "flag" }.project.name == "flag")
    #expect(try load(["/p/My App/compose.yaml": "services: {a: {image: x}}"]).project.name == "myapp")
  }

  @Test func `The env file is below the environment, and every variable used is told`() throws {
    let loaded = try load(
      [
        "/p/My App/compose.yaml": "services: {a: {image: \"$A-$B-$C\"}}",
        "/p/My App/.env": "A=file\nB=file",
      ], environment: ["A": "env"])
    #expect(loaded.project.service("a")?.image == "env-file-")
    #expect(loaded.usedVariables == ["A": "env", "B": "file", "C": nil])
    #expect(loaded.warnings.contains { $0.message.contains("\"C\"") && $0.position?.line == 1 })
  }

  @Test func `An included file has its own folder and env file`() throws {
    let loaded = try load([
      "/p/My App/compose.yaml": "include: [sub/c.yaml]\nservices: {a: {image: x, depends_on: [b]}}",
      "/p/My App/sub/c.yaml": "services: {b: {image: \"$V\", volumes: [\"./d:/d\"]}}",
      "/p/My App/sub/.env": "V=inner",
    ])
    #expect(loaded.project.service("b")?.image == "inner")
    #expect(loaded.project.service("b")?.volumes.first?.source == "/p/My App/sub/d")
    #expect(loaded.inputs.map(\.role) == [.compose, .include, .dotEnv])
  }

  @Test func `A service extends one of another file, with paths from there`() throws {
    let loaded = try load([
      "/p/My App/compose.yaml": "services: {a: {extends: {file: o/b.yaml, service: s}, environment: {X: 2}}}",
      "/p/My App/o/b.yaml":
        "services: {s: {extends: r, environment: [X=1, Y=1]}, r: {image: x, volumes: [\"./v:/v\"]}}",
    ])
    let service = loaded.project.service("a")
    #expect(service?.environment == ["X": "2", "Y": "1"])
    #expect(service?.image == "x")
    #expect(service?.volumes.first?.source == "/p/My App/o/v")
  }

  @Test func `Cycles are shown with their way`() {
    let include = problems([
      "/p/My App/compose.yaml": "include: [b.yaml]\nservices: {a: {image: x}}",
      "/p/My App/b.yaml": "include: [compose.yaml]\nservices: {b: {image: x}}",
    ])
    #expect(include.first?.rule == .cycle)
    #expect(include.first?.message.contains("b.yaml includes /p/My App/compose.yaml") == true)
    let extends = problems(["/p/My App/compose.yaml": "services:\n  a: {extends: b}\n  b: {extends: a}\n"])
    #expect(extends.map(\.rule) == [.cycle])
  }

  @Test func `A chain of includes ends at the limit`() {
    var files = ["/p/My App/compose.yaml": "include: [0.yaml]\nservices: {a: {image: x}}"]
    for index in 0..<20 {
      files["/p/My App/\(index).yaml"] = "include: [\(index + 1).yaml]\nservices: {s\(index): {image: x}}"
    }
    #expect(problems(files).map(\.rule) == [.limit])
  }

  @Test func `All mistakes of all files come at once, with their places`() {
    let found = problems([
      "/p/My App/compose.yaml": "services:\n  a:\n    image: ${X:?give X}\n    tty: maybe\n    bogus: 1\n  b: {image: [1]}\n",
      "/p/My App/compose.override.yaml": "services:\n  a:\n    ports: {}\n",
    ])
    let places = found.map { "\(PathText.lastComponent(of: $0.position.file)):\($0.position.line):\($0.position.column)" }
    for place in [
      "compose.override.yaml:3:12", "compose.yaml:3:12", "compose.yaml:4:10", "compose.yaml:5:5", "compose.yaml:6:14",
    ] {
      #expect(places.contains(place))
    }
  }

  @Test func `Documents of one file are merged like files`() throws {
    let loaded = try load([
      "/p/My App/compose.yaml": "services: {a: {image: x, expose: [\"1\"]}}\n---\nservices: {a: {image: y}}"
    ])
    #expect(loaded.project.service("a")?.image == "y")
    #expect(loaded.project.service("a")?.expose == ["1"])
  }

  @Test func `A thousand services load`() throws {
    let services = (0..<1_000).map { "  s\($0): {image: x, environment: {A: $A}}\n" }.joined()
    let loaded = try load(["/p/My App/compose.yaml": "services:\n" + services], environment: ["A": "1"])
    #expect(loaded.project.services.count == 1_000)
  }
}
