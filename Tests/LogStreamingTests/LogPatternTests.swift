import Testing

@testable import LogStreaming

/// S-WEB-6: expressions of linear time.
@Suite struct LogPatternTests {
  private func finds(_ pattern: String, _ text: String, ignoresCase: Bool = false) throws -> Bool {
    var search = try LogPattern(expression: pattern, ignoresCase: ignoresCase).search()
    let bytes = Array(text.utf8)
    let first = search.finds(in: bytes.span)
    // What was learned does not change the answer.
    let second = search.finds(in: bytes.span)
    #expect(second == first)
    return first
  }

  @Test(arguments: [
    ("a", "xax", true), ("a", "x", false), ("^a", "ba", false), ("^a", "ab", true), ("a$", "ab", false), ("a$", "ba", true),
    ("^$", "", true), ("", "", true), ("", "x", true), ("a|b", "b", true), ("^(a|bc)+$", "abca", true),
    ("^(a|bc)+$", "abc b", false),
    ("a{2}", "aba", false), ("a{2}", "baa", true), ("^a{2,3}$", "aaaa", false), ("^a{2,}$", "aaaa", true), ("a{0}b", "b", true),
    ("a{,3}", "a{,3}", true), ("{", "{", true), ("{\"a\":1}", "{\"a\":1}", true), ("x{1", "x{1", true),
    (".", "\n", false), ("^.$", "é", true), ("^..$", "é", false), ("^.{3}$", "a😀€", true), ("[é-ü]", "ö", true),
    ("[é-ü]", "z", false),
    ("^[^a]$", "é", true), ("[^a]", "a", false), (#"\d+"#, "a12", true), (#"^\D+$"#, "ab", true), (#"\w"#, "-", false),
    (#"\s"#, "a b", true), (#"\bfoo\b"#, "a foo.", true), (#"\bfoo\b"#, "afoo", false), (#"\Boo"#, "foo", true),
    (#"\b"#, "", false),
    (#"\bfoo$"#, "foo", true), ("[a-c-]", "-", true), ("[]a]", "]", true), (#"[\d.]+$"#, "1.2", true), ("[[:digit:]]", "7", true),
    (#"\x41\u0042\x{1F600}"#, "AB😀", true), (#"\."#, "a", false), ("(?:a)(b)", "ab", true), ("(?<name>a)", "a", true),
    ("(?i)ERROR", "an error", true), ("a(?i:B)c", "abc", true), ("a(?i:B)c", "abC", false), ("(?i)a|b", "B", true),
    ("a+?b", "aab", true),
  ])
  func `Expressions find what they say`(pattern: String, text: String, isFound: Bool) throws {
    #expect(try finds(pattern, text) == isFound, "\(pattern) in \(text)")
  }

  @Test func `Case is ignored where asked, also beyond ASCII`() throws {
    #expect(try finds("STRASSE ÄÖ", "strasse äö", ignoresCase: true))
    let text = try LogPattern(text: "Größe.", ignoresCase: true)
    #expect(text.isFound(in: "die GRÖßE."))
    #expect(!text.isFound(in: "die GRÖßEx"))
    let exact = try LogPattern(text: "a.b", ignoresCase: false)
    #expect(exact.isFound(in: "aaa.b"))
    #expect(!exact.isFound(in: "a.Ba.c"))
  }

  @Test(arguments: [
    ("(a", LogPatternError.malformed(reason: "a ( without its )", position: 1)),
    ("a)", .malformed(reason: "a ) without its (", position: 2)),
    ("*a", .malformed(reason: "nothing to repeat", position: 1)), ("[a", .malformed(reason: "a [ without its ]", position: 1)),
    ("a\\", .malformed(reason: "a \\ at the end", position: 2)),
    ("[b-a]", .malformed(reason: "a range that ends before it begins", position: 3)),
    ("a{3,2}", .malformed(reason: "a count that ends before it begins", position: 2)),
    ("x(?=a)", .unsupported(feature: "a look-ahead", position: 2)),
    ("(?<!a)b", .unsupported(feature: "a look-behind", position: 1)),
    (#"(a)\1"#, .unsupported(feature: "a back-reference", position: 4)),
    ("(?>a)", .unsupported(feature: "an atomic group", position: 1)),
    ("a++", .unsupported(feature: "a possessive repeat", position: 3)),
    ("(((a{30}){30}){30}){30}", .tooLarge(limitStates: 1000)), ("((a*)*){1000}{1000}", .tooLarge(limitStates: 1000)),
    (String(repeating: "a", count: 257), .tooLong(limit: 256)),
  ])
  func `What cannot be searched for is refused with its place`(pattern: String, error: LogPatternError) {
    #expect(throws: error) { try LogPattern(expression: pattern) }
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["(a+)+$", "(a|aa)+$", "(.*a){12}$", "(a?){50}a{50}b", "([a-z]+)*[0-9]", "(x+x+)+y"])
  func `Patterns that ruin others take linear time`(pattern: String) throws {
    let text = String(repeating: "ax", count: 4096) + String(repeating: "a", count: 8192) + "!"
    let start = ContinuousClock.now
    #expect(try !finds(pattern, text))
    // Debug builds are slow; a search that is not linear would not end in this universe.
    #expect(start.duration(to: .now) < .seconds(10))
  }

  @Test func `The machine finds what a naive matcher finds`() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<3000 {
      let tree = Naive.random(depth: 3, &random)
      var search = try LogPattern(expression: tree.text, ignoresCase: false).search()
      for _ in 0..<8 {
        let text = (0..<Int.random(in: 0...7, using: &random)).map { _ in "abé_- ".randomElement(using: &random) ?? "a" }
        let bytes = Array(String(text).utf8)
        let isFound = search.finds(in: bytes.span)
        #expect(isFound == tree.isFound(in: text), "\(tree.text) in \(String(text))")
      }
    }
  }
}

extension LogPattern {
  fileprivate func isFound(in text: String) -> Bool {
    var search = search()
    let bytes = Array(text.utf8)
    return search.finds(in: bytes.span)
  }
}

/// Expressions and what they match, by trying everything.
private indirect enum Naive {
  case one(Character), any, wordEdge, start, end, word, notA
  case sequence(Naive, Naive), choice(Naive, Naive), repeated(Naive, Int, Int?)

  static func random(depth: Int, _ random: inout SystemRandomNumberGenerator) -> Naive {
    switch Int.random(in: 0..<(depth == 0 ? 8 : 14), using: &random) {
    case 0...2: .one("abé".randomElement(using: &random) ?? "a")
    case 3: .any
    case 4: Int.random(in: 0..<3, using: &random) == 0 ? .wordEdge : .word
    case 5: .notA
    case 6: Bool.random(using: &random) ? .start : .one("-")
    case 7: Bool.random(using: &random) ? .end : .one("_")
    case 8...10: .sequence(Self.random(depth: depth - 1, &random), Self.random(depth: depth - 1, &random))
    case 11: .choice(Self.random(depth: depth - 1, &random), Self.random(depth: depth - 1, &random))
    case 12: .repeated(Self.random(depth: depth - 1, &random), 0, nil)
    default: .repeated(Self.random(depth: depth - 1, &random), 1, 2)
    }
  }

  var text: String {
    switch self {
    case .one(let character): String(character)
    case .any: "."
    case .wordEdge: #"\b"#
    case .word: #"\w"#
    case .notA: "[^a]"
    case .start: "^"
    case .end: "$"
    case .sequence(let first, let second): first.text + second.text
    case .choice(let first, let second): "(\(first.text)|\(second.text))"
    case .repeated(let part, let low, let high): "(\(part.text))\(high.map { "{\(low),\($0)}" } ?? (low == 0 ? "*" : "+"))"
    }
  }

  func isFound(in text: [Character]) -> Bool { (0...text.count).contains { !ends(text, $0).isEmpty } }

  /// Where a match that begins at `start` can end.
  private func ends(_ text: [Character], _ start: Int) -> Set<Int> {
    func isWord(_ index: Int) -> Bool {
      text.indices.contains(index) && (text[index].isASCII && text[index].isLetter || text[index] == "_")
    }
    func taking(_ isFine: (Character) -> Bool) -> Set<Int> { start < text.count && isFine(text[start]) ? [start + 1] : [] }
    switch self {
    case .one(let character): return taking { $0 == character }
    case .any: return taking { _ in true }
    case .word: return taking { _ in isWord(start) }
    case .notA: return taking { $0 != "a" }
    case .wordEdge: return isWord(start - 1) != isWord(start) ? [start] : []
    case .start: return start == 0 ? [start] : []
    case .end: return start == text.count ? [start] : []
    case .sequence(let first, let second): return Set(first.ends(text, start).flatMap { second.ends(text, $0) })
    case .choice(let first, let second): return first.ends(text, start).union(second.ends(text, start))
    case .repeated(let part, let low, let high):
      var all: Set<Int> = low == 0 ? [start] : []
      var reached: Set<Int> = [start]
      for count in 1...(high ?? text.count + 1) {
        reached = Set(reached.flatMap { part.ends(text, $0) })
        if count >= low { all.formUnion(reached) }
      }
      return all
    }
  }
}
