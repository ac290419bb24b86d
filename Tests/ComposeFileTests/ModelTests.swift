import Testing

@testable import ComposeFile

@Suite struct ModelTests {
  @Test(arguments: [
    ("1m30s", "1m30s"), ("90s", "1m30s"), ("1h", "1h0m0s"), ("0.5ms", "500µs"), ("1500ms", "1.5s"), ("1w", "168h0m0s"),
    ("0", "0s"), ("-1s", "-1s"), ("1.5h", "1h30m0s"),
  ])
  func `Durations are printed as Go does`(text: String, expected: String) throws {
    #expect(GoDuration.text(try #require(GoDuration.parse(text))) == expected)
  }

  @Test(arguments: ["", "10", "10 seconds", "s", "1x", "1.s.", "99999999999h"])
  func `What is no duration is refused`(text: String) {
    #expect(GoDuration.parse(text) == nil)
  }

  @Test(arguments: [("1k", 1024), ("1.5g", 1_610_612_736), ("10 MiB", 10_485_760), ("512", 512), ("2tb", 2_199_023_255_552)])
  func `Sizes are powers of 1024`(text: String, expected: Int) {
    #expect(ByteSize.parse(text) == expected)
  }

  @Test(arguments: [-9_223_372_036_854_775_808.0, 9.3e18, -1e38, 1e300, -.infinity, .nan])
  func `Numbers out of every range are taken as they are`(value: Double) {
    guard case .double = GoNumber.singlePrecision(value) else {
      Issue.record("\(value)")
      return
    }
  }

  @Test(arguments: [
    (1.0, "1"), (1.1, "1.1"), (1e21, "1e+21"), (100_000_000.0, "1e+08"), (1_234_567.5, "1.2345675e+06"),
    (123_456.5, "123456.5"), (0.0001, "0.0001"), (0.00001, "1e-05"), (-2.5, "-2.5"),
  ])
  func `Numbers as text are Go's`(value: Double, expected: String) {
    #expect(GoNumber.text(value) == expected)
  }

  @Test func `JSON reads back as it was written`() throws {
    let text = #"{"a":[1,-2.5,true,null,"\u003cé\n\"\\"],"b":{},"c":[],"d":"😀"}"#
    #expect(try ComposeValue(json: Array(text.utf8)).json(indented: false) == text)
    #expect(try ComposeValue(json: Array(#""\ud83d\ude00""#.utf8)) == .string("😀"))
  }

  @Test(arguments: ["", "{", "[1,]", "{\"a\"}", "nul", "1 2", "\"\u{1}\"", "\"\\ud800\"", "+1", "--1"])
  func `What is no JSON is refused`(text: String) {
    #expect(throws: JSONError.self) { try ComposeValue(json: Array(text.utf8)) }
  }

  @Test func `JSON nested too deeply is refused`() {
    #expect(throws: JSONError.self) { try ComposeValue(json: Array(repeating: UInt8(ascii: "["), count: 10_000)) }
  }
}
