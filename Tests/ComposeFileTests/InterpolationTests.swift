import Testing

@testable import ComposeFile

@Suite struct InterpolationTests {
  private static let variables = ["A": "a", "EMPTY": "", "N": "3", "B_2": "b"]

  private func substitute(_ text: String, _ trace: inout Interpolator.Trace) throws(Interpolator.Failure) -> String {
    try Interpolator { Self.variables[$0] }.substitute(text, &trace)
  }

  private func substitute(_ text: String) throws(Interpolator.Failure) -> String {
    var trace = Interpolator.Trace()
    return try substitute(text, &trace)
  }

  @Test(arguments: [
    ("plain", "plain"), ("$A", "a"), ("x${A}y", "xay"), ("$B_2!", "b!"), ("$$A", "$A"), ("$$$A", "$a"), ("a$", "a$"),
    ("$1 $! $(x)", "$1 $! $(x)"), ("${U:-d}", "d"), ("${EMPTY:-d}", "d"), ("${EMPTY-d}", ""), ("${U-d}", "d"),
    ("${A:+x}", "x"), ("${EMPTY:+x}", ""), ("${EMPTY+x}", "x"), ("${U+x}", ""), ("${A:?no}", "a"), ("${EMPTY?no}", ""),
    ("${U:-${A}}", "a"), ("${U:-${V:-${A}}}-${A}", "a-a"), ("${U:-$$}", "$"), ("${U:-{\"k\": 1}}", "{\"k\": 1}"),
    ("${A-b?c}", "a"), ("${U:-a:b-c}", "a:b-c"), ("é$A", "éa"),
  ])
  func `Every form gives its value`(text: String, result: String) throws {
    #expect(try substitute(text) == result)
  }

  @Test(arguments: ["${", "${}", "${A", "${A:=b}", "${#A}", "${A/b/c}", "${1}", "${A:", "${U:-x", "${ A}"])
  func `A broken substitution is an error`(text: String) {
    #expect(throws: Interpolator.Failure.self) { try substitute(text) }
  }

  @Test func `A required variable is named with its message`() {
    #expect(throws: Interpolator.Failure.required(name: "U", message: "set a")) { try substitute("${U:?set $A}") }
    #expect(throws: Interpolator.Failure.required(name: "EMPTY", message: "x")) { try substitute("${EMPTY:?x}") }
  }

  @Test(arguments: [
    "${A:-${U:?no}}", "${A-${U:?no}}", "${A:?${U:?no}}", "${U:+${U:?no}}", "${U+${U:?no}}", "${A:-${U-$}",
  ])
  func `A word that is not needed is not looked at`(text: String) throws {
    var trace = Interpolator.Trace()
    _ = try substitute(text, &trace)
    #expect(trace.unset.isEmpty)
  }

  @Test func `Unset variables are noted once for each use, and all look-ups are recorded`() throws {
    var trace = Interpolator.Trace()
    _ = try substitute("$U ${U} ${V:-d} $A", &trace)
    #expect(trace.unset == ["U", "U"])
    #expect(trace.values == ["U": nil, "V": nil, "A": "a"])
  }

  @Test func `Deep nesting and unclosed braces end soon`() {
    let deep = String(repeating: "${U:-", count: 40_000) + String(repeating: "}", count: 40_000)
    #expect(throws: Interpolator.Failure.tooLarge) { try substitute(deep) }
    #expect(throws: Interpolator.Failure.self) { try substitute(String(repeating: "${U:-{ ", count: 30_000)) }
  }

  @Test(arguments: [("yes", true), ("OFF", false), ("True", true)])
  func `Words stand for booleans where one is needed`(text: String, value: Bool) {
    guard case .bool(let result) = TypedText.boolean.value(of: text) else {
      Issue.record("not a boolean")
      return
    }
    #expect(result == value)
  }
}
