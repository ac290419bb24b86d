import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of logging, and what neither takes.
@Suite struct LoggingTests {
  private static let forms: [(String, String)] = [
    ("logging: {driver: local}", #"{"logging": {"driver": "local"}}"#),
    (
      "logging: {driver: json-file, options: {max-size: 10m, max-file: 3, x: null}}",
      #"{"logging": {"driver": "json-file", "options": {"max-file": "3", "max-size": "10m", "x": ""}}}"#
    ),
    ("logging: {options: {a: b}}", #"{"logging": {"options": {"a": "b"}}}"#),
    ("logging: {driver: syslog, options: {b: c}}", #"{"logging": {"driver": "syslog", "options": {"b": "c"}}}"#),
    ("logging: {x-a: 1}", #"{"logging": {}}"#),
    ("logging: {driver: none}", #"{"logging": {"driver": "none"}}"#),
    ("logging: {}", #"{"logging": {}}"#),
    ("logging: {driver: json-file}", #"{"logging": {"driver": "json-file"}}"#),
    (#"logging: {driver: "5"}"#, #"{"logging": {"driver": "5"}}"#),
    ("logging: {driver: a, options: {a: 1.5}}", #"{"logging": {"driver": "a", "options": {"a": "1.5"}}}"#),
    ("logging: {driver: a, options: {}}", #"{"logging": {"driver": "a"}}"#),
  ]

  @Test(arguments: forms)
  func `Each form of logging has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("logging: null", "4:14 wrongType"),
    ("logging: {driver: null}", "4:23 wrongType"),
    ("logging: {driver: a, options: {a: true}}", "4:39 wrongType"),
    ("logging: {driver: a, options: [a=b]}", "4:35 wrongType"),
    ("logging: {driver: a, options: null}", "4:35 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with logging is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
