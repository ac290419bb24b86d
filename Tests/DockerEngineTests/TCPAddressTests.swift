import DockerEngine
import Testing

@Suite struct TCPAddressTests {
  @Test(arguments: [
    ("tcp://box", "tcp://box:2376"), ("tcp://box:99", "tcp://box:99"), ("tcp://", "tcp://localhost:2376"),
    ("tcp://:2375", "tcp://localhost:2375"), ("box:2375", "tcp://box:2375"), ("tcp://10.0.0.7/", "tcp://10.0.0.7:2376"),
    ("tcp://[::1]:99", "tcp://[::1]:99"), ("tcp://[2001:db8::1]", "tcp://[2001:db8::1]:2376"), ("tcp://::1", "tcp://[::1]:2376"),
    ("tcp://[fe80::1%eth0]:2376", "tcp://[fe80::1%eth0]:2376"), ("tcp://eva:secret@box:1", "tcp://box:1"),
  ])
  func `An address gives host and port, in one form`(text: String, form: String) throws {
    #expect(TCPAddress.isMeant(by: text))
    #expect(try TCPAddress(parsing: text, isSecure: true).description == form)
  }

  @Test func `Without TLS the standard port is another`() throws {
    #expect(try TCPAddress(parsing: "tcp://box", isSecure: false).port == 2375)
  }

  @Test(arguments: [
    "tcp://box:0", "tcp://box:65536", "tcp://box:", "tcp://box:+1", "tcp://box:x", "tcp://a b", "tcp://box:1/path",
    "tcp://box?x=1",
    "tcp://[::1", "tcp://[::1]x", "tcp://[box]:1", "tcp://1:2:3", "tcp://-box", "tcp://b\u{0}x", "tcp://eva:secret@b x",
  ])
  func `What is none is refused, and a password in it is not shown`(text: String) {
    #expect {
      try TCPAddress(parsing: text, isSecure: true)
    } throws: { error in
      guard case EngineError.badEndpoint = error else { return false }
      return !"\(error)".contains("secret")
    }
  }

  @Test(arguments: ["unix:///x", "ssh://box:22", "/run/x.sock", "https://box:1", "box", "npipe:////./pipe/x"])
  func `Addresses of other kinds are not meant`(text: String) {
    #expect(!TCPAddress.isMeant(by: text))
  }

  @Test func `Loopback is what only this machine reaches`() throws {
    for host in ["127.0.0.1", "127.9.9.9", "[::1]", "[0:0::1]", "[::ffff:127.0.0.1]", "localhost", "LOCALHOST", "a.localhost"] {
      #expect(try TCPAddress(parsing: "tcp://\(host):1", isSecure: false).isLoopback, "\(host)")
    }
    for host in [
      "10.0.0.1", "0.0.0.0", "[::]", "[::2]", "box", "127.0.0.1.example.test", "localhost.example.test", "1270.0.1", "127.1",
    ] {
      #expect(try !TCPAddress(parsing: "tcp://\(host):1", isSecure: false).isLoopback, "\(host)")
    }
  }
}
