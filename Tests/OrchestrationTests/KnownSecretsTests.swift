import ComposeFile
import Testing

@testable import Orchestration

/// S-SEC-4: what is known to be secret stands in nothing that is told.
@Suite struct KnownSecretsTests {
  @Test(arguments: [
    ("command: sleep # abcdef-123...; labels.a", "command: sleep # •••...; labels.a"), ("abcdef-1234567890", "•••"),
    ("abcde...", "abcde..."), ("abcdef...", "•••..."), ("x abcdef-1... -> abcdef-12...", "x •••... -> •••..."),
    ("loading... abcdef", "loading... abcdef"), ("xabcdef-1234567890...", "x•••..."),
  ])
  func `A value that was cut off is hidden as far as it stands there`(_ text: String, _ shown: String) {
    #expect(Redactor(["abcdef-1234567890"]).redacted(text) == shown)
  }

  @Test func `All texts of a value are made harmless, its form stays`() {
    let secrets = KnownSecrets(["canary-value"])
    let value = ComposeValue.map(
      ComposeMap([("a", .list([.string("x canary-value"), .int(1), .null])), ("b", .map(ComposeMap([("c", .bool(true))])))]))
    let wanted = ComposeValue.map(
      ComposeMap([("a", .list([.string("x •••"), .int(1), .null])), ("b", .map(ComposeMap([("c", .bool(true))])))]))
    #expect(secrets.value(value) == wanted)
  }

  @Test(arguments: [".env", "a/.env", "prod.env", ".env.local"]) func `Environment files are known by their names`(_ path: String)
  {
    #expect(KnownSecrets.isEnvironmentFile(path) && !KnownSecrets.isEnvironmentFile(path + "/x.yaml"))
  }

  @Test func `A file whose stack is not known whole is not shown`() throws {
    let path = try #require(FolderPath("notes.txt"))
    #expect(KnownSecrets().shown(path, Array("a".utf8)) == nil)
    #expect(KnownSecrets(isWhole: true).shown(path, Array("a\nkey: b\nKEY: ${X}".utf8)) == "a\nkey: •••\nKEY: ${X}")
    #expect(KnownSecrets(isWhole: true).shown(path, [0xff]) == nil)
    #expect(KnownSecrets(files: ["notes.txt"], isWhole: true).shown(path, Array("a".utf8)) == nil)
  }

  @Test func `Problems are told in the words of a load without values`() {
    let place = SourcePosition(file: "compose.yaml", line: 4, column: 2)
    func problem(_ message: String, _ place: SourcePosition, _ rule: ComposeProblem.Rule = .invalidValue) -> ComposeProblem {
      ComposeProblem(rule, at: place, message, fix: "f")
    }
    let other = SourcePosition(file: "compose.yaml", line: 9, column: 1)
    let real = ComposeProblems([problem("canary is no port", place), problem("no such key", other, .unknownKey)])
    let told = real.told(with: [problem("••• is no port", place), problem("no such key", other, .unknownKey)])
    #expect(told.problems.map(\.message) == ["••• is no port", "no such key"])
    let alone = real.told(with: [])
    #expect(alone.problems.map(\.position) == [place, other] && !"\(alone)".contains("canary"))
  }
}
