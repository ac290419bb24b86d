import Foundation
import Testing

@testable import Orchestration

/// A file gives way to another text whole, and stays the file that it was.
@Suite struct FileReplacementTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("slipway-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func write(_ text: String, to path: String, mode: Int = 0o644) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  private func refusal(_ path: String, _ before: String) -> String? {
    do throws(OperationRefused) {
      try FileReplacement.replace(path, Array(before.utf8), by: Array("new".utf8))
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `The file behind a link is replaced, with its mode, and nothing is left beside it`() throws {
    try withFolder { folder in
      try write("old", to: "\(folder)/real.yaml", mode: 0o640)
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/compose.yaml", withDestinationPath: "real.yaml")
      try FileReplacement.replace("\(folder)/compose.yaml", Array("old".utf8), by: Array("new".utf8))
      #expect(try String(contentsOfFile: "\(folder)/real.yaml", encoding: .utf8) == "new")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/compose.yaml") == "real.yaml")
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/real.yaml")
      #expect(attributes[.posixPermissions] as? Int == 0o640)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["compose.yaml", "real.yaml"])
    }
  }

  @Test func `A file that has changed meanwhile is left alone`() throws {
    try withFolder { folder in
      try write("newer", to: "\(folder)/c.yaml")
      #expect(refusal("\(folder)/c.yaml", "old")?.contains("has changed meanwhile") ?? false)
      #expect(try String(contentsOfFile: "\(folder)/c.yaml", encoding: .utf8) == "newer")
    }
  }

  @Test func `What cannot be replaced safely is refused`() throws {
    try withFolder { folder in
      try write("old", to: "\(folder)/c.yaml")
      try FileManager.default.linkItem(atPath: "\(folder)/c.yaml", toPath: "\(folder)/d.yaml")
      #expect(refusal("\(folder)/c.yaml", "old")?.contains("hard links") ?? false)
      #expect(refusal("\(folder)/none.yaml", "old")?.contains("No such file") ?? false)
      #expect(refusal(folder, "old") != nil)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["c.yaml", "d.yaml"])
    }
  }
}
