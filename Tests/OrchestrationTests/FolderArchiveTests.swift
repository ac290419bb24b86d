import Foundation
import Testing

@testable import Orchestration

struct FolderArchiveTests {
  /// A folder that is gone after `body`.
  private func inFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("context-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  private func write(_ files: [String: String], in folder: URL) throws {
    for (path, text) in files {
      let file = folder.appendingPathComponent(path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: false, encoding: .utf8)
    }
  }

  private func bytes(of archive: FolderArchive) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await chunk in archive { bytes += chunk }
    return bytes
  }

  /// What `tar` sees in the archive.
  private func listing(_ archive: FolderArchive, in folder: URL) async throws -> [String] {
    let file = folder.appendingPathExtension("tar")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(try await bytes(of: archive)).write(to: file)
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["tar", "--numeric-owner", "-tvf", file.path]
    process.standardOutput = pipe
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in done.resume() }
      do { try process.run() } catch { done.resume(throwing: error) }
    }
    return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).split(separator: "\n").map { line in
      // mode, owner, size, date, time, name
      let parts = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true).map(String.init)
      return "\(parts[0]) \(parts[1]) \(parts[2]) \(parts[5])"
    }
  }

  @Test func `Files, folders and links go with their modes, as root's`() async throws {
    try await inFolder { folder in
      try write(["a/run": "#!/bin/sh\n", "b": "xyz"], in: folder)
      let run = folder.appendingPathComponent("a/run").path
      try FileManager.default.setAttributes([.posixPermissions: 0o751], ofItemAtPath: run)
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.appendingPathComponent("b").path)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.appendingPathComponent("a").path)
      try FileManager.default.createSymbolicLink(atPath: folder.appendingPathComponent("l").path, withDestinationPath: "../gone")
      let listing = try await listing(FolderArchive([.init(root: folder.path)]), in: folder)
      #expect(
        listing == [
          "drwxr-xr-x 0/0 0 a/", "-rwxr-x--x 0/0 10 a/run", "-rw-r----- 0/0 3 b", "lrwxrwxrwx 0/0 0 l -> ../gone",
        ])
    }
  }

  @Test func `What is ignored stays behind, what an exception names goes, and so do the build's own files`() async throws {
    try await inFolder { folder in
      try write(
        ["Dockerfile": "", ".dockerignore": "", "x": "", "src/a": "", "src/deep/keep": "", "src/deep/b": "", "docs/c": ""],
        in: folder)
      var source = FolderSource(
        root: folder.path, ignored: try IgnorePatterns(["*", "!src", "src/deep/*", "!**/keep"]))
      source.kept = ["Dockerfile", ".dockerignore"]
      let names = try await listing(FolderArchive([source]), in: folder).compactMap {
        $0.split(separator: " ").last.map(String.init)
      }
      #expect(names == [".dockerignore", "Dockerfile", "src/", "src/a", "src/deep/", "src/deep/keep"])
    }
  }

  @Test func `A file that is put in replaces the one on the disk`() async throws {
    try await inFolder { folder in
      try write([".dockerignore": "long text", "a": ""], in: folder)
      var archive = FolderArchive([.init(root: folder.path)])
      archive.inserted = [".dockerignore": Array("x".utf8), ".dockerfile.1": []]
      #expect(
        try await listing(archive, in: folder).map { $0.split(separator: " ").dropFirst(2).joined(separator: " ") } == [
          "0 .dockerfile.1", "1 .dockerignore", "0 a",
        ])
    }
  }

  @Test func `Long paths and a large file come through in pieces of bounded size`() async throws {
    try await inFolder { folder in
      let long = (0..<12).map { "\($0)" + String(repeating: "n", count: 40) }.joined(separator: "/")
      try write([long: "deep"], in: folder)
      let large = folder.appendingPathComponent("large").path
      _ = FileManager.default.createFile(atPath: large, contents: nil)
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: large))
      try handle.truncate(atOffset: 20 << 20)
      try handle.close()
      let archive = FolderArchive([.init(root: folder.path)])
      var largest = 0
      var total = 0
      for try await chunk in archive {
        largest = max(largest, chunk.count)
        total += chunk.count
      }
      #expect(largest < 3 * FolderArchive.chunkBytes)
      #expect(total > 20 << 20 && total % 512 == 0)
      #expect(try await listing(archive, in: folder).contains { $0.hasSuffix(long) })
    }
  }

  @Test func `Files and folders from several places go to theirs`() async throws {
    try await inFolder { folder in
      try write(["a/x": "1", "b": "22"], in: folder)
      var empty = FolderSource(root: folder.appendingPathComponent("a").path, place: "only")
      empty.isDeep = false
      var gone = FolderSource(root: folder.appendingPathComponent("gone").path, place: "gone")
      gone.isRequired = false
      let archive = FolderArchive([
        .init(root: folder.appendingPathComponent("b").path, place: "srv/new"), empty,
        .init(root: folder.appendingPathComponent("a").path, place: "deep/er"),
        gone,
      ])
      let names = try await listing(archive, in: folder).compactMap { $0.split(separator: " ").last.map(String.init) }
      #expect(names == ["srv/new", "only/", "deep/er/", "deep/er/x"])
    }
  }

  @Test func `A file that cannot be read is named`() async throws {
    try await inFolder { folder in
      let archive = FolderArchive([.init(root: folder.appendingPathComponent("gone").path)])
      await #expect(throws: FolderProblem.self) { try await bytes(of: archive) }
      #expect(archive.problem?.description.contains("gone: cannot be read: No such file") == true)
    }
  }
}
