import Orchestration
import Testing

// S-SEC-5: what the engine tells of a container is masked by the rule of names, wherever a value stands.
@Suite struct InspectionMaskTests {
  private let mask = InspectionMask(
    environment: ["DB_PASSWORD=hunter2hunter2", "PATH=/bin", "URL=postgres://u:geheim99@db/x", "PWD=/srv"],
    labels: ["api.token": "abcdefgh"], known: ["sealed-value"])

  @Test func `Entries whose names say so are hidden, and passwords in addresses`() {
    let entries = mask.environment(["DB_PASSWORD=hunter2hunter2", "PATH=/bin", "URL=postgres://u:geheim99@db/x", "PWD=/srv"])
    #expect(entries.map(\.value) == ["•••", "/bin", "postgres://u:•••@db/x", "/srv"])
    #expect(entries.map(\.isMasked) == [true, false, true, false])
    #expect(mask.labels(["api.token": "abcdefgh", "a": "b"]).map(\.value) == ["b", "•••"])
  }

  @Test func `The same value is hidden under another name, and so is what is kept sealed`() {
    #expect(mask.environment(["COPY=hunter2hunter2", "X=a sealed-value b"]).map(\.value) == ["•••", "a ••• b"])
  }

  @Test(arguments: [
    (["sleep", "10"], ["sleep", "10"]), (["--password=x", "-v"], ["--password=•••", "-v"]),
    (["--api-token", "abc", "next"], ["--api-token", "•••", "next"]), (["TOKEN=abc"], ["TOKEN=•••"]),
    (["--password", "--verbose", "a"], ["--password", "--verbose", "a"]), (["a=b", "x hunter2hunter2"], ["a=b", "x •••"]),
    (["--url=http://u:pw@h/"], ["--url=http://u:•••@h/"]), (["/run/secrets/db=1"], ["/run/secrets/db=1"]),
  ])
  func `Arguments that give a secret are hidden`(_ arguments: [String], _ shown: [String]) {
    #expect(mask.arguments(arguments) == shown)
  }

  @Test func `Command lines are looked at word by word`() {
    #expect(mask.commandLine("mysqld --root-password=x1 --port 3306") == "mysqld --root-password=••• --port 3306")
  }
}
