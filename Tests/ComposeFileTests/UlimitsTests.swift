import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of ulimits, and what neither takes.
@Suite struct UlimitsTests {
  private static let forms: [(String, String)] = [
    ("ulimits: {nproc: 65535}", #"{"ulimits": {"nproc": 65535}}"#),
    ("ulimits: {nofile: {soft: 1, hard: 2}}", #"{"ulimits": {"nofile": {"soft": 1, "hard": 2}}}"#),
    ("ulimits: {core: 0}", #"{"ulimits": {"core": {}}}"#),
    ("ulimits: {a: {soft: 0, hard: 0}}", #"{"ulimits": {"a": {}}}"#),
    ("ulimits: {memlock: -1}", #"{"ulimits": {"memlock": -1}}"#),
    ("ulimits: {a: {soft: -1, hard: -1}}", #"{"ulimits": {"a": {"soft": -1, "hard": -1}}}"#),
    ("ulimits: {a: {soft: 1, hard: 2, x-b: 1}}", #"{"ulimits": {"a": {"soft": 1, "hard": 2}}}"#),
    ("ulimits: {}", "{}"),
    ("ulimits: {nofile: 10}", #"{"ulimits": {"nofile": 10}}"#),
    ("ulimits: {nofile: '10'}", #"{"ulimits": {"nofile": 10}}"#),
    ("ulimits: {nofile: {soft: '1', hard: '2'}}", #"{"ulimits": {"nofile": {"soft": 1, "hard": 2}}}"#),
    (#"ulimits: {nofile: "5"}"#, #"{"ulimits": {"nofile": 5}}"#),
    ("ulimits: {nofile: {soft: 1, hard: 3}}", #"{"ulimits": {"nofile": {"soft": 1, "hard": 3}}}"#),
    (#"ulimits: {nofile: {soft: "5", hard: 3}}"#, #"{"ulimits": {"nofile": {"soft": 5, "hard": 3}}}"#),
  ]

  @Test(arguments: forms)
  func `Each form of ulimits has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("ulimits: {nofile: {soft: 1}}", "4:23 missingValue"),
    ("ulimits: null", "4:14 wrongType"),
    ("ulimits: {nofile: null}", "4:23 wrongType"),
    ("ulimits: {nofile: {soft: null, hard: 3}}", "4:30 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with ulimits is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
