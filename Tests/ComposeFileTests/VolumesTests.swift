import Testing

@testable import ComposeFile

@Suite struct VolumesTests {
  @Test(arguments: [
    ("/d", #"{"type":"volume","target":"/d"}"#),
    ("/data", #"{"type":"volume","target":"/data","volume":{}}"#),
    ("data:/d/", #"{"type":"volume","source":"data","target":"/d","volume":{}}"#),
    ("./a:/d:ro", #"{"type":"bind","source":"./a","target":"/d","read_only":true,"bind":{"create_host_path":true}}"#),
    ("v:/data", #"{"type":"volume","target":"v:/data","volume":{}}"#),
    ("data:/d:nocopy", #"{"type":"volume","source":"data","target":"/d","volume":{"nocopy":true}}"#),
    ("~/x:/d:rshared", #"{"type":"bind","source":"~/x","target":"/d","bind":{"propagation":"rshared","create_host_path":true}}"#),
    ("/a:/d:cached", #"{"type":"bind","source":"/a","target":"/d","bind":{"create_host_path":true}}"#),
  ])
  func `A short volume is a mapping`(text: String, expected: String) throws {
    let node = try VolumeSpec(text).node(at: SourcePosition(file: "f", line: 1, column: 1))
    #expect(node.plain.json(indented: false) == expected)
  }

  @Test(arguments: ["", "data::/x", "/a:/b:ro:z", ":/xyz"])
  func `A malformed volume is refused`(text: String) {
    #expect(throws: VolumeSpec.Malformed.self) { try VolumeSpec(text) }
  }
}
