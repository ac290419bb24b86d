import Testing

@testable import Orchestration

/// S-IN-5: nothing but a plain address gets as far as git.
@Suite struct GitAddressTests {
  @Test(arguments: [
    ("https://git.example/team/app.git", "git.example", 443), ("https://git.example:8443/app", "git.example", 8443),
    ("ssh://git@git.example/app.git", "git.example", 22), ("git@git.example:team/app.git", "git.example", 22),
    ("http://10.0.0.5:3000/x", "10.0.0.5", 3000),
  ])
  func `Usual addresses are taken apart`(text: String, host: String, port: Int) throws {
    let address = try #require(GitAddress(text))
    #expect(address.host == host)
    #expect(address.port == port)
  }

  @Test(arguments: [
    "", "--upload-pack=id", "ext::sh -c id", "file:///etc", "/srv/repo", "https://user:secret@git.example/x",
    "https://user@git.example/x",
    "ssh://-oProxyCommand=id/x", "ssh://a@-x/x", "git@host:-x", "https://git.example", "https://git.example/",
    "git://git.example/x",
    "https://git.example/a b", "https://git.example/$(id)", "ssh://u;id@h/x", "https://h:99999/x",
  ])
  func `Options, helpers, local paths and passwords are refused`(text: String) {
    #expect(GitAddress(text) == nil)
  }

  @Test(arguments: ["main", "v1.2.3", "feature/x", "7ddd3cc2d46a929d22c3eae8d5276584918ed8dc"])
  func `Branches, tags and commits are references`(text: String) {
    #expect(GitSource.isUsable(reference: text))
  }

  @Test(arguments: ["", "-x", "a..b", "a b", "a:b", "HEAD@{1}", "a^", "a~1", "a*"])
  func `Ranges, options and patterns are not`(text: String) {
    #expect(!GitSource.isUsable(reference: text))
  }
}
