import Testing

@testable import Orchestration

struct TarHeaderTests {
  private func text(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> String {
    String(decoding: bytes[offset..<(offset + width)].prefix { $0 != 0 }, as: UTF8.self)
  }

  @Test
  func `A short path is one block with a right checksum`() {
    let bytes = TarHeader(path: "run/secrets/key", kind: .file(bytes: 5), mode: 0o400, uid: 1000, gid: 100).bytes
    #expect(bytes.count == 512)
    #expect(text(bytes, 0, 100) == "run/secrets/key")
    #expect(text(bytes, 100, 8) == "0000400" && text(bytes, 108, 8) == "0001750" && text(bytes, 116, 8) == "0000144")
    #expect(text(bytes, 124, 12) == "00000000005" && text(bytes, 257, 6) == "ustar")
    let sum = bytes.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
    #expect(Int(text(bytes, 148, 7).prefix { $0 != "\0" }, radix: 8) == sum)
  }

  @Test
  func `A path of up to 255 bytes is split at a slash`() {
    let folder = String(repeating: "d", count: 120)
    let bytes = TarHeader(path: "\(folder)/file", kind: .file(bytes: 0), mode: 0o644).bytes
    #expect(bytes.count == 512)
    #expect(text(bytes, 345, 155) == folder && text(bytes, 0, 100) == "file")
  }

  @Test
  func `What ustar cannot hold goes into a pax record whose length counts itself`() {
    let path = String(repeating: "n", count: 300)
    let bytes = TarHeader(path: path, kind: .file(bytes: 0), mode: 0o644, uid: 3_000_000).bytes
    #expect(bytes.count == 3 * 512)
    #expect(bytes[156] == UInt8(ascii: "x") && bytes[1024 + 156] == UInt8(ascii: "0"))
    #expect(text(bytes, 512, 512) == "310 path=\(path)\n15 uid=3000000\n")
    #expect(text(bytes, 124, 12) == "00000000505")
  }

  @Test
  func `A directory ends with a slash and a link names its target`() {
    let directory = TarHeader(path: "src", kind: .directory, mode: 0o755).bytes
    #expect(text(directory, 0, 100) == "src/" && directory[156] == UInt8(ascii: "5"))
    let link = TarHeader(path: "now", kind: .symbolicLink(to: "src"), mode: 0o777).bytes
    #expect(text(link, 157, 100) == "src" && link[156] == UInt8(ascii: "2"))
  }
}
