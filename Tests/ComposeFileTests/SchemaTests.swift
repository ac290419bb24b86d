import Testing

@testable import ComposeFile

@Suite struct SchemaTests {
  private func problems(_ yaml: String) throws -> [ComposeProblem] {
    var problems: [ComposeProblem] = []
    ComposeSchema.check(try yaml.document(), problems: &problems)
    return problems
  }

  @Test func `Every mistake of a file is told at its own place`() throws {
    let found = try problems(
      """
      services:
        web:
          image: 5
          enviroment: {A: 1}
          ports: 80
          build: {contxt: .}
      """)
    #expect(
      found.map { "\($0.position.line):\($0.position.column) \($0.rule.rawValue)" } == [
        "3:12 wrongType", "4:5 unknownKey", "5:12 wrongType", "6:13 unknownKey",
      ])
  }

  @Test func `An unknown key that is near a known one gets a suggestion`() throws {
    let found = try problems("services: {web: {image: x, enviroment: {A: 1}}}")
    #expect(found.map(\.remedy) == ["did you mean `environment`?"])
    #expect(found.map(\.message) == ["services.web: unknown key `enviroment`"])
  }

  @Test func `Keys that start with x- are let through`() throws {
    #expect(try problems("x-a: 1\nservices: {web: {image: x, x-b: [1], deploy: {x-c: 2}}}").isEmpty)
  }

  @Test func `A short and a long form are both taken`() throws {
    let found = try problems(
      """
      services:
        web:
          build: .
          ports: ["80", 81, {target: 82}]
          volumes: [data:/d, {type: bind, source: ., target: /b}]
          depends_on: [db]
          networks: [n]
          environment: [A=1]
        db:
          image: x
          build: {context: ., args: {A: null}}
          depends_on: {web: {condition: service_healthy}}
          networks: {n: , m: {aliases: [a]}}
          environment: {A: 1, B: true, C: null, D: 1.5}
      """)
    #expect(found.isEmpty)
  }

  @Test func `A required key that is missing is told`() throws {
    let found = try problems("services: {web: {image: x, depends_on: {db: {restart: true}}}}")
    #expect(found.map(\.message) == ["services.web.depends_on.db: `condition` is missing"])
  }

  @Test func `A repeated item of a set is told at the second place`() throws {
    let found = try problems("services: {web: {image: x, security_opt: [a, b, a]}}")
    #expect(found.map(\.message) == ["services.web.security_opt[2]: repeats item 0"])
  }

  @Test func `Names of services keep to their alphabet`() throws {
    #expect(try problems("services: {ünï: {image: x}}").map(\.rule) == [.invalidValue])
  }

  @Test(arguments: ["always", "every_12h", "every_1w2d", "daily"])
  func `A pull policy of the specification passes`(policy: String) throws {
    #expect(try problems("services: {web: {image: x, pull_policy: \(policy)}}").isEmpty)
  }

  @Test(arguments: ["sometimes", "every_", "every_5", "every_h"])
  func `Another pull policy does not`(policy: String) throws {
    #expect(try problems("services: {web: {image: x, pull_policy: \(policy)}}").map(\.rule) == [.invalidValue])
  }

  @Test func `A number that is not finite is refused`() throws {
    #expect(try problems("services: {web: {image: x, environment: {A: .inf}}}").map(\.rule) == [.invalidValue])
  }
}
