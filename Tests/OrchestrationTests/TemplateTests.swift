import ComposeFile
import Foundation
import Orchestration
import SlipwayTesting
import Testing

/// The same numbers each time.
private struct Counting: RandomNumberGenerator {
  var state: UInt64 = 0

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return state
  }
}

private func template(_ parameters: String) throws -> StackTemplate {
  try StackTemplate.read(
    folder: "/t/shop",
    from: MemoryFiles(files: ["/t/shop/template.yaml": "title: Shop\ndescription: A shop.\nparameters:\n\(parameters)"]))
}

private func parameter(_ fields: String) -> String { "  - {name: A, description: a, \(fields)}\n" }

@Suite struct TemplateTests {
  @Test func `Every mistake of a template is told with its place`() throws {
    let text = """
        - {name: a, type: string, description: lower case}
        - {name: B, type: word, description: no such type}
        - {name: C, type: port, description: bad default, default: 70000}
        - {name: D, type: choice, description: no choices}
        - {name: E, type: string, description: extra, wish: 1}
        - {name: F, type: string, description: bad pattern, pattern: "("}
      """
    let problems = #expect(throws: ComposeProblems.self) { try template(text) }
    #expect(problems?.problems.map(\.position.line) == [4, 5, 6, 7, 8, 9])
  }

  @Test func `Values are the given ones, else the defaults, and a secret is made up`() throws {
    let shop = try template(
      """
        - {name: PORT, type: port, description: p, default: 8080}
        - {name: IMAGE, type: string, description: i}
        - {name: PASSWORD, type: secret, description: s}
      """)
    var random = Counting()
    let values = try shop.values(["IMAGE": "busybox"], using: &random)
    #expect(values.map(\.name) == ["PORT", "IMAGE", "PASSWORD"])
    #expect(values[0].value == "8080" && values[1].value == "busybox")
    #expect(values[2].value.count == 32 && values[2].value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
  }

  @Test func `What is missing, unknown or wrong is told at once`() throws {
    let shop = try template(
      """
        - {name: PORT, type: port, description: Port of the shop}
        - {name: COUNT, type: int, description: c, default: 2, pattern: "[1-9]"}
      """)
    var random = Counting()
    let refusal = #expect(throws: StackTemplate.Refusal.self) { try shop.values(["COUNT": "10", "X": "1"], using: &random) }
    #expect(
      refusal?.description == """
        X: the template has no such parameter
        PORT: no value given (Port of the shop)
        COUNT: "10" does not match [1-9]
          fix: give values with --set NAME=value
        """)
  }

  @Test(arguments: [
    ("type: string", "x", true), ("type: string", "", false), ("type: string", "a\nb", false), ("type: int", "-5", true),
    ("type: int", "5.0", false), ("type: int", "-", false), ("type: bool", "true", true), ("type: bool", "yes", false),
    ("type: port", "65535", true), ("type: port", "0", false), ("type: port", "+80", false),
    ("type: choice, choices: [64M, 1G]", "1G", true), ("type: choice, choices: [64M, 1G]", "2G", false),
    ("type: string, pattern: \"[a-z]+\"", "abc", true), ("type: string, pattern: \"[a-z]+\"", "abc1", false),
  ])
  func `A value obeys its type and pattern`(fields: String, value: String, isGood: Bool) throws {
    let reason = try template(parameter(fields)).parameters[0].problem(with: value)
    #expect((reason == nil) == isGood, "\(reason ?? "taken")")
  }

  @Test func `A value with a quote in it is written so that Compose reads it back`() {
    #expect(StackTemplate.environmentFile([("A", "x y$z"), ("B", "a'b\"c$d\\e")]) == "A='x y$z'\nB=\"a'b\\\"c\\$d\\\\e\"\n")
  }

  @Test func `A stack is made once; a second time lists what is in the way and leaves it alone`() throws {
    let manager = FileManager.default
    let root = manager.temporaryDirectory.appendingPathComponent("templates-\(UUID().uuidString)")
    defer { try? manager.removeItem(at: root) }
    let source = root.appendingPathComponent("library/shop/site")
    try manager.createDirectory(at: source, withIntermediateDirectories: true)
    let files = [
      "library/shop/template.yaml": "title: t\ndescription: d\n", "library/shop/compose.yaml": "services: {}\n",
      "library/shop/site/index.html": "<p>",
    ]
    for (path, text) in files { try Data(text.utf8).write(to: root.appendingPathComponent(path)) }
    let library = TemplateLibrary(folders: [root.appendingPathComponent("library").path])
    #expect(try library.all().map(\.name) == ["shop"])
    let shop = try library.template(named: "shop")
    let place = root.appendingPathComponent("made").path
    #expect(try shop.make(in: place, values: [("A", "1")]) == [".env", "compose.yaml", "site/index.html"])
    #expect(try manager.attributesOfItem(atPath: place + "/.env")[.posixPermissions] as? Int == 0o600)
    let refusal = #expect(throws: StackTemplate.Refusal.self) { try shop.make(in: place, values: [("A", "2")]) }
    #expect(refusal?.description.contains(".env, compose.yaml, site/index.html") == true)
    #expect(try String(contentsOfFile: place + "/.env", encoding: .utf8) == "A='1'\n")
    #expect(throws: StackTemplate.Refusal.self) { try library.template(named: "../shop") }
  }
}
