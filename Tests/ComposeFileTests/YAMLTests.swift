import Testing

@testable import ComposeFile

@Suite struct YAMLTests {
  private func read(_ text: String) -> (documents: [Node], problems: [ComposeProblem]) {
    YAMLReader.read(Array(text.utf8), file: "/f.yaml")
  }

  @Test(arguments: [
    ("yes", "yes"), ("0755", "493"), ("0x1F", "31"), ("1_000", "1000"), ("0b101", "5"), ("12:30:45", "12:30:45"),
    ("0-3", "0-3"), ("0+7", "0+7"), ("0x-1", "0x-1"), ("0o-7", "0o-7"), ("-010", "-8"),
    ("2001-12-14", "2001-12-14 00:00:00 +0000 UTC"), ("1.0", "1"), ("1e21", "1e+21"), ("09", "9"), ("'1'", "1"),
    ("True", "true"), ("!foo bar", "bar"),
  ])
  func `A scalar has the value that Compose sees`(text: String, value: String) {
    #expect(read("k: \(text)").documents.first?["k"]?.scalarText == value)
  }

  @Test func `A byte order mark and CRLF are no content`() {
    let result = read("\u{FEFF}a: b\r\nc: d\r\n")
    #expect(result.problems.isEmpty)
    #expect(result.documents.first?["c"]?.string == "d")
  }

  @Test func `The first mapping of a merge list wins, and own keys win over all`() {
    let text = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz: {c: 3, <<: [*x, *y]}"
    let z = read(text).documents.first?["z"]
    #expect(["a", "b", "c"].map { z?[$0]?.int } == [1, 1, 3])
  }

  @Test func `Doubled keys are told with both places`() {
    let problems = read("a: 1\nb: 2\na: 3").problems
    #expect(problems.map(\.position) == [SourcePosition(file: "/f.yaml", line: 3, column: 1)])
  }

  @Test func `Hostile texts end at the limits`() {
    #expect(read(String(repeating: "[", count: 200_000)).problems.map(\.rule) == [.limit])
    #expect(read("a: &a {b: *a}").problems.map(\.rule) == [.cycle])
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let uses = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      bomb += "a\(level): &a\(level) [\(uses)]\n"
    }
    #expect(read(bomb).problems.map(\.rule) == [.limit])
  }
}
