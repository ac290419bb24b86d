import Testing

@testable import Orchestration

@Suite struct OutboundHostTests {
  @Test(arguments: [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "100.64.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1",
    "192.168.1.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "2002:c0a8:101::1", "2001:db8::1",
    "2001::1", "4000::1",
  ])
  func `S-OUT-1: this machine, its link, private networks and groups are not the internet`(text: String) throws {
    #expect(try !#require(NetworkAddress(text)).isPublic)
  }

  @Test(arguments: [
    "9.9.9.9", "11.0.0.1", "100.63.0.1", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.2.1", "192.167.0.1", "223.255.255.255",
    "2600::1", "64:ff9b::9.9.9.9", "2002:909:909::1", "::ffff:9.9.9.9",
  ])
  func `Other addresses are`(text: String) throws {
    #expect(try #require(NetworkAddress(text)).isPublic)
  }

  @Test(arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "0x7f.1", "017.0.0.1", "[::1]", ":"])
  func `What is no address is a name`(text: String) { #expect(NetworkAddress(text) == nil) }

  @Test func `An address is written as everybody does`() {
    for text in ["192.0.2.1", "2600::1", "::1"] { #expect(NetworkAddress(text).map { "\($0)" } == text) }
    #expect(NetworkAddress("::ffff:192.0.2.1").map { "\($0)" } == "192.0.2.1")
  }

  @Test(arguments: ["localhost", "127.0.0.1", "::1", "192.168.0.1"])
  func `A name that leads inside is refused`(name: String) async {
    await #expect(throws: OutboundHost.Refusal.self) { try await OutboundHost.lookedUp(name) }
  }

  @Test func `An address of the internet is called where it is`() async throws {
    #expect(try await OutboundHost.lookedUp("9.9.9.9").addresses.map { "\($0)" } == ["9.9.9.9"])
  }

  @Test func `This machine's own addresses are known`() { #expect(NetworkAddress.own().contains { "\($0)" == "127.0.0.1" }) }
}
