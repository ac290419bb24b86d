import Testing

@testable import ComposeFile

@Suite struct CanonicalTests {
  private func canonical(_ service: String) throws -> (json: String, problems: [ComposeProblem]) {
    var problems: [ComposeProblem] = []
    let once = CanonicalForm.transform(try "services: {a: {\(service)}}".document(), problems: &problems)
    let result = try #require(once["services"]?["a"])
    return (result.plain.json(indented: false), problems)
  }

  @Test(arguments: [
    ("build: dir", #"{"build":{"context":"dir"}}"#),
    ("depends_on: [b]", #"{"depends_on":{"b":{"condition":"service_started","required":true}}}"#),
    ("environment: [A=1, B, A=2]", #"{"environment":{"A":"2","B":null}}"#),
    ("labels: [A=1, B]", #"{"labels":{"A":"1","B":""}}"#),
    ("networks: [n]", #"{"networks":{"n":null}}"#),
    ("dns: 1.1.1.1", #"{"dns":["1.1.1.1"]}"#),
    ("dns: ''", #"{"dns":[]}"#),
    ("env_file: e.env", #"{"env_file":[{"path":"e.env","required":true}]}"#),
    ("gpus: all", #"{"gpus":[{"count":-1}]}"#),
    ("secrets: [s]", #"{"secrets":[{"source":"s"}]}"#),
    ("devices: ['/dev/a:/dev/b']", #"{"devices":[{"source":"/dev/a","target":"/dev/b","permissions":"rwm"}]}"#),
    ("healthcheck: {test: curl x}", #"{"healthcheck":{"test":["CMD-SHELL","curl x"]}}"#),
    ("extra_hosts: {h: [1.1.1.1, 2.2.2.2]}", #"{"extra_hosts":["h=1.1.1.1","h=2.2.2.2"]}"#),
  ])
  func `The short form becomes the long one`(short: String, expected: String) throws {
    let result = try canonical(short)
    #expect(result.json == expected)
    #expect(result.problems.isEmpty)
  }

  @Test func `A document in long form comes back unchanged`() throws {
    var problems: [ComposeProblem] = []
    let document = try """
    services:
      a:
        image: x
        ports: ["1-2", "8080:80/udp"]
        volumes: ["./a:/b:ro", "data:/c"]
        extra_hosts: ["h:1.1.1.1"]
        command: a 'b c'
        devices: ["/dev/a"]
        gpus: all
    """.document()
    let once = CanonicalForm.transform(document, problems: &problems)
    let twice = CanonicalForm.transform(once, problems: &problems)
    #expect(once.fingerprint == twice.fingerprint)
    #expect(problems.isEmpty)
  }

  @Test(arguments: [
    ("", []),
    ("a && b", ["a"]),
    ("sh -c \"a && b\"", ["sh", "-c", "a && b"]),
    ("a\\ b 'c\\d' \"e\\\"f\"", ["a b", "c\\d", "e\"f"]),
    ("echo $(date +%s) `x y`", ["echo", "$(date +%s)", "`x y`"]),
  ])
  func `A command line is split into words`(line: String, expected: [String]) {
    #expect(ShellWords.split(line) == expected)
  }

  @Test(arguments: ["echo 'a", "echo \"a", "(a)", "a \\"])
  func `An unfinished command line is refused`(line: String) {
    #expect(ShellWords.split(line) == nil)
  }
}
