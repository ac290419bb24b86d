import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of include, and what neither takes. Files are below `=== NAME`.
@Suite struct IncludeTests {
  private static let forms: [(String, String, String)] = [
    (
      "services.i.image",
      """
      include: [d/i.yaml]
      services: {s: {image: x}}
      === d/i.yaml
      services: {i: {image: '${V}-${W}'}}
      === d/.env
      V=d
      W=d
      === .env
      V=top
      """,
      #""top-d""#
    ),
    (
      "services.i.build.context",
      """
      include: [d/i.yaml]
      === d/i.yaml
      services: {i: {build: ./b}}
      """,
      #""/p/d/b""#
    ),
    (
      "services.i.build.context",
      """
      include: [{path: d/i.yaml, project_directory: e}]
      === d/i.yaml
      services: {i: {build: ./b}}
      === e/x
      """,
      #""/p/b""#
    ),
    (
      "services.i.build.context",
      """
      include: [{path: d/i.yaml, project_directory: nope}]
      === d/i.yaml
      services: {i: {build: ./b}}
      """,
      #""/p/b""#
    ),
    (
      "services.i.image",
      """
      include: [{path: i.yaml, env_file: [a.env, b.env]}]
      === i.yaml
      services: {i: {image: 'x:${A}${B}'}}
      === a.env
      A=1
      B=1
      === b.env
      B=2
      """,
      #""x:12""#
    ),
    (
      "services.i.environment",
      """
      include: [{path: [i.yaml, j.yaml]}]
      === i.yaml
      services: {i: {image: x, environment: {A: 1}}}
      === j.yaml
      services: {i: {environment: {B: 2}}}
      """,
      #"{"A": "1", "B": "2"}"#
    ),
    (
      "services.i.image",
      """
      include: [i.yaml, j.yaml]
      === i.yaml
      services: {i: {image: i}}
      === j.yaml
      services: {i: {image: j}}
      """,
      #""i""#
    ),
    (
      "services.i.environment",
      """
      include: [i.yaml]
      services: {i: {environment: {B: 2}}}
      === i.yaml
      services: {i: {image: x, environment: {A: 1}}}
      """,
      #"{"A": "1", "B": "2"}"#
    ),
    (
      "services.j.build.context",
      """
      include: [d/i.yaml]
      === d/i.yaml
      include: [e/j.yaml]
      === d/e/j.yaml
      services: {j: {build: .}}
      """,
      #""/p/d/e""#
    ),
  ]

  @Test(arguments: forms)
  func `What comes of include is what Docker Compose makes of it`(path: String, files: String, expected: String) throws {
    #expect(try AttributeTable.part(path, of: files) ?? .null == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    (
      """
      include: [nope.yaml]
      services: {s: {image: x}}
      """,
      "1:11 missingFile"
    ),
    (
      """
      include: [compose.yaml]
      services: {s: {image: x}}
      """,
      "1:11 cycle"
    ),
    (
      """
      include: i.yaml
      services: {s: {image: x}}
      === i.yaml
      services: {i: {image: x}}
      """,
      "1:10 include"
    ),
    (
      """
      include: [{path: i.yaml, project_directory: [a]}]
      services: {s: {image: x}}
      === i.yaml
      services: {i: {image: x}}
      """,
      "1:45 include"
    ),
    (
      """
      include: [i.yaml]
      services: {s: {image: x}}
      === i.yaml
      services: {i: {image: 5}}
      """,
      "1:23 wrongType"
    ),
    (
      """
      include: [{path: i.yaml, env_file: nope.env}]
      === i.yaml
      services: {i: {image: x}}
      """,
      "1:36 missingFile"
    ),
  ]

  @Test(arguments: refused)
  func `What is wrong with include is told at its place`(files: String, expected: String) {
    #expect(AttributeTable.refusals(ofFiles: files).joined(separator: ", ") == expected)
  }
}
