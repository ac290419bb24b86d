import Testing

@testable import Orchestration

/// The table follows the examples of the Dockerfile reference and cases tried on a real engine.
struct IgnorePatternsTests {
  struct Row: CustomTestStringConvertible {
    var patterns: String
    var ignored: [String]
    var kept: [String]

    init(_ patterns: String, ignores ignored: [String] = [], keeps kept: [String] = []) {
      self.patterns = patterns
      self.ignored = ignored
      self.kept = kept
    }

    var testDescription: String { patterns }
  }

  static let table: [Row] = [
    Row("a", ignores: ["a", "a/b", "a/b/c"], keeps: ["b", "b/a", "aa"]),
    Row("/a", ignores: ["a", "a/b"], keeps: ["b/a"]),
    Row("a/", ignores: ["a", "a/b"], keeps: ["b/a"]),
    Row("./a/../b", ignores: ["b"], keeps: ["a"]),
    Row("a/b", ignores: ["a/b", "a/b/c"], keeps: ["a", "a/c", "b"]),
    Row("../a", keeps: ["a"]),
    Row("*.md", ignores: ["README.md", "x.md/y"], keeps: ["docs/README.md", "md", "README.mdx"]),
    Row("*", ignores: ["a", "a/b"]),
    Row("*/temp*", ignores: ["a/temporary.txt", "a/temp", "a/temp/b"], keeps: ["temp", "a/b/temp"]),
    Row("*/*/temp*", ignores: ["a/b/temporary.txt"], keeps: ["a/temp", "temp"]),
    Row("temp?", ignores: ["tempa", "tempb/c"], keeps: ["temp", "tempab", "temp/"]),
    Row("a?b", keeps: ["a/b"]),
    Row("**/*.go", ignores: ["x.go", "a/x.go", "a/b/c/x.go"], keeps: ["x.goo", "a/x.c"]),
    Row("**/foo", ignores: ["foo", "a/foo", "a/b/foo/c"], keeps: ["afoo", "a/bfoo", "foobar"]),
    Row("**foo", ignores: ["foo", "afoo", "a/bfoo"], keeps: ["food"]),
    Row("**.go", ignores: ["x.go", "a/x.go"], keeps: ["x.c"]),
    Row("**", ignores: ["a", "a/b"]),
    Row("a/**", ignores: ["a/b", "a/b/c"], keeps: ["a", "b"]),
    Row("a**", ignores: ["a", "ab", "abc/d"], keeps: ["b"]),
    Row("a/**/b", ignores: ["a/b", "a/x/b", "a/x/y/b"], keeps: ["a", "b", "a/xb"]),
    Row("a**b", ignores: ["ab", "ax/b"], keeps: ["axb"]),
    Row("**/a/**", ignores: ["a/b", "x/a/b"], keeps: ["a", "x/a", "x/b"]),
    Row("**/a/*/b", ignores: ["a/x/b", "y/a/x/b"], keeps: ["a/b", "a/x/y/b"]),
    Row("[a-c]", ignores: ["a", "b", "c"], keeps: ["d", "-"]),
    Row("[^a-c]x", ignores: ["dx"], keeps: ["ax"]),
    Row("[a\\-z]", ignores: ["a", "-", "z"], keeps: ["b"]),
    Row("\\*", ignores: ["*"], keeps: ["a"]),
    Row("a\\[b", ignores: ["a[b"]),
    Row("a.b+c(d){e}$f|g", ignores: ["a.b+c(d){e}$f|g"], keeps: ["axb+c(d){e}$f|g"]),
    Row("*.b", ignores: ["a.b"], keeps: ["axb"]),
    Row("é?", ignores: ["éa"], keeps: ["e"]),
    Row("*.md\n!README.md", ignores: ["x.md"], keeps: ["README.md"]),
    Row("*.md\n!README*.md\nREADME-secret.md", ignores: ["README-secret.md", "a.md"], keeps: ["README-2.md"]),
    Row("*.md\nREADME-secret.md\n!README*.md", ignores: ["a.md"], keeps: ["README-secret.md"]),
    Row("a\n!a/b", ignores: ["a", "a/c"], keeps: ["a/b", "a/b/c"]),
    Row("*\n!src\n!go.mod", ignores: ["x", "x/y"], keeps: ["src", "src/a/b", "go.mod"]),
    Row("*\n!**/*.go", ignores: ["a", "a/b"], keeps: ["x.go", "a/x.go"]),
    Row("a/*\n!a/b\na/b/c", ignores: ["a/x", "a/b/c"], keeps: ["a", "a/b", "a/b/d"]),
    Row("!a", keeps: ["a"]),
    Row("! a\na", ignores: ["a"]),
    Row("a\n! a", keeps: ["a"]),
    Row("# a\n\n  \na", ignores: ["a"], keeps: ["# a"]),
    Row(" # a", ignores: ["# a"]),
    Row("\u{FEFF}a", ignores: ["a"]),
    Row("a\r\nb\r\n", ignores: ["a", "b"]),
    Row("  a  ", ignores: ["a"]),
    Row("a b", ignores: ["a b"], keeps: ["a", "b"]),
    Row(".git", ignores: [".git", ".git/config"], keeps: [".gitignore"]),
    Row("node_modules/", ignores: ["node_modules", "node_modules/a"], keeps: ["a/node_modules"]),
    Row("**/node_modules", ignores: ["node_modules/a", "a/node_modules/b"]),
    Row("**/.DS_Store\n**/*.log\n!keep.log", ignores: ["a/.DS_Store", "a.log", "b/keep.log"], keeps: ["keep.log"]),
    Row(".", keeps: ["a"]),
  ]

  @Test(arguments: table)
  func `A pattern ignores what Docker's ignores`(row: Row) throws {
    let patterns = try IgnorePatterns(file: Array(row.patterns.utf8))
    #expect(row.ignored.filter { !patterns.ignores($0) } == [])
    #expect(row.kept.filter { patterns.ignores($0) } == [])
  }

  @Test(arguments: ["[", "[]", "[a", "[b-a]", "a[-]", "!", "a\\"])
  func `A pattern that cannot be read is named`(pattern: String) {
    #expect(throws: IgnorePatterns.Mistake.self) { try IgnorePatterns(file: Array("ok\n\(pattern)\n".utf8)) }
  }

  @Test func `A hostile pattern takes time in proportion to its length`() throws {
    let patterns = try IgnorePatterns([String(repeating: "*a", count: 200) + "b"])
    let clock = ContinuousClock()
    let time = clock.measure { _ = patterns.ignores(String(repeating: "a", count: 250)) }
    #expect(time < .seconds(5))
  }
}
