import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of labels and annotations, and what neither takes.
@Suite struct AnnotationsTests {
  private static let forms: [(String, String)] = [
    ("annotations: {a: b}", #"{"annotations": {"a": "b"}}"#),
    ("annotations: [a=b, c]", #"{"annotations": {"a": "b", "c": ""}}"#),
    ("annotations: {a: 1, b: null}", #"{"annotations": {"a": "1", "b": ""}}"#),
    ("annotations: []", "{}"),
    ("annotations: {}", "{}"),
    ("label_file: l.labels", #"{"labels": {"L": "1", "M": "a b"}, "label_file": ["/p/l.labels"]}"#),
    ("label_file: [l.labels, m.labels]", #"{"labels": {"L": "2", "M": "a b"}, "label_file": ["/p/l.labels", "/p/m.labels"]}"#),
    ("label_file: []", "{}"),
    ("labels: {a: b, c: 1, d: true, e: null, f: 1.10}", #"{"labels": {"a": "b", "c": "1", "d": "true", "e": "", "f": "1.1"}}"#),
    ("labels: [a=b, c]", #"{"labels": {"a": "b", "c": ""}}"#),
    ("labels: [a=1, a=2]", #"{"labels": {"a": "2"}}"#),
    ("labels: {com.docker.compose.project: x}", #"{"labels": {"com.docker.compose.project": "x"}}"#),
    ("labels: []", "{}"),
    ("labels: {}", "{}"),
  ]

  @Test(arguments: forms)
  func `Each form of labels and annotations has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("annotations: null", "4:18 wrongType"),
    ("label_file: nope.labels", "4:17 missingFile"),
    ("label_file: null", "4:17 wrongType"),
    ("labels: null", "4:13 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with labels and annotations is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
