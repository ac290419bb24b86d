import Glibc
import Testing

@testable import slipway

@Suite struct SettingsTests {
  @Test func `The author is the account's user where the environment names none`() {
    let author = Settings.standard(environment: [:]).author
    #expect(!author.isEmpty && author != "unknown")
    #expect(Settings.standard(environment: ["USER": "", "LOGNAME": "eva"]).author == "eva")
    #expect(Settings.standard(environment: ["SUDO_USER": "ada", "USER": "root"]).author == "ada")
  }

  @Test func `A server outranks a host that is set in the same place, and the environment outranks the file`() throws {
    let home = ["HOME": "/nonexistent"]
    let both = try Settings.load(environment: home.merging(["SLIPWAY_SERVER": "alpha", "DOCKER_HOST": "unix:///x"]) { $1 })
    #expect(both.server == "alpha" && both.host == "unix:///x")
    let path = "/tmp/slipway-settings-\(UInt32.random(in: 0...UInt32.max)).yaml"
    let file = unsafe try #require(unsafe fopen(path, "w"))
    unsafe fputs("server: alpha\n", file)
    unsafe fclose(file)
    defer { unsafe unlink(path) }
    let read = try Settings.load(environment: home.merging(["SLIPWAY_CONFIG": path]) { $1 })
    #expect(read.server == "alpha")
    let named = try Settings.load(environment: home.merging(["SLIPWAY_CONFIG": path, "DOCKER_HOST": "unix:///x"]) { $1 })
    #expect(named.server == nil && named.host == "unix:///x")
    #expect(throws: CommandFailure.self) { try Settings.load(environment: home.merging(["SLIPWAY_SERVER": "a b"]) { $1 }) }
  }

  @Test(arguments: ["/dev/null", "/"])
  func `A settings file that is none is told in words`(path: String) {
    #expect {
      try Settings.load(environment: ["SLIPWAY_CONFIG": path, "HOME": "/nonexistent"])
    } throws: { error in
      let text = "\(error)"
      return text.contains(path) && text.contains("fix: correct SLIPWAY_CONFIG") && !text.contains("notRegular")
        && !text.contains("isDirectory")
    }
  }

  @Test func `Engines over TCP without TLS are allowed by one switch`() throws {
    func allows(_ value: String?) throws -> Bool {
      var environment = ["HOME": "/nonexistent"]
      environment["SLIPWAY_INSECURE_TCP"] = value
      return try Settings.load(environment: environment).allowsPlainTCP
    }
    #expect(try [nil, "", "0", "1", "true"].map(allows) == [false, false, false, true, true])
    #expect(throws: CommandFailure.self) { try allows("perhaps") }
  }
}
