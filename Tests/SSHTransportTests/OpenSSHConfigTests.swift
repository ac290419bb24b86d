import Testing

@testable import SSHTransport

@Suite struct OpenSSHConfigTests {
  private static let usual = """
    # mine
    Host web1 web2
        HostName %h.example.org
        User deploy
        Port 2222
        IdentityFile ~/.ssh/id_web

    host=db
      hostname = 10.0.0.9
      ProxyJump bastion,root@inner:2200

    Host *.example.org !secret.example.org
      User anna
      IdentityFile "~/keys/my key"

    Host *
      User other
      IdentityFile ~/.ssh/id_all
      IdentityAgent none
    """

  @Test func `The first value of an option counts, and names of keys add up`() {
    let host = OpenSSHConfig(text: Self.usual).host("web1")
    #expect(host.hostName == "web1.example.org")
    #expect(host.user == "deploy")
    #expect(host.port == 2222)
    #expect(host.identityFiles == ["~/.ssh/id_web", "~/.ssh/id_all"])
    #expect(host.identityAgent == "none")
    #expect(host.jumps.isEmpty)
    #expect(host.unsupported.isEmpty)
  }

  @Test func `Words may be joined by an equals sign, and quotes hold blanks together`() {
    let config = OpenSSHConfig(text: Self.usual)
    #expect(config.host("db").hostName == "10.0.0.9")
    #expect(config.host("db").jumps == ["bastion", "root@inner:2200"])
    #expect(config.host("a.example.org").identityFiles == ["~/keys/my key", "~/.ssh/id_all"])
  }

  @Test func `A pattern that is negated takes a host out of its block alone`() {
    let config = OpenSSHConfig(text: Self.usual)
    #expect(config.host("a.example.org").user == "anna")
    #expect(config.host("secret.example.org").user == "other")
    #expect(OpenSSHConfig(text: "Host !a\n User b").host("c").user == nil)
  }

  @Test func `What stands before the first Host is for all`() {
    #expect(OpenSSHConfig(text: "User first\nHost a\n User second").host("a").user == "first")
  }

  @Test func `An unknown host is itself`() {
    let host = OpenSSHConfig(text: "").host("10.1.2.3")
    #expect(host == OpenSSHConfig.Host(hostName: "10.1.2.3"))
  }

  @Test func `Names that can be imported are those without patterns, in order`() {
    #expect(OpenSSHConfig(text: Self.usual).names == ["web1", "web2", "db"])
    #expect(OpenSSHConfig(text: "Host a\nHost b a").names == ["a", "b"])
  }

  @Test func `An included file counts where it stands`() {
    let files = ["conf.d/one": "User inner\nHost db\n  Port 99", "loop": "Include loop\nUser end"]
    let config = OpenSSHConfig(text: "Host web\n  Include conf.d/one nothing\n  Port 1\nHost *\n  User outer") { name in
      files[name].map { [$0] } ?? []
    }
    #expect(config.host("web").user == "inner")
    #expect(config.host("db").port == 99)
    #expect(config.host("db").user == "outer")
    #expect(OpenSSHConfig(text: "Include loop") { files[$0].map { [$0] } ?? [] }.host("x").user == "end")
  }

  @Test func `A Match that depends on more than the name is left out and told`() {
    let config = OpenSSHConfig(text: "Match exec \"touch /tmp/x\"\n  User evil\n  Include evil\nMatch all\n  User good") { _ in
      ["Port 1"]
    }
    #expect(config.host("a").user == "good")
    #expect(config.host("a").port == nil)
    #expect(config.notes.count == 1)
  }

  @Test func `A Host ends what a Match has left out`() {
    #expect(OpenSSHConfig(text: "Match user x\n  User evil\nHost a\n  User good").host("a").user == "good")
  }

  @Test func `Commands and what else is not gone by is named`() {
    let host = OpenSSHConfig(
      text: "Host a\n ProxyCommand nc %h 22\n CertificateFile x\n HostKeyAlias y\nHost b\n ProxyCommand none\n ProxyJump none"
    )
    #expect(host.host("a").unsupported == ["ProxyCommand", "CertificateFile", "HostKeyAlias"])
    #expect(host.host("b").unsupported.isEmpty)
    #expect(host.host("b").jumps.isEmpty)
  }

  @Test func `Of ProxyJump and ProxyCommand the first one counts`() {
    #expect(OpenSSHConfig(text: "ProxyJump b\nProxyCommand nc").host("a").unsupported.isEmpty)
    let command = OpenSSHConfig(text: "ProxyCommand nc\nProxyJump b").host("a")
    #expect(command.unsupported == ["ProxyCommand"])
    #expect(command.jumps.isEmpty)
    let none = OpenSSHConfig(text: "ProxyCommand none\nProxyJump b").host("a")
    #expect(none.unsupported.isEmpty)
  }

  @Test func `A comment after a value is none of it, and one in quotes is`() {
    #expect(OpenSSHConfig(text: "User anna # me").host("a").user == "anna")
    #expect(OpenSSHConfig(text: "Port 2222 # theirs").host("a").port == 2222)
    #expect(OpenSSHConfig(text: "IdentityFile \"a #b\"").host("a").identityFiles == ["a #b"])
    #expect(OpenSSHConfig(text: "Host a # the first\n  User anna").names == ["a"])
  }

  @Test(arguments: ["Port 0x10", "Port 65536", "Port", "Port -1", "Port \"22"])
  func `A port that is none is not taken`(line: String) {
    #expect([nil, 22].contains(OpenSSHConfig(text: line).host("a").port))
  }

  @Test func `A hostile pattern does not take long`() {
    let config = OpenSSHConfig(text: "Host " + String(repeating: "*a", count: 5000) + "\n User x")
    #expect(config.host(String(repeating: "a", count: 250) + "b").user == nil)
  }
}
