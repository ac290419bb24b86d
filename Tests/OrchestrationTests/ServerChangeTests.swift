import ComposeFile
import RevisionStore
import Testing

@testable import Orchestration

/// What a command hands to the process that owns the store is written there as it would be here.
@Suite struct ServerChangeTests {
  private static func changes() throws -> [ServerChange] {
    let (name, jump) = (try #require(ServerName("prod")), try #require(ServerName("jump")))
    func server(_ credential: ServerCredential) -> NewServer {
      NewServer(
        name: name, user: "ops", host: "::1", port: 2222, socket: "/run/docker.sock", jumps: [jump],
        hostKeyType: "ssh-ed25519", hostKey: [0, 1, 255], credential: credential, dial: "socat", isJumpOnly: true)
    }
    return [
      .add([server(.key(text: Secret("KEY"), passphrase: Secret("word"))), server(.agent(socket: nil))], replacing: ["prod"]),
      .add([server(.password(Secret("pass")))], replacing: []),
      .addTLS(
        NewTLSServer(name: name, host: "a", port: 2376, authority: "A", certificate: "C", key: Secret("K")), replaces: true),
      .remove("prod"), .rename("prod", to: jump), .credential(ofServer: "prod", .agent(socket: "/a", key: "ssh-ed25519 AAAA")),
      .dial(ofServer: "prod", nil), .dial(ofServer: "prod", "socket"),
    ]
  }

  @Test func `A change comes back as it was`() throws {
    for change in try Self.changes() {
      let text = change.record.json(indented: false)
      let back = try #require(ServerChange(record: try ComposeValue(json: Array(text.utf8))))
      #expect(back.record == change.record)
      #expect("\(back)" == "\(change)")
    }
  }

  @Test(arguments: [
    "{}", #"{"kind":"add","servers":[]}"#, #"{"kind":"rename","name":"a","to":"../b"}"#, #"{"kind":"drop","name":"a"}"#,
    #"{"kind":"add","servers":[{"name":"local"}]}"#,
  ])
  func `What is no change is refused`(text: String) throws {
    let change = ServerChange(record: try ComposeValue(json: Array(text.utf8)))
    if change != nil { Issue.record("it was taken") }
  }
}
