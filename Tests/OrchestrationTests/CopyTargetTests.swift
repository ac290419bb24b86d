import Testing

@testable import Orchestration

struct CopyTargetTests {
  @Test(arguments: [
    ("web:/etc/hosts", CopyPlace.service("web", path: "/etc/hosts")), ("web:", .service("web", path: "")),
    ("web:rel", .service("web", path: "rel")), ("-", .stream), ("/a:b", .local("/a:b")), ("./a:b", .local("./a:b")),
    ("../a:b", .local("../a:b")), ("a", .local("a")), (":a", .local(":a")), (".", .local(".")),
  ])
  func `A side is a service's when a name stands before the colon`(text: String, expected: CopyPlace) {
    #expect(CopyPlace(text) == expected)
  }

  private func target(_ source: String, _ isFolder: Bool, _ destination: String, _ kind: CopyTarget.Kind) throws -> String {
    let target = try CopyTarget(of: source, isFolder: isFolder, to: destination, kind)
    return "\(target.folder) \(target.name ?? "*")"
  }

  @Test func `Into a folder that exists goes the source under its name, or what is in it`() throws {
    #expect(try target("/s/f", false, "/d", .folder) == "/d f")
    #expect(try target("/s/dir", true, "/d/", .folder) == "/d dir")
    #expect(try target("/s/dir/", true, "/d", .folder) == "/d dir")
    #expect(try target("/s/dir/.", true, "/d", .folder) == "/d *")
    #expect(try target("/", true, "/d", .folder) == "/d *")
  }

  @Test func `What does not exist becomes the source`() throws {
    #expect(try target("/s/f", false, "/d/new", .absent) == "/d new")
    #expect(try target("/s/dir", true, "/d/new", .absent) == "/d new")
    #expect(try target("/s/dir/.", true, "/d/new/", .absent) == "/d new")
  }

  @Test func `A file takes the place of a file`() throws {
    #expect(try target("/s/f", false, "/d/g", .file) == "/d g")
  }

  @Test func `A folder never takes the place of a file, and a slash at the end wants a folder`() {
    #expect(throws: CopyProblem.self) { try target("/s/dir", true, "/d/g", .file) }
    #expect(throws: CopyProblem.self) { try target("/s/f", false, "/d/g/", .file) }
    #expect(throws: CopyProblem.self) { try target("/s/f", false, "/d/new/", .absent) }
    #expect(throws: CopyProblem.self) { try target("/s/f/", false, "/d", .folder) }
  }

  @Test(arguments: [
    ("a", "/w/a"), ("a/", "/w/a/"), ("a/.", "/w/a/."), (".", "/w/."), ("./", "/w/"), ("..", "/"), ("/", "/"), ("/.", "/."),
    ("/x//y/../z", "/x/z"),
  ])
  func `A relative path becomes absolute and keeps what its end means`(path: String, expected: String) {
    #expect(CopyTarget.absolute(path, from: "/w") == expected)
  }
}
