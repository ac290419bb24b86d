import SSHTransport
import Testing

@Suite struct SSHAddressTests {
  @Test(arguments: [
    ("ssh://deploy@10.0.0.2", "deploy@10.0.0.2", 22), ("ssh://root@alpha.example.org:2222", "root@alpha.example.org:2222", 2222),
    ("ssh://a@[fd00::1]:23", "a@[fd00::1]:23", 23), ("ssh://a@[fd00::1]", "a@[fd00::1]", 22),
  ])
  func `An address is read and printed the same`(text: String, printed: String, port: Int) throws {
    let address = try SSHAddress(parsing: text)
    #expect(address.description == printed)
    #expect(Int(address.port) == port)
    #expect(try SSHAddress(parsing: address.url) == address)
  }

  @Test(arguments: [
    "ssh://alpha", "ssh://-oProxyCommand=id", "ssh://root@-oProxyCommand=id", "ssh://root;id@alpha", "ssh://a b@alpha",
    "ssh://$(id)@alpha", "ssh://root@alpha\n", "ssh://root@al\npha", "ssh://root@alpha:0", "ssh://root@alpha:65536",
    "ssh://root@alpha:", "ssh://root:word@alpha", "http://root@alpha", "ssh://root@", "ssh://@alpha", "ssh://root@[fd00::1",
    "ssh://root@alpha/run/docker.sock", "ssh://root@`id`",
  ])
  func `A text that is no plain address is refused`(text: String) {
    #expect(throws: SSHError.self) { try SSHAddress(parsing: text) }
  }

  @Test(arguments: ["docker.sock", "/run/docker.sock; id", "/run/$(id)", "/run/a b", "/" + String(repeating: "a", count: 107)])
  func `A socket's path has no character that a shell knows`(text: String) {
    #expect(throws: SSHError.self) { try RemotePath(socket: text) }
  }
}
