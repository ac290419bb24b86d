import ComposeFile
import StackPlanning
import Testing

@Suite struct DifferenceTests {
  private func difference(_ before: String, _ after: String) throws -> String {
    try ProjectDifference.between(before.project(), after.project()).text
  }

  @Test func `Objects that came, went and changed`() throws {
    #expect(
      try difference(
        """
        services: {web: {image: "web:1", networks: [front]}, old: {image: "old:1", networks: [front]}}
        networks: {front: }
        """,
        """
        services: {web: {image: "web:2", networks: [front], command: [a, b]}, new: {image: "new:1", networks: [back]}}
        networks: {front: {internal: true}, back: }
        """) == """
          + service new
          - service old
          ~ service web
              command: null -> [a, b]
              image: web:1 -> web:2
          + network back
          ~ network front
              internal: + true
          """)
  }

  @Test func `A long value is cut`() throws {
    let text = try difference(
      "services: {web: {image: x, user: a}}", "services: {web: {image: x, user: \(String(repeating: "b", count: 90))}}")
    #expect(text.hasSuffix("user: a -> \(String(repeating: "b", count: 77))..."))
  }

  @Test func `Values that may be secret are never shown`() throws {
    let before = "services: {web: {image: x, environment: {A: s3cret, B: x}}}"
    let after = """
      services:
        web:
          image: x
          environment: {A: s3cret2}
          post_start: [{command: a, environment: {C: s3cret}}]
          configs: [c]
      configs: {c: {content: s3cret}}
      """
    let text = try difference(before, after)
    #expect(!text.contains("s3cret"), "\(text)")
    #expect(text.contains("environment.A changed"))
    #expect(text.contains("environment.B: - •••"))
  }

  @Test func `Equal projects differ in nothing`() throws {
    let text = "services: {web: {image: x}}"
    #expect(try difference(text, text) == "no difference")
  }

  @Test func `Another image behind the same tag is a difference`() throws {
    let project = try "services: {web: {image: x}}".project()
    let difference = ProjectDifference.between(
      project, project, imagesBefore: ["web": "sha256:1"], imagesAfter: ["web": "sha256:2"])
    #expect(difference.text == "~ service web\n    image digest: sha256:1 -> sha256:2")
  }
}
