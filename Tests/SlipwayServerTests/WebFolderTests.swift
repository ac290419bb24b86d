import Foundation
import Testing

@testable import SlipwayServer

struct WebFolderTests {
  /// Makes files below a new folder, and removes it after.
  private func with(_ files: [String], _ body: (String) throws -> Void) throws {
    let root = FileManager.default.temporaryDirectory.path + "/slipway-web-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for file in files {
      let path = "\(root)/\(file)"
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data().write(to: URL(filePath: path))
    }
    try body(root)
  }

  @Test(arguments: [
    (["bin/slipway", "bin/web/index.html"], "bin/slipway", "bin/web"),
    (["usr/bin/slipway", "usr/share/slipway/web/index.html"], "usr/bin/slipway", "usr/share/slipway/web"),
    (["Package.swift", ".build/x/debug/slipway", "Web/dist/index.html"], ".build/x/debug/slipway", "Web/dist"),
    (["Package.swift", "dist/slipway", "dist/web/index.html", "Web/dist/index.html"], "dist/slipway", "dist/web"),
  ])
  func `The web UI is found where it is usually put`(files: [String], program: String, folder: String) throws {
    try with(files) { #expect(WebFolder.standard(program: "\($0)/\(program)") == "\($0)/\(folder)") }
  }

  @Test(arguments: [["bin/slipway"], ["bin/slipway", "bin/web/readme"], ["bin/slipway", "Web/dist/index.html"]])
  func `A folder without the page is none, and no checkout is looked for elsewhere`(files: [String]) throws {
    try with(files) { #expect(WebFolder.standard(program: "\($0)/bin/slipway") == nil) }
  }
}
