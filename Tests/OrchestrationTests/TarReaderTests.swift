import Testing

@testable import Orchestration

struct TarReaderTests {
  /// Whole archive of these heads, with `x` as content of files.
  static func archive(_ headers: [TarHeader]) -> [UInt8] {
    headers.flatMap { header -> [UInt8] in
      guard case .file(let bytes) = header.kind else { return header.bytes }
      return header.bytes + [UInt8](repeating: UInt8(ascii: "x"), count: bytes) + TarHeader.padding(after: bytes)
    } + TarHeader.end
  }

  private func read(_ bytes: [UInt8], by step: Int) throws(TarProblem) -> (entries: [TarEntry], content: Int, isComplete: Bool) {
    var reader = TarReader()
    var entries: [TarEntry] = []
    var content = 0
    var rest = bytes[...]
    while !rest.isEmpty {
      reader.take(Array(rest.prefix(step)))
      rest = rest.dropFirst(step)
      while let event = try reader.next() {
        switch event {
        case .entry(let entry): entries.append(entry)
        case .content(let piece): content += piece.count
        case .entryEnd: break
        }
      }
    }
    return (entries, content, reader.isComplete)
  }

  @Test(arguments: [1, 7, 511, 512, 513, 100_000])
  func `What was written is read, whatever the pieces`(step: Int) throws {
    let long = String(repeating: "n", count: 300)
    let bytes = Self.archive([
      TarHeader(path: "d", kind: .directory, mode: 0o755), TarHeader(path: "d/f", kind: .file(bytes: 700), mode: 0o600),
      TarHeader(path: "d/\(long)", kind: .file(bytes: 0), mode: 0o644, modifiedAtSeconds: 77),
      TarHeader(path: "d/l", kind: .symbolicLink(to: "f"), mode: 0o777),
    ])
    let (entries, content, isComplete) = try read(bytes, by: step)
    #expect(entries.map(\.path) == ["d/", "d/f", "d/\(long)", "d/l"] && content == 700 && isComplete)
    #expect(entries.map(\.kind) == [.directory, .file, .file, .symbolicLink(to: "f")])
    #expect(entries[1].bytes == 700 && entries[1].mode == 0o600 && entries[2].modifiedAtSeconds == 77)
  }

  @Test func `GNU's long names are read`() throws {
    let long = String(repeating: "g", count: 200)
    var head = TarHeader(path: "././@LongLink", kind: .file(bytes: 201), mode: 0).bytes
    head[156] = UInt8(ascii: "L")
    Self.sign(&head)
    let bytes =
      head + Array(long.utf8) + [0] + TarHeader.padding(after: 201)
      + Self.archive([TarHeader(path: "g", kind: .file(bytes: 1), mode: 0o644)])
    #expect(try read(bytes, by: 100).entries.map(\.path) == [long])
  }

  @Test func `What follows the end is not kept`() throws {
    var reader = TarReader()
    reader.take(Self.archive([TarHeader(path: "f", kind: .file(bytes: 1), mode: 0o644)]))
    while try reader.next() != nil {}
    for _ in 0..<1000 { reader.take([UInt8](repeating: 0, count: 100_000)) }
    #expect(try reader.next() == nil && reader.isComplete && reader.pendingBytes < 10_000)
  }

  @Test func `An archive that is cut off is not whole`() throws {
    let bytes = Self.archive([TarHeader(path: "f", kind: .file(bytes: 600), mode: 0o644)])
    #expect(try !read(Array(bytes.prefix(700)), by: 64).isComplete)
    #expect(try !read([], by: 1).isComplete)
  }

  @Test func `What is no archive, damaged or absurd is refused`() {
    var damaged = Self.archive([TarHeader(path: "f", kind: .file(bytes: 0), mode: 0o644)])
    damaged[3] ^= 1
    var endless = TarHeader(path: "f", kind: .file(bytes: 1), mode: 0o644).bytes
    endless.replaceSubrange(124..<136, with: [0x80] + [UInt8](repeating: 0xFF, count: 11))
    Self.sign(&endless)
    var extended = TarHeader(path: "x", kind: .file(bytes: 2 << 20), mode: 0).bytes
    extended[156] = UInt8(ascii: "x")
    Self.sign(&extended)
    for bytes in [damaged, endless, extended, [UInt8](repeating: 0x1F, count: 1024)] {
      #expect(throws: TarProblem.self) { try read(bytes, by: 512) }
    }
  }

  /// Puts the checksum of a changed block right.
  static func sign(_ block: inout [UInt8]) {
    let sum = block.prefix(512).enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
    let digits = Array(String(sum, radix: 8).utf8)
    block.replaceSubrange(148..<156, with: [UInt8](repeating: UInt8(ascii: "0"), count: 6 - digits.count) + digits + [0, 32])
  }
}

struct ArchiveJudgeTests {
  private func judge(_ headers: [TarHeader]) throws {
    var judge = ArchiveJudge()
    try judge.take(TarReaderTests.archive(headers))
    try judge.finish()
  }

  private static let file = TarHeader.Kind.file(bytes: 3)

  @Test func `A plain archive passes, with links inside`() throws {
    try judge([
      TarHeader(path: "a/b", kind: Self.file, mode: 0o644),
      TarHeader(path: "./a/l", kind: .symbolicLink(to: "../a/b"), mode: 0o777),
      TarHeader(path: "abs", kind: .symbolicLink(to: "/usr/share"), mode: 0o777),
    ])
  }

  @Test(arguments: [
    [TarHeader(path: "../x", kind: .file(bytes: 0), mode: 0o644)], [TarHeader(path: "/x", kind: .file(bytes: 0), mode: 0o644)],
    [TarHeader(path: "a/../../x", kind: .file(bytes: 0), mode: 0o644)],
    [TarHeader(path: "l", kind: .symbolicLink(to: "../etc"), mode: 0o777)],
    [TarHeader(path: "d/l", kind: .symbolicLink(to: "x/../../../etc"), mode: 0o777)],
    [
      TarHeader(path: "l", kind: .symbolicLink(to: "/etc"), mode: 0o777),
      TarHeader(path: "l/x", kind: .file(bytes: 0), mode: 0o644),
    ],
    [TarHeader(path: String(repeating: "n", count: 5000), kind: .file(bytes: 0), mode: 0o644)],
  ])
  func `What would leave the folder is refused`(headers: [TarHeader]) {
    #expect(throws: TarProblem.self) { try judge(headers) }
  }

  @Test(arguments: [UInt8(ascii: "1"), UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "6")])
  func `Devices, FIFOs and hard links to the outside are refused`(flag: UInt8) {
    var bytes = TarHeader(path: "x", kind: .symbolicLink(to: "../y"), mode: 0o644).bytes
    bytes[156] = flag
    TarReaderTests.sign(&bytes)
    var judge = ArchiveJudge()
    #expect(throws: TarProblem.self) { try judge.take(bytes + TarHeader.end) }
  }

  @Test func `One that ends early is refused`() throws {
    var judge = ArchiveJudge()
    try judge.take(Array(TarReaderTests.archive([TarHeader(path: "f", kind: .file(bytes: 900), mode: 0o644)]).prefix(1000)))
    #expect(throws: TarProblem.self) { try judge.finish() }
  }
}
