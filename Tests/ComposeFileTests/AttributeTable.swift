import SlipwayTesting
import Testing

@testable import ComposeFile

/// What becomes of an attribute of the service `s`, and of whole projects; for tables whose right side Docker Compose gave.
enum AttributeTable {
  private static let others = """
      o: {image: y, healthcheck: {test: [CMD, a]}}
      p: {image: z}
    networks: {n1: , n2: }
    volumes: {v1: , v2: }
    secrets: {s1: {file: ./s1}, s2: {environment: FIVE}}
    configs: {c1: {content: hello}, c2: {file: ./c2}}
    models: {m1: {model: ai/m}, m2: {model: ai/n}}
    """
  private static let files = [
    "/p/e.env": "E=1\nQ='a b'\nR=\"${E}-x\"\nFIVE\n", "/p/f.env": "F=2\nE=f\n", "/p/sub/g.env": "G=3\n",
    "/p/l.labels": "L=1\nM=a b\n", "/p/m.labels": "L=2\n",
  ]

  /// The service that these lines make, without what every service has.
  static func service(_ lines: String) throws -> ComposeValue {
    var service = try load(document(lines)).canonical["services"]?["s"]?.map ?? ComposeMap()
    let defaults = try ComposeValue(json: Array(#"{"image": "x", "command": null, "entrypoint": null}"#.utf8))
    for (key, value) in defaults.map?.pairs ?? [] where service[key] == value { service[key] = nil }
    if try service["networks"] == ComposeValue(json: Array(#"{"default": null}"#.utf8)) { service["networks"] = nil }
    return .map(service)
  }

  /// Where and why the lines are refused: `4:12 wrongType`; the lines begin at line 4, column 5.
  static func refusals(of lines: String) -> [String] { refusals { try load(document(lines)) } }

  /// Several files, each below a line `=== NAME`, as one project; its part at `path`.
  static func part(_ path: String, of files: String) throws -> ComposeValue? {
    try path.split(separator: ".").reduce(load(split(files)).canonical) { $0?[String($1)] }
  }

  static func refusals(ofFiles files: String) -> [String] { refusals { try load(split(files)) } }

  private static func document(_ lines: String) -> [String: String] {
    let body = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
    return ["/p/compose.yaml": "services:\n  s:\n    image: x\n\(body)\(others)"]
  }

  private static func split(_ text: String) -> [String: String] {
    var files: [String: String] = [:]
    var name = "/p/compose.yaml"
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("=== ") { name = "/p/" + line.dropFirst(4) } else { files[name, default: ""] += line + "\n" }
    }
    return files
  }

  private static func load(_ files: [String: String]) throws(ComposeProblems) -> Project {
    let environment = ["FIVE": "5", "HOME": "/home/nobody"]
    let request = LoadRequest(environment: environment, currentDirectory: "/p")
    return try ComposeLoader.load(request, from: MemoryFiles(files: Self.files.merging(files) { $1 })).project
  }

  private static func refusals(_ load: () throws -> Project) -> [String] {
    do {
      _ = try load()
      return []
    } catch let problems as ComposeProblems {
      return problems.problems.map { "\($0.position.line):\($0.position.column) \($0.rule.rawValue)" }
    } catch {
      return ["\(error)"]
    }
  }
}

extension String {
  /// This text as JSON.
  var asJSON: ComposeValue { get throws { try ComposeValue(json: Array(utf8)) } }
}
