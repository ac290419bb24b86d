import Testing

@testable import ComposeFile

@Suite struct MergeTests {
  /// The service `a` of the base with the other one on top, as the loader joins files.
  private func merged(_ base: String, _ over: String) -> (service: Node?, problems: [ComposeProblem]) {
    func node(_ text: String, _ file: String) -> Node {
      YAMLReader.read(Array("services: {a: {\(text)}}".utf8), file: file).documents.first
        ?? Node(.null, at: SourcePosition(file: file, line: 1, column: 1))
    }
    var over = node(over, "/over.yaml")
    let cuts = TagCuts.taken(from: &over)
    var merger = Merger()
    var result = merger.merged(cuts.applied(to: node(base, "/base.yaml")), over)
    Deduplication.run(&result)
    return (result["services"]?["a"], merger.problems)
  }

  private func texts(_ node: Node?) -> [String] { (node?.items ?? []).compactMap(\.scalarText) }

  @Test func `Mappings merge, scalars replace, lists append`() {
    let service = merged("image: x, x-l: [1], logging: {options: {a: 1}}", "image: y, x-l: [2], logging: {options: {b: 2}}")
      .service
    #expect(service?["image"]?.string == "y")
    #expect(texts(service?["x-l"]) == ["1", "2"])
    #expect(service?["logging"]?["options"]?.entries?.map(\.key) == ["a", "b"])
  }

  @Test func `Nothing never overrides, except a command`() {
    let service = merged("image: x, command: c", "image: null, command: null").service
    #expect(service?["image"]?.string == "x")
    #expect(service?["command"]?.isNull == true)
  }

  @Test func `Settings in both forms join by their name`() {
    let service = merged("environment: {A: 1, B: 2}", "environment: [B=3, C]").service
    #expect(texts(service?["environment"]) == ["A=1", "B=3", "C"])
  }

  @Test func `Logging options of another driver do not mix`() {
    let service = merged("logging: {driver: x, options: {a: 1}}", "logging: {driver: y}").service
    #expect(service?["logging"]?["options"] == nil)
  }

  @Test func `Volumes are told apart by their target`() {
    let service = merged("volumes: [\"./a:/x\", \"./b:/y\"]", "volumes: [\"./c:/x\"]").service
    #expect(texts(service?["volumes"]) == ["./c:/x", "./b:/y"])
  }

  @Test func `Dependencies in both forms become a mapping`() {
    let service = merged("depends_on: [b]", "depends_on: {c: {condition: service_healthy}}").service
    #expect(service?["depends_on"]?["b"]?["condition"]?.string == "service_started")
    #expect(service?["depends_on"]?["c"]?["condition"]?.string == "service_healthy")
  }

  @Test func `Tags remove and replace what was said before`() {
    let service = merged(
      "ports: [\"1:1\"], environment: {A: 1}, tty: true", "ports: !reset [], environment: !override {B: 2}"
    ).service
    #expect(service?["ports"] == nil)
    #expect(service?["environment"]?.entries?.map(\.key) == ["B"])
    #expect(service?["tty"]?.bool == true)
  }

  @Test func `A mapping cannot become a text`() {
    let problems = merged("healthcheck: {retries: 1}", "healthcheck: no").problems
    #expect(problems.map(\.position) == [SourcePosition(file: "/over.yaml", line: 1, column: 29)])
  }
}
