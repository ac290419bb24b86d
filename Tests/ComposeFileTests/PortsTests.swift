import Testing

@testable import ComposeFile

@Suite struct PortsTests {
  private func short(_ text: String) throws -> [String] {
    try PortSpec(text).ports.map { "\($0.hostIP)|\($0.published)|\($0.target)|\($0.transport)" }
  }

  @Test(arguments: [
    ("80", ["||80|tcp"]),
    ("8080:80", ["|8080|80|tcp"]),
    ("8080:80/UDP", ["|8080|80|udp"]),
    ("127.0.0.1:8080:80", ["127.0.0.1|8080|80|tcp"]),
    ("127.0.0.1::80", ["127.0.0.1||80|tcp"]),
    ("[::1]:81:81", ["::1|81|81|tcp"]),
    ("::1:80:80", ["::1|80|80|tcp"]),
    ("3000-3002", ["||3000|tcp", "||3001|tcp", "||3002|tcp"]),
    ("8000-8010:80", ["|8000-8010|80|tcp"]),
    ("9-10:9-10", ["|10|10|tcp", "|9|9|tcp"]),
  ])
  func `A short port is expanded as Compose does`(text: String, expected: [String]) throws {
    #expect(try short(text) == expected)
  }

  @Test(arguments: ["", "eighty", "70000:80", "5000-5003:4000-4002", "300.1.1.1:80:80", "80/xyz", "90-80", "1:2:3:", "a:80"])
  func `A malformed port is refused`(text: String) {
    #expect(throws: PortSpec.Malformed.self) { try PortSpec(text) }
  }

  @Test func `Repeated entries collapse`() throws {
    var problems: [ComposeProblem] = []
    let document = try "services: {a: {ports: [80, \"80\", {target: 80}]}}".document()
    let ports = CanonicalForm.transform(document, problems: &problems)["services"]?["a"]?["ports"]
    #expect(ports?.items?.count == 2)
    #expect(problems.isEmpty)
  }
}
