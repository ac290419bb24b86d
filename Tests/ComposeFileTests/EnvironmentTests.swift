import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of environment, and what neither takes.
@Suite struct EnvironmentTests {
  private static let forms: [(String, String)] = [
    (
      "environment: {A: 1, B: true, C: null, D: 1.5, FIVE: null}",
      #"{"environment": {"A": "1", "B": "true", "C": null, "D": "1.5", "FIVE": "5"}}"#
    ),
    ("environment: [A=1, B, FIVE, 'C=']", #"{"environment": {"A": "1", "B": null, "C": "", "FIVE": "5"}}"#),
    ("environment: {A: ''}", #"{"environment": {"A": ""}}"#),
    ("environment: {A: 2001-12-14}", #"{"environment": {"A": "2001-12-14 00:00:00 +0000 UTC"}}"#),
    ("environment: {A: 1e21}", #"{"environment": {"A": "1e+21"}}"#),
    ("environment: ['A= 1']", #"{"environment": {"A": " 1"}}"#),
    (
      "environment: {A: 0755, B: 0o17, C: 0x1F, D: 1_000}",
      #"{"environment": {"A": "493", "B": "15", "C": "31", "D": "1000"}}"#
    ),
    ("environment: [A=1, A=2]", #"{"environment": {"A": "2"}}"#),
    (#"environment: {A: "a\nb"}"#, #"{"environment": {"A": "a\nb"}}"#),
    ("environment: ['=a']", #"{"environment": {"": "a"}}"#),
    ("environment: [A=b=c]", #"{"environment": {"A": "b=c"}}"#),
    ("environment: {A: .5, B: 5., C: 1e3, D: +1}", #"{"environment": {"A": "0.5", "B": "5", "C": "1000", "D": "1"}}"#),
    ("environment: {A: ~, B: Null}", #"{"environment": {"A": null, "B": null}}"#),
    ("environment: []", "{}"),
    ("environment: {}", "{}"),
  ]

  @Test(arguments: forms)
  func `Each form of environment has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("environment: ['A =1']", "4:19 invalidValue"),
    ("environment: {A.B: 1, 1: 2}", "4:27 wrongType"),
    ("environment: null", "4:18 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with environment is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
