import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of profiles, and what neither takes.
@Suite struct ProfilesTests {
  private static let forms: [(String, String)] = [
    ("profiles: [dev]", "{}"),
    ("profiles: [a, b]", "{}"),
    ("profiles: [a, a]", "{}"),
    ("profiles: ['a b']", "{}"),
    ("profiles: ['']", #"{"profiles": [""]}"#),
    ("profiles: []", "{}"),
  ]

  @Test(arguments: forms)
  func `Each form of profiles has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("profiles: null", "4:15 wrongType")
  ]

  @Test(arguments: refused)
  func `What is wrong with profiles is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
