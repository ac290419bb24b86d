import Testing

@testable import ComposeFile

extension String {
  /// The first document of this YAML text.
  func document() throws -> Node {
    let result = YAMLReader.read(Array(utf8), file: "/p/compose.yaml")
    #expect(result.problems.isEmpty)
    return try #require(result.documents.first)
  }
}
