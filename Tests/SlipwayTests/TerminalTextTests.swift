import Testing

@testable import slipway

@Suite struct TerminalTextTests {
  @Test func `Plain text and other scripts stay as they are`() {
    for text in ["", "web-1  Up 3 seconds", "größe ✔ 日本"] {
      #expect(TerminalText.line(text) == text)
      #expect(TerminalText.block(text + "\n\t\(text)\n") == text + "\n\t\(text)\n")
    }
  }

  @Test func `Control characters and escapes become visible`() {
    #expect(TerminalText.line("a\u{1B}[2J\u{07}b\u{9B}31m\u{7F}") == "a\\x1B[2J\\x07b\\x9B31m\\x7F")
    #expect(TerminalText.block("a\u{1B}]0;title\u{07}\nb") == "a\\x1B]0;title\\x07\nb")
  }

  @Test func `What turns the reading direction becomes visible`() {
    #expect(TerminalText.line("x\u{202E}y\u{2066}z\u{200F}") == "x\\u202Ey\\u2066z\\u200F")
  }

  @Test func `A cell has no line breaks, a block keeps them, and a return before one is dropped`() {
    #expect(TerminalText.line("a\nb\tc\r") == "a\\nb\\tc\\x0D")
    #expect(TerminalText.block("a\r\nb\rc\n") == "a\nb\\x0Dc\n")
  }

  @Test func `A table has a row for each row, whatever its cells hold`() {
    #expect(Table.text([["A", "B"], ["x\ny", "\u{1B}c"]]) == "A      B\nx\\ny   \\x1Bc\n")
  }
}
