import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of command, and what neither takes.
@Suite struct CommandTests {
  private static let forms: [(String, String)] = [
    ("command: a b", #"{"command": ["a", "b"]}"#),
    ("command: [a, b c]", #"{"command": ["a", "b c"]}"#),
    (#"command: "a 'b c' d""#, #"{"command": ["a", "b c", "d"]}"#),
    ("command: []", #"{"command": []}"#),
    (#"command: """#, #"{"command": []}"#),
    ("command: a && b", #"{"command": ["a"]}"#),
    ("command: a | b", #"{"command": ["a"]}"#),
    (#"command: 'a "b\" c"'"#, #"{"command": ["a", "b\" c"]}"#),
    ("command: a; b", #"{"command": ["a"]}"#),
    ("command: a `b c` d", #"{"command": ["a", "`b c`", "d"]}"#),
    (#"command: a\ b c"#, #"{"command": ["a b", "c"]}"#),
    (#"command: "a\nb""#, #"{"command": ["a", "b"]}"#),
    ("command: a #b", #"{"command": ["a"]}"#),
    (#"command: '["a", "b"]'"#, #"{"command": ["[a,", "b]"]}"#),
    ("command: a > b", #"{"command": ["a"]}"#),
    (#"command: "a'b'c""#, #"{"command": ["abc"]}"#),
    ("command: a 2>&1", #"{"command": ["a"]}"#),
    (#"command: 'a "" b'"#, #"{"command": ["a", "", "b"]}"#),
    (#"command: "a\tb""#, #"{"command": ["a", "b"]}"#),
    ("command: null", "{}"),
    (#"command: "5""#, #"{"command": ["5"]}"#),
    ("entrypoint: /a b", #"{"entrypoint": ["/a", "b"]}"#),
    ("entrypoint: [a, b]", #"{"entrypoint": ["a", "b"]}"#),
    ("entrypoint: []", #"{"entrypoint": []}"#),
    (#"entrypoint: """#, #"{"entrypoint": []}"#),
    ("entrypoint: null", "{}"),
    (#"entrypoint: "5""#, #"{"entrypoint": ["5"]}"#),
    ("working_dir: /code", #"{"working_dir": "/code"}"#),
    ("working_dir: rel", #"{"working_dir": "rel"}"#),
    (#"working_dir: "5""#, #"{"working_dir": "5"}"#),
  ]

  @Test(arguments: forms)
  func `Each form of command has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("command: (a)", "4:14 invalidValue"),
    (#"command: 'a "b'"#, "4:14 invalidValue"),
    (#"command: a\"#, "4:14 invalidValue"),
    ("command: {}", "4:14 wrongType"),
    ("entrypoint: {}", "4:17 wrongType"),
    ("working_dir: null", "4:18 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with command is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
