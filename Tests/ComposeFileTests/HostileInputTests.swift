import Testing

@testable import ComposeFile

/// Projects that are small as text and large as what they mean end with a problem at its place (S-IN-4). What they may cost is measured by
/// `Tests/Hostile/run.py`.
@Suite(.timeLimit(.minutes(1))) struct HostileInputTests {
  private struct Files: FileSource {
    var texts: [String: String]

    func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
      guard let text = texts[path] else { throw .missing }
      guard text.utf8.count <= limit else { throw .tooLarge(limit: limit) }
      return Array(text.utf8)
    }

    func kind(of path: String) -> FileKind? { texts[path] == nil ? nil : .file }
  }

  private func problems(_ compose: String, _ others: [String: String] = [:]) -> [String] {
    var texts = ["/p/compose.yaml": compose]
    for (name, text) in others { texts["/p/\(name)"] = text }
    do throws(ComposeProblems) {
      _ = try ComposeLoader.load(LoadRequest(environment: [:], currentDirectory: "/p"), from: Files(texts: texts))
      return []
    } catch {
      return error.problems.map { "\($0.position.file.dropFirst(3)):\($0.position.line) \($0.rule.rawValue)" }
    }
  }

  private func lines(_ count: Int, _ line: (Int) -> String) -> String { (0..<count).map(line).joined() }

  @Test func `Tag directives, which libyaml compares with one another, have a bound`() {
    #expect(problems(lines(200) { "%TAG !a\($0)! x\n" } + "---\nservices: {}\n") == ["compose.yaml:101 limit"])
    #expect(problems("%TAG !a! x\n---\nservices: {a: {image: x}}\n").isEmpty)
  }

  @Test func `Documents of one file have a bound`() {
    #expect(problems("services: {a: {image: x}}\n" + lines(200) { _ in "---\n{}\n" }) == ["compose.yaml:200 limit"])
  }

  @Test func `Doubled keys end the reading after a while`() {
    let found = YAMLReader.read(Array(lines(20_000) { _ in "a: 1\n" }.utf8), file: "c.yaml").problems
    #expect(found.count <= ComposeProblems.gatheringLimit + 1)
    #expect(ComposeProblems(found).description.hasSuffix("and 100 or more problems"))
  }

  @Test func `Includes count as often as they are followed`() {
    let chain = Dictionary(
      uniqueKeysWithValues: (0..<14).map {
        ("c\($0).yaml", "include: [c\($0 + 1).yaml, c\($0 + 1).yaml]\nservices: {s\($0): {image: x}}\n")
      })
    let found = problems("include: [c0.yaml]\n", chain.merging(["c14.yaml": "services: {z: {image: x}}\n"]) { $1 })
    #expect(found.contains { $0.hasSuffix(" limit") })
  }

  @Test func `What services extend counts for each of them`() {
    let base = "  base:\n    image: x\n    environment:\n" + lines(2_000) { "      K\($0): v\n" }
    #expect(
      problems("services:\n" + base + lines(1_000) { "  s\($0): {extends: base}\n" }).map { $0.split(separator: " ").last } == [
        "limit"
      ])
    let file = ["base.yaml": "services:\n" + base]
    let found = problems("services:\n" + lines(1_000) { "  s\($0): {extends: {file: base.yaml, service: base}}\n" }, file)
    #expect(found.contains { $0.hasSuffix(" limit") })
  }

  @Test func `Port ranges of all services together have a bound`() {
    let services = "x-p: &p {image: x, ports: [\"1-9000:1-9000\"]}\nservices: {a: *p, b: *p}\n"
    #expect(problems(services) == ["compose.yaml:1 limit"])
  }

  @Test func `What variables put into the texts of a file has a bound`() {
    let large = ["large.txt": "", ".env": "A=" + String(repeating: "x", count: 900_000) + "\n"]
    let found = problems("services:\n  a:\n    image: x\n    environment:\n" + lines(100) { "      K\($0): $A\n" }, large)
    #expect(found.first == "compose.yaml:9 limit")
    let unused = "services: {a: {image: x, environment: {K: \"" + lines(2_000) { _ in "${U:+$A}" } + "\"}}}\n"
    #expect(problems(unused, large).isEmpty, "a word that is not needed is not looked at")
    let doubling = "A=" + String(repeating: "x", count: 500_000) + "\n" + lines(1_000) { "B\($0)=$A\n" }
    #expect(problems("services: {a: {image: x}}\n", [".env": doubling]).first == ".env:10 envFile")
  }

  @Test func `Env files count for each service that reads them`() {
    let files = ["big.env": lines(90_000) { "K\($0)=v\n" }]
    let compose = "services:\n" + lines(100) { "  s\($0): {image: x, env_file: [big.env]}\n" }
    #expect(problems(compose, files).map { $0.split(separator: " ").last } == ["limit"])
  }

  @Test func `Warnings of unset variables have a bound`() throws {
    let text = "services: {a: {image: x, environment: {K: \"" + lines(5_000) { _ in "$U " } + "\"}}}\n"
    let loaded = try ComposeLoader.load(
      LoadRequest(environment: [:], currentDirectory: "/p"), from: Files(texts: ["/p/compose.yaml": text]))
    #expect(loaded.warnings.count == 1_000)
  }

  @Test func `Many mistakes of one kind are told up to a bound`() {
    #expect(problems("services:\n  a:\n    image: x\n" + lines(5_000) { "    unknown\($0): 1\n" }).count == 100)
    #expect(problems("services: {a: {image: x, depends_on: [" + lines(5_000) { "d\($0)," } + "]}}\n").count == 100)
  }

  @Test func `Many implied dependencies take time in proportion to their number`() {
    let links = "services: {a: {image: x, links: [" + lines(9_000) { "d\($0)," } + "]}}\n"
    let clock = ContinuousClock()
    var found: [String] = []
    let time = clock.measure { found = problems(links) }
    #expect(found.count == 100)
    // Each is not compared with all others.
    #expect(time < .seconds(20))
    #expect(problems("services: {a: {image: x, links: [" + lines(10_001) { "d\($0)," } + "]}}\n") == ["compose.yaml:1 limit"])
    #expect(
      problems("services: {a: {image: x, depends_on: [" + lines(10_001) { "d\($0)," } + "]}}\n") == ["compose.yaml:1 limit"])
  }

  @Test func `Env files that are missing count too`() {
    let optional = lines(2_001) { "{path: e\($0), required: false}," }
    #expect(problems("services: {a: {image: x, env_file: [" + optional + "]}}\n") == ["compose.yaml:1 limit"])
  }

  @Test func `Subnets are merged up to a bound`() {
    func network(_ subnets: Int) -> String {
      "networks: {n: {ipam: {config: [" + lines(subnets) { "{subnet: 10.\($0).0.0/16}," } + "]}}}\n"
    }
    let service = "services: {a: {image: x, networks: [n]}}\n"
    #expect(problems(service + network(16) + "---\n" + network(16)).isEmpty)
    #expect(problems(service + network(17) + "---\n" + network(16)) == ["compose.yaml:4 limit"])
  }

  @Test func `A long circle of dependencies is shown by its ends`() throws {
    let text = "services:\n" + lines(1_000) { "  s\($0): {image: x, depends_on: [s\(($0 + 1) % 1_000)]}\n" }
    do throws(ComposeProblems) {
      _ = try ComposeLoader.load(
        LoadRequest(environment: [:], currentDirectory: "/p"), from: Files(texts: ["/p/compose.yaml": text]))
      Issue.record("the circle was not found")
    } catch {
      let message = try #require(error.problems.first).message
      #expect(message.contains("s6 -> s7 -> (984 more) -> s992 -> s993"))
      #expect(message.hasSuffix("s999 -> s0"))
    }
  }

  @Test func `Services that all depend on each other give problems up to a bound`() {
    let names = (0..<60).map { "s\($0)" }
    let compose = "services:\n" + names.map { "  \($0): {image: x, depends_on: [\(names.joined(separator: ","))]}\n" }.joined()
    #expect(problems(compose).count <= 100)
  }
}
