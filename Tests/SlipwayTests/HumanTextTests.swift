import Testing

@testable import slipway

@Suite struct HumanTextTests {
  @Test(arguments: [
    ("/bin/serve", #""/bin/serve""#), (#"sh -c 'a & b > "c"'"#, #""sh -c 'a & b > \"c\"'""#), (#"a\b"#, #""a\\b""#),
    ("a\nb\tc\u{07}\u{1B}[2J\u{7F}", #""a\nb\tc\a\x1b[2J\x7f""#), ("größe ✔ 日本…", #""größe ✔ 日本…""#),
    ("x\u{202E}y\u{A0}z\u{85}", #""x\u202ey\u00a0z\u0085""#), ("\u{F0000}", #""\U000f0000""#),
  ])
  func `Commands are quoted as Go does`(text: String, expected: String) {
    #expect(HumanText.quoted(text) == expected)
  }
}
