import ComposeFile
import SlipwayTesting
import Testing

@testable import Orchestration

/// S-SEC-4: a log line that quotes a command does not tell the secrets among its arguments.
@Suite struct SecretArgumentsTests {
  @Test(arguments: [
    (["mysqld", "--root-password=hunter22"], ["hunter22"]), (["app", "--api-token", "abcdefgh", "--verbose"], ["abcdefgh"]),
    (["sh", "-c", "exec app --password 'two2words' --port 80; DB_PASSWORD=\"third3one\" run"], ["two2words", "third3one"]),
    (["sh", "-c", "exec serve '--password=canary-1' --token canary-2; echo a=b"], ["canary-1", "canary-2"]),
    (["serve", "--db=postgres://u:canary-3@h/", "-v"], ["canary-3"]), (["app", "postgres://u:geheim99@db/x"], ["geheim99"]),
    (["app", "--verbose", "--path=/run/secrets/db"], []), ([], []),
  ])
  func `Values of options that ask for a secret are found, also in a line for a shell`(arguments: [String], values: [String]) {
    #expect(SecretArguments.values(in: arguments) == values)
  }

  @Test func `A project's redactor knows the arguments of commands, health checks and hooks`() throws {
    let text = """
      name: shop
      services:
        web:
          image: web:1
          command: [app, --password=commandvalue]
          entrypoint: [start, --token, entryvalue]
          healthcheck: {test: [CMD, probe, --api-key=healthvalue]}
          post_start:
            - command: [warm, --secret, hookvalue]
              environment: {HOOK_TOKEN: hooktokenvalue}
      """
    let project = try ComposeLoader.load(
      LoadRequest(environment: [:], currentDirectory: "/srv"), from: MemoryFiles(files: ["/srv/compose.yaml": text])
    ).project
    let redactor = Redactor(project: project, variables: [:], known: ["filevalue"])
    for value in ["commandvalue", "entryvalue", "healthvalue", "hookvalue", "hooktokenvalue", "filevalue"] {
      #expect(redactor.redacted("it said: \(value)!") == "it said: •••!", "\(value)")
    }
  }
}
