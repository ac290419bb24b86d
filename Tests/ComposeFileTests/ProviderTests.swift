import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of provider, and what neither takes.
@Suite struct ProviderTests {
  private static let forms: [(String, String)] = [
    ("provider: {type: a}", #"{"provider": {"type": "a"}}"#),
    (
      "provider: {type: a, options: {b: c, d: [e, f], g: 1, h: true, i: 1.5}}",
      #"{"provider": {"type": "a", "options": {"b": ["c"], "d": ["e", "f"], "g": ["1"], "h": ["true"], "i": ["1.5"]}}}"#
    ),
    ("provider: {type: awesome}", #"{"provider": {"type": "awesome"}}"#),
    (#"provider: {type: "5"}"#, #"{"provider": {"type": "5"}}"#),
    ("provider: {type: a, options: {b: c}}", #"{"provider": {"type": "a", "options": {"b": ["c"]}}}"#),
    ("provider: {type: a, options: {b: [1, true]}}", #"{"provider": {"type": "a", "options": {"b": ["1", "true"]}}}"#),
    ("provider: {type: a, options: {}}", #"{"provider": {"type": "a"}}"#),
  ]

  @Test(arguments: forms)
  func `Each form of provider has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("provider: {options: {a: b}}", "4:15 missingValue"),
    ("provider: {type: a, bogus: 1}", "4:25 unknownKey"),
    ("provider: null", "4:15 wrongType"),
    ("provider: {type: null}", "4:22 wrongType"),
    ("provider: {type: a, options: null}", "4:34 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with provider is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
