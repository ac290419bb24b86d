import Testing

@testable import ComposeFile

@Suite struct DotEnvTests {
  private func parse(_ text: String) -> (values: [String: String], problems: [ComposeProblem]) {
    var problems: [ComposeProblem] = []
    let caller = ["HOST": "h", "A": "caller"]
    let settings = DotEnv.parse(Array(text.utf8), file: "/p/.env", lookup: { caller[$0] }, problems: &problems)
    return (DotEnv.values(settings), problems)
  }

  @Test(arguments: [
    ("K=v", "v"), ("K = v ", "v"), ("export K=v", "v"), ("K: v", "v"), ("K=", ""), ("K=a b # c", "a b"), ("K=a#b", "a#b"),
    ("K='a # $HOST'", "a # $HOST"), ("K=\"$HOST\\n\\$x\" # c", "h\n$x"), ("K=\"two\nlines\"", "two\nlines"),
    ("K='it\\'s'", "it's"), ("K=${HOST}-${NONE:-d}", "h-d"), ("X=1\nK=$X", "1"), ("A=own\nK=$A", "caller"),
    ("\u{FEFF}K=v\r\n", "v"), ("# c\n\n  K=v", "v"), ("K=1\nK=2", "2"), ("HOST\nK=v", "v"), ("K=a=b", "a=b"),
  ])
  func `A setting has the value that Compose gives it`(text: String, value: String) {
    let result = parse(text)
    #expect(result.problems.isEmpty)
    #expect(result.values["K"] == value)
  }

  @Test func `A bare key takes the caller's value, or none`() {
    let result = parse("HOST\nNONE")
    #expect(result.values == ["HOST": "h"])
  }

  @Test func `All mistakes are told with their places, and the rest is read`() {
    let result = parse("A B=1\n!x=1\nK=v\n  Q=\"open\nZ=${\n")
    #expect(result.values["K"] == "v")
    #expect(result.problems.map { [$0.position.line, $0.position.column] } == [[1, 1], [2, 1], [4, 5], [5, 3]])
  }
}
