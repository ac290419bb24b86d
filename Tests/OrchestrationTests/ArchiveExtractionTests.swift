import Foundation
import Testing

@testable import Orchestration

struct ArchiveExtractionTests {
  private static let file = TarHeader.Kind.file(bytes: 3)

  /// A folder with `in` to write to and `secret` beside it.
  private func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("extract-\(UInt64.random(in: 0...UInt64.max))")
    try FileManager.default.createDirectory(at: folder.appendingPathComponent("in"), withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: folder.appendingPathComponent("secret"))
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  private func extract(_ headers: [TarHeader], into folder: URL, as name: String?) throws -> [String] {
    let path = folder.appendingPathComponent("in").path
    let target = try CopyTarget(
      of: name == nil ? "/s/." : "/s/\(name ?? "")", isFolder: true, to: path, .folder)
    var extraction = try ArchiveExtraction(into: target)
    try extraction.take(TarReaderTests.archive(headers))
    try extraction.finish()
    return extraction.skipped
  }

  private func names(in folder: URL) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.appendingPathComponent("in").path).sorted()
  }

  @Test func `A tree comes out under the wanted name, with its modes and times`() async throws {
    try await withFolder { folder in
      let headers = [
        TarHeader(path: "src/", kind: .directory, mode: 0o555, modifiedAtSeconds: 1000),
        TarHeader(path: "src/f", kind: Self.file, mode: 0o4750, modifiedAtSeconds: 2000),
        TarHeader(path: "src/l", kind: .symbolicLink(to: "f"), mode: 0o777),
      ]
      _ = try extract(headers, into: folder, as: "dst")
      #expect(try names(in: folder) == ["dst", "dst/f", "dst/l"])
      let path = folder.appendingPathComponent("in/dst").path
      let attributes = try FileManager.default.attributesOfItem(atPath: path + "/f")
      #expect(
        attributes[.posixPermissions] as? Int == 0o750
          && attributes[.modificationDate] as? Date == Date(timeIntervalSince1970: 2000))
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o555)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path + "/l") == "f")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
  }

  @Test func `Contents come into the folder itself, over files that are there`() async throws {
    try await withFolder { folder in
      try Data("old".utf8).write(to: folder.appendingPathComponent("in/f"))
      _ = try extract(
        [TarHeader(path: "./", kind: .directory, mode: 0o755), TarHeader(path: "./f", kind: Self.file, mode: 0o644)],
        into: folder,
        as: nil)
      #expect(try names(in: folder) == ["f"])
      #expect(try Data(contentsOf: folder.appendingPathComponent("in/f")) == Data("xxx".utf8))
    }
  }

  @Test(arguments: [
    [TarHeader(path: "s/../../secret", kind: ArchiveExtractionTests.file, mode: 0o644)],
    [
      TarHeader(path: "s", kind: .directory, mode: 0o755),
      TarHeader(path: "other/f", kind: ArchiveExtractionTests.file, mode: 0o644),
    ],
    [
      TarHeader(path: "s", kind: .directory, mode: 0o755),
      TarHeader(path: "/etc/x", kind: ArchiveExtractionTests.file, mode: 0o644),
    ],
    [
      TarHeader(path: "s", kind: .directory, mode: 0o755),
      TarHeader(path: "s/l", kind: .symbolicLink(to: "../../.."), mode: 0o777),
    ],
    [
      TarHeader(path: "s", kind: .directory, mode: 0o755), TarHeader(path: "s/l", kind: .symbolicLink(to: "/"), mode: 0o777),
      TarHeader(path: "s/l/f", kind: ArchiveExtractionTests.file, mode: 0o644),
    ],
    [TarHeader(path: String(repeating: "n", count: 5000), kind: ArchiveExtractionTests.file, mode: 0o644)],
  ])
  func `Nothing is written outside`(headers: [TarHeader]) async throws {
    try await withFolder { folder in
      #expect(throws: TarProblem.self) { try extract(headers, into: folder, as: "s") }
      let secret = try String(contentsOf: folder.appendingPathComponent("secret"), encoding: .utf8)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(secret == "mine" && names == ["in", "secret"])
    }
  }

  @Test func `A link that was there before is not followed either, and is replaced as a file`() async throws {
    try await withFolder { folder in
      let path = folder.appendingPathComponent("in").path
      try FileManager.default.createSymbolicLink(atPath: path + "/f", withDestinationPath: "../secret")
      try FileManager.default.createSymbolicLink(atPath: path + "/d", withDestinationPath: "..")
      _ = try extract(
        [TarHeader(path: ".", kind: .directory, mode: 0o755), TarHeader(path: "f", kind: Self.file, mode: 0o644)], into: folder,
        as: nil)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path + "/f")) == Data("xxx".utf8))
      #expect(throws: TarProblem.self) {
        try extract(
          [TarHeader(path: ".", kind: .directory, mode: 0o755), TarHeader(path: "d/secret", kind: Self.file, mode: 0o644)],
          into: folder, as: nil)
      }
      #expect(try String(contentsOf: folder.appendingPathComponent("secret"), encoding: .utf8) == "mine")
    }
  }

  @Test func `A folder and a file do not take each other's place`() async throws {
    try await withFolder { folder in
      let path = folder.appendingPathComponent("in").path
      try FileManager.default.createDirectory(atPath: path + "/d", withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: path + "/f"))
      let root = TarHeader(path: ".", kind: .directory, mode: 0o755)
      #expect(throws: TarProblem.self) {
        try extract([root, TarHeader(path: "d", kind: Self.file, mode: 0o644)], into: folder, as: nil)
      }
      #expect(throws: TarProblem.self) {
        try extract([root, TarHeader(path: "f", kind: .directory, mode: 0o755)], into: folder, as: nil)
      }
      #expect(try names(in: folder) == ["d", "f"])
    }
  }

  @Test func `An archive that is cut off leaves no part of a file`() async throws {
    try await withFolder { folder in
      let path = folder.appendingPathComponent("in").path
      let bytes = TarReaderTests.archive([TarHeader(path: "f", kind: .file(bytes: 5000), mode: 0o644)])
      func cut() throws {
        let target = try CopyTarget(of: "/s/f", isFolder: false, to: path, .folder)
        var extraction = try ArchiveExtraction(into: target)
        try extraction.take(Array(bytes.prefix(3000)))
        try extraction.finish()
      }
      #expect(throws: TarProblem.self) { try cut() }
      let left = try names(in: folder)
      #expect(left == [])
    }
  }

  @Test func `Special files are left out and told, hard links are made`() async throws {
    try await withFolder { folder in
      func changed(_ header: TarHeader, _ flag: UInt8) -> [UInt8] {
        var bytes = header.bytes
        bytes[156] = flag
        TarReaderTests.sign(&bytes)
        return bytes
      }
      let path = folder.appendingPathComponent("in").path
      let target = try CopyTarget(of: "/s", isFolder: true, to: path, .folder)
      var extraction = try ArchiveExtraction(into: target)
      let head = TarReaderTests.archive([
        TarHeader(path: "s", kind: .directory, mode: 0o755), TarHeader(path: "s/f", kind: Self.file, mode: 0o644),
      ])
      try extraction.take(Array(head.dropLast(1024)))
      try extraction.take(changed(TarHeader(path: "s/pipe", kind: .directory, mode: 0o644), UInt8(ascii: "6")))
      try extraction.take(changed(TarHeader(path: "s/hard", kind: .symbolicLink(to: "s/f"), mode: 0o644), UInt8(ascii: "1")))
      try extraction.take(TarHeader.end)
      try extraction.finish()
      #expect(extraction.skipped == ["s/pipe/"])
      #expect(try names(in: folder) == ["s", "s/f", "s/hard"])
    }
  }

  @Test func `A folder of this machine makes an archive that comes out the same`() async throws {
    try await withFolder { folder in
      let source = folder.appendingPathComponent("tree")
      try FileManager.default.createDirectory(at: source.appendingPathComponent("a/b"), withIntermediateDirectories: true)
      try Data(repeating: 7, count: 700_000).write(to: source.appendingPathComponent("a/big"))
      try FileManager.default.createSymbolicLink(atPath: source.path + "/a/b/l", withDestinationPath: "../big")
      let target = try CopyTarget(of: source.path, isFolder: true, to: folder.appendingPathComponent("in").path, .folder)
      var extraction = try ArchiveExtraction(into: target)
      for try await chunk in FolderArchive([FolderSource(root: source.path, place: "any")]) {
        #expect(chunk.count < FolderArchive.chunkBytes + (128 << 10))
        try extraction.take(chunk)
      }
      try extraction.finish()
      #expect(try names(in: folder) == ["tree", "tree/a", "tree/a/b", "tree/a/b/l", "tree/a/big"])
      #expect(try Data(contentsOf: folder.appendingPathComponent("in/tree/a/big")) == Data(repeating: 7, count: 700_000))
    }
  }
}
