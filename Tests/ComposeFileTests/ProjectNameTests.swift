import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of the project name, and what neither takes. Files are below `=== NAME`.
@Suite struct ProjectNameTests {
  private static let forms: [(String, String, String)] = [
    (
      "name",
      """
      name: My App
      services: {s: {image: x}}
      """,
      #""myapp""#
    ),
    (
      "name",
      """
      name: ${V:-v}-1
      services: {s: {image: x}}
      """,
      #""v-1""#
    ),
    (
      "name",
      """
      name: ""
      services: {s: {image: x}}
      """,
      #""p""#
    ),
    (
      "name",
      """
      services: {s: {image: x}}
      """,
      #""p""#
    ),
    (
      "name",
      """
      name: a
      services: {s: {image: x}}
      === compose.override.yaml
      name: b
      """,
      #""b""#
    ),
    (
      "name",
      """
      name: Ünï_9
      services: {s: {image: x}}
      """,
      #""n_9""#
    ),
    (
      "services.s.image",
      """
      name: A b
      services: {s: {image: '${COMPOSE_PROJECT_NAME}'}}
      """,
      #""ab""#
    ),
    (
      "name",
      """
      services: {s: {image: x}}
      === .env
      COMPOSE_PROJECT_NAME=dot
      """,
      #""dot""#
    ),
    (
      "networks",
      """
      name: q
      services: {s: {image: x}}
      """,
      #"{"default": {"name": "q_default", "ipam": {}}}"#
    ),
  ]

  @Test(arguments: forms)
  func `What comes of the project name is what Docker Compose makes of it`(path: String, files: String, expected: String) throws {
    #expect(try AttributeTable.part(path, of: files) ?? .null == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    (
      """
      name: __
      services: {s: {image: x}}
      """,
      "1:7 projectName"
    ),
    (
      """
      name: ${UNSET}
      services: {s: {image: x}}
      """,
      "1:7 projectName"
    ),
    (
      """
      name: 5
      services: {s: {image: x}}
      """,
      "1:7 wrongType"
    ),
    (
      """
      name:
      services: {s: {image: x}}
      """,
      "1:6 wrongType"
    ),
    (
      """
      name: [a]
      services: {s: {image: x}}
      """,
      "1:7 wrongType"
    ),
  ]

  @Test(arguments: refused)
  func `What is wrong with the project name is told at its place`(files: String, expected: String) {
    #expect(AttributeTable.refusals(ofFiles: files).joined(separator: ", ") == expected)
  }
}
