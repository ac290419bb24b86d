import Testing

@testable import ImageVersioning

/// A reference, and what it must be read as.
struct GoodReference: Sendable, CustomStringConvertible {
  var text: String
  var host: String
  var repository: String
  var tag: String?
  var digest: String?
  var familiar: String

  var description: String { text }
}

/// A text that must be refused: why, and where.
struct BadReference: Sendable, CustomStringConvertible {
  var text: String
  var reason: ImageReferenceError.Reason
  var index: Int

  var description: String { text }
}

private let sha256 = "sha256:" + String(repeating: "0123456789abcdef", count: 4)
private let sha512 = "sha512:" + String(repeating: "0123456789abcdef", count: 8)
private let hub = "docker.io"

@Suite struct ImageReferenceTests {
  static let good: [GoodReference] = [
    .init(text: "nginx", host: hub, repository: "library/nginx", tag: "latest", familiar: "nginx:latest"),
    .init(text: "nginx:1.27-alpine", host: hub, repository: "library/nginx", tag: "1.27-alpine", familiar: "nginx:1.27-alpine"),
    .init(text: "nginx@\(sha256)", host: hub, repository: "library/nginx", digest: sha256, familiar: "nginx@\(sha256)"),
    .init(
      text: "nginx:1@\(sha256)", host: hub, repository: "library/nginx", tag: "1", digest: sha256,
      familiar: "nginx:1@\(sha256)"),
    .init(text: "grafana/grafana", host: hub, repository: "grafana/grafana", tag: "latest", familiar: "grafana/grafana:latest"),
    .init(text: "library/nginx", host: hub, repository: "library/nginx", tag: "latest", familiar: "nginx:latest"),
    .init(text: "docker.io/nginx", host: hub, repository: "library/nginx", tag: "latest", familiar: "nginx:latest"),
    .init(text: "index.docker.io/a/b:c", host: hub, repository: "a/b", tag: "c", familiar: "a/b:c"),
    .init(text: "myhost:5000", host: hub, repository: "library/myhost", tag: "5000", familiar: "myhost:5000"),
    .init(text: "localhost/app", host: "localhost", repository: "app", tag: "latest", familiar: "localhost/app:latest"),
    .init(text: "localhost:5000/app:v1", host: "localhost:5000", repository: "app", tag: "v1", familiar: "localhost:5000/app:v1"),
    .init(text: "ghcr.io/a/b/c/d:x", host: "ghcr.io", repository: "a/b/c/d", tag: "x", familiar: "ghcr.io/a/b/c/d:x"),
    .init(text: "Registry/app", host: "Registry", repository: "app", tag: "latest", familiar: "Registry/app:latest"),
    .init(text: "127.0.0.1:1/a", host: "127.0.0.1:1", repository: "a", tag: "latest", familiar: "127.0.0.1:1/a:latest"),
    .init(text: "[::1]:5000/a:b", host: "[::1]:5000", repository: "a", tag: "b", familiar: "[::1]:5000/a:b"),
    .init(text: "[2001:db8::1]/a", host: "[2001:db8::1]", repository: "a", tag: "latest", familiar: "[2001:db8::1]/a:latest"),
    .init(
      text: "a-b.example-1.com/a", host: "a-b.example-1.com", repository: "a", tag: "latest",
      familiar: "a-b.example-1.com/a:latest"),
    .init(text: "a__b/c---d.e_f", host: hub, repository: "a__b/c---d.e_f", tag: "latest", familiar: "a__b/c---d.e_f:latest"),
    .init(text: "a:_T.-x", host: hub, repository: "library/a", tag: "_T.-x", familiar: "a:_T.-x"),
    .init(text: "a@\(sha512)", host: hub, repository: "library/a", digest: sha512, familiar: "a@\(sha512)"),
    .init(
      text: "a@x+y:\(String(repeating: "A", count: 32))", host: hub, repository: "library/a",
      digest: "x+y:" + String(repeating: "A", count: 32), familiar: "a@x+y:" + String(repeating: "A", count: 32)),
    .init(text: "docker.io/x.y/z", host: hub, repository: "x.y/z", tag: "latest", familiar: "docker.io/x.y/z:latest"),
    .init(
      text: "docker.io/localhost/z", host: hub, repository: "localhost/z", tag: "latest", familiar: "docker.io/localhost/z:latest"
    ),
    .init(text: "library/a/b", host: hub, repository: "library/a/b", tag: "latest", familiar: "library/a/b:latest"),
    .init(
      text: "a:" + String(repeating: "t", count: 128), host: hub, repository: "library/a",
      tag: String(repeating: "t", count: 128), familiar: "a:" + String(repeating: "t", count: 128)),
    .init(
      text: "library/" + String(repeating: "a", count: 64), host: hub, repository: "library/" + String(repeating: "a", count: 64),
      tag: "latest", familiar: "docker.io/library/" + String(repeating: "a", count: 64) + ":latest"),
  ]

  static let bad: [BadReference] = [
    .init(text: "", reason: .empty, index: 0),
    .init(text: " ", reason: .repository, index: 0),
    .init(text: "a;b", reason: .repository, index: 1),
    .init(text: "a b", reason: .repository, index: 1),
    .init(text: "a\n", reason: .repository, index: 1),
    .init(text: "a\u{0}", reason: .repository, index: 1),
    .init(text: "$(id)", reason: .repository, index: 0),
    .init(text: "-x", reason: .repository, index: 0),
    .init(text: "--privileged", reason: .repository, index: 0),
    .init(text: "x-", reason: .repository, index: 1),
    .init(text: ".x", reason: .repository, index: 0),
    .init(text: "a..b", reason: .repository, index: 1),
    .init(text: "a___b", reason: .repository, index: 1),
    .init(text: "a._b", reason: .repository, index: 1),
    .init(text: "a/-b", reason: .repository, index: 2),
    .init(text: "a//b", reason: .repository, index: 2),
    .init(text: "/a", reason: .repository, index: 0),
    .init(text: "a/", reason: .repository, index: 2),
    .init(text: "../a", reason: .host, index: 0),
    .init(text: "a/../b", reason: .repository, index: 2),
    .init(text: "https://example.com/a", reason: .port, index: 6),
    .init(text: "user@example.com/a", reason: .host, index: 4),
    .init(text: "Nginx", reason: .upperCaseRepository, index: 0),
    .init(text: "a/nGinx:1", reason: .upperCaseRepository, index: 3),
    .init(text: "ｎginx", reason: .repository, index: 0),
    .init(text: "nginx:１", reason: .tag, index: 6),
    .init(text: "exämple.com/a", reason: .host, index: 2),
    .init(text: "a\u{202E}b", reason: .repository, index: 1),
    .init(text: "a:", reason: .tag, index: 2),
    .init(text: "a:.x", reason: .tag, index: 2),
    .init(text: "a:-x", reason: .tag, index: 2),
    .init(text: "a:b:c", reason: .tag, index: 3),
    .init(text: "a:b c", reason: .tag, index: 3),
    .init(text: "a:" + String(repeating: "t", count: 129), reason: .tagTooLong(limit: 128), index: 130),
    .init(text: "-a.com/b", reason: .host, index: 0),
    .init(text: "a-.com/b", reason: .host, index: 1),
    .init(text: "a..com/b", reason: .host, index: 2),
    .init(text: "a.com:/b", reason: .port, index: 6),
    .init(text: "a.com:x/b", reason: .port, index: 6),
    .init(text: "a.com:0/b", reason: .port, index: 6),
    .init(text: "a.com:65536/b", reason: .port, index: 6),
    .init(text: "a.com:99999999999999999999/b", reason: .port, index: 6),
    .init(text: "[]:5000/b", reason: .host, index: 0),
    .init(text: "[::1/b", reason: .host, index: 0),
    .init(text: "[::g]/b", reason: .host, index: 3),
    .init(text: "[::1]x/b", reason: .host, index: 5),
    .init(text: "a@", reason: .digest, index: 2),
    .init(text: "a@sha256", reason: .digest, index: 8),
    .init(text: "a@:0", reason: .digest, index: 2),
    .init(text: "a@sha256:", reason: .digestLength(algorithm: "sha256", expected: 64), index: 9),
    .init(text: "a@\(sha256)0", reason: .digestLength(algorithm: "sha256", expected: 64), index: 73),
    .init(text: "a@sha256:G" + String(repeating: "0", count: 63), reason: .digest, index: 9),
    .init(
      text: "a@sha256:A" + String(repeating: "0", count: 63), reason: .digestLength(algorithm: "sha256", expected: 64),
      index: 9),
    .init(text: "a@x:" + String(repeating: "0", count: 31), reason: .digest, index: 35),
    .init(text: "a@x+:" + String(repeating: "0", count: 32), reason: .digest, index: 4),
    .init(text: "a@\(sha256)@\(sha256)", reason: .digest, index: 73),
    .init(text: String(repeating: "a", count: 64), reason: .imageID, index: 0),
    .init(text: String(repeating: "a", count: 300), reason: .nameTooLong(limit: 255), index: 255),
    .init(text: String(repeating: "a/", count: 200) + "a", reason: .nameTooLong(limit: 255), index: 255),
  ]

  @Test(arguments: good)
  func `A reference is read in full`(example: GoodReference) throws {
    let reference = try ImageReference(parsing: example.text)
    #expect(reference.registryHost == example.host)
    #expect(reference.repository == example.repository)
    #expect(reference.tag == example.tag)
    #expect(reference.digest == example.digest)
    #expect(reference.familiar == example.familiar)
  }

  @Test(arguments: good)
  func `The full and the familiar form read back as the same`(example: GoodReference) throws {
    let reference = try ImageReference(parsing: example.text)
    #expect(try ImageReference(parsing: "\(reference)") == reference)
    #expect(try ImageReference(parsing: reference.familiar) == reference)
  }

  @Test(arguments: bad)
  func `What is no reference is refused with reason and place`(example: BadReference) {
    #expect(throws: ImageReferenceError(reason: example.reason, index: example.index)) {
      try ImageReference(parsing: example.text)
    }
  }

  @Test func `A message says what, where and what to do`() {
    let error = ImageReferenceError(reason: .upperCaseRepository, index: 2)
    #expect(error.description == "repository name must be lowercase, at character 3\n  fix: write it in small letters")
  }

  @Test func `A digest pins the tag, and a tag takes the digest away`() throws {
    let pinned = try ImageReference(parsing: "nginx:1.27").withDigest(sha256)
    #expect("\(pinned)" == "docker.io/library/nginx:1.27@\(sha256)")
    #expect(try pinned.withTag("1.28").familiar == "nginx:1.28")
    #expect(throws: ImageReferenceError(reason: .digest, index: 4)) { try pinned.withDigest("nope") }
    #expect(throws: ImageReferenceError(reason: .tag, index: 1)) { try pinned.withTag("a;b") }
    #expect(throws: ImageReferenceError(reason: .tag, index: 0)) { try pinned.withTag("") }
  }

  @Test func `Any two bytes around a name never crash and never pass what they should not`() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        let text = String(decoding: [first, UInt8(ascii: "a"), second, UInt8(ascii: "b")], as: UTF8.self)
        guard let reference = try? ImageReference(parsing: text) else { continue }
        #expect((try? ImageReference(parsing: "\(reference)")) == reference)
        #expect(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ";") })
      }
    }
  }

  @Test func `A megabyte is refused`() {
    #expect(throws: ImageReferenceError.self) { try ImageReference(parsing: String(repeating: "a/", count: 500_000)) }
  }
}
