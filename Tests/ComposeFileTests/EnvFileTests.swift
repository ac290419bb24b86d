import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of env_file, and what neither takes.
@Suite struct EnvFileTests {
  private static let forms: [(String, String)] = [
    ("env_file: e.env", #"{"environment": {"E": "1", "FIVE": "5", "Q": "a b", "R": "1-x"}}"#),
    ("env_file: [e.env, f.env]", #"{"environment": {"E": "f", "F": "2", "FIVE": "5", "Q": "a b", "R": "1-x"}}"#),
    ("env_file: [{path: e.env, required: false}]", #"{"environment": {"E": "1", "FIVE": "5", "Q": "a b", "R": "1-x"}}"#),
    ("env_file: [{path: e.env, format: raw}]", #"{"environment": {"E": "1", "FIVE": "5", "Q": "'a b'", "R": "\"${E}-x\""}}"#),
    ("env_file: [{path: nope.env, required: false}]", "{}"),
    ("env_file: ./sub/g.env", #"{"environment": {"G": "3"}}"#),
    ("env_file: [e.env, e.env]", #"{"environment": {"E": "1", "FIVE": "5", "Q": "a b", "R": "1-x"}}"#),
    ("env_file: []", "{}"),
    ("env_file: [{path: e.env, required: true}]", #"{"environment": {"E": "1", "FIVE": "5", "Q": "a b", "R": "1-x"}}"#),
    ("env_file: [{path: e.env, required: 'false'}]", #"{"environment": {"E": "1", "FIVE": "5", "Q": "a b", "R": "1-x"}}"#),
    ("env_file: [{path: e.env}]", #"{"environment": {"E": "1", "FIVE": "5", "Q": "a b", "R": "1-x"}}"#),
  ]

  @Test(arguments: forms)
  func `Each form of env_file has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("env_file: nope.env", "4:15 missingFile"),
    ("env_file: [{required: true}]", "4:16 missingValue"),
    ("env_file: [{path: e.env, format: bogus}]", "4:38 envFile"),
    ("env_file: sub", "4:15 unreadableFile"),
    ("env_file: null", "4:15 wrongType"),
    ("env_file: [{path: e.env, required: null}]", "4:40 wrongType"),
    ("env_file: [{path: e.env, format: null}]", "4:38 wrongType"),
    ("env_file: [{path: nope.env}]", "4:23 missingFile"),
    ("env_file: [{path: sub}]", "4:23 unreadableFile"),
    (#"env_file: [{path: "5"}]"#, "4:23 missingFile"),
  ]

  @Test(arguments: refused)
  func `What is wrong with env_file is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
