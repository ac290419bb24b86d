import SlipwayClient
import Testing

@testable import slipway

@Suite struct ContextChoiceTests {
  private func choose(
    _ option: String? = nil, host: String? = nil, in environment: [String: String] = [:], current: String? = nil
  ) throws -> ContextChoice {
    try ContextChoice.choose(option: option, host: host, environment: environment, current: current)
  }

  @Test func `The option outranks the variable, that the address, and that the current context`() throws {
    let all = ["SLIPWAY_CONTEXT": "b", "SLIPWAY_URL": "https://c.example", "SLIPWAY_TOKEN": "t"]
    #expect(try choose("a", in: all, current: "d") == .named("a"))
    #expect(try choose(in: all, current: "d") == .named("b"))
    #expect(
      try choose(in: ["SLIPWAY_URL": "https://c.example", "SLIPWAY_TOKEN": "t"], current: "d")
        == .address(url: "https://c.example", token: "t"))
    #expect(try choose(current: "d") == .named("d"))
    #expect(try choose() == .automatic)
  }

  @Test func `The word embedded means no server, whatever else is set`() throws {
    #expect(try choose("embedded", in: ["SLIPWAY_CONTEXT": "b"], current: "d") == .embedded)
    #expect(try choose(in: ["SLIPWAY_CONTEXT": "embedded"], current: "d") == .embedded)
  }

  @Test func `An engine that is named by its address is worked on here`() throws {
    #expect(try choose(host: "unix:///x", in: ["SLIPWAY_CONTEXT": "b"], current: "d") == .automatic)
    #expect(throws: CommandFailure.self) { try choose("a", host: "unix:///x") }
  }

  @Test func `Empty variables are not set, and an address needs a token`() throws {
    #expect(try choose(in: ["SLIPWAY_CONTEXT": "", "SLIPWAY_URL": ""], current: "d") == .named("d"))
    #expect(throws: CommandFailure.self) { try choose(in: ["SLIPWAY_URL": "https://c.example", "SLIPWAY_TOKEN": ""]) }
    #expect(try choose(in: ["SLIPWAY_URL": "unix:///s"]) == .address(url: "unix:///s", token: nil))
  }

  @Test(arguments: [
    ("https://a.example", "https://a.example", true), ("https://A.example:8443/", "https://a.example:8443", true),
    ("http://127.0.0.1:80", "http://127.0.0.1", true), ("http://[::1]:8080", "http://[::1]:8080", true),
    ("http://a.example", "http://a.example", false), ("http://127.evil.example", "http://127.evil.example", false),
    ("unix:///run/s.sock", "unix:///run/s.sock", true),
  ])
  func `Addresses are read, and plain HTTP keeps secrets on this machine only`(
    text: String, shown: String, keepsSecrets: Bool
  ) throws {
    let address = try #require(ServerAddress(text))
    #expect(address.description == shown)
    #expect(address.keepsSecrets == keepsSecrets)
  }

  @Test(arguments: ["a.example", "ftp://a", "https://", "https://a/b", "https://u@a", "https://a:0", "https://a:x", "unix://x"])
  func `What is no address of a server is refused`(text: String) {
    #expect(ServerAddress(text) == nil)
  }

  @Test func `A fingerprint is read with and without its word and colons`() {
    let digits = String(repeating: "ab", count: 32)
    let colons = Array(repeating: "AB", count: 32).joined(separator: ":")
    #expect(ServerTrust.pin(digits) == .pinned(sha256: digits))
    #expect(ServerTrust.pin("SHA256:\(colons)") == .pinned(sha256: digits))
    #expect(ServerTrust.pin("SHA256:abc") == nil)
  }

  @Test(arguments: ["prod", "a.b-c_1"])
  func `Names of contexts are plain words`(name: String) { #expect(ServerContexts.isName(name)) }

  @Test(arguments: ["", "embedded", "-a", "a b", "a/b", String(repeating: "a", count: 64)])
  func `Other names are refused`(name: String) { #expect(!ServerContexts.isName(name)) }
}
