import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of models, and what neither takes.
@Suite struct ModelsTests {
  private static let forms: [(String, String)] = [
    ("models: [m1]", #"{"models": {"m1": null}}"#),
    ("models: [m1, m2]", #"{"models": {"m1": null, "m2": null}}"#),
    ("models: {m1: {endpoint_var: A, model_var: B}}", #"{"models": {"m1": {"endpoint_var": "A", "model_var": "B"}}}"#),
    ("models: {m1: }", #"{"models": {"m1": null}}"#),
    ("models: []", "{}"),
    ("models: {}", "{}"),
    ("models: {m1: {endpoint_var: A}}", #"{"models": {"m1": {"endpoint_var": "A"}}}"#),
    ("models: {m1: {}}", #"{"models": {"m1": {}}}"#),
    ("models: {m1: null}", #"{"models": {"m1": null}}"#),
    (#"models: {m1: {endpoint_var: "5"}}"#, #"{"models": {"m1": {"endpoint_var": "5"}}}"#),
  ]

  @Test(arguments: forms)
  func `Each form of models has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("models: [nope]", "4:14 undefinedModel"),
    ("models: {m1: {bogus: 1}}", "4:19 unknownKey"),
    ("models: null", "4:13 wrongType"),
    ("models: {m1: []}", "4:18 wrongType"),
    ("models: {m1: {endpoint_var: null}}", "4:33 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with models is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
