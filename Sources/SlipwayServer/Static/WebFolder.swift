import ComposeFile
import Orchestration

/// Where the built web UI is when nobody says it.
package enum WebFolder {
  /// The folder `web` beside the program, `share/slipway/web` of where it is installed, or `Web/dist` of the checkout that it was
  /// built in; nil where none of them has an `index.html`.
  ///
  /// - Parameter program: absolute, without links.
  package static func standard(program: String) -> String? {
    var folder = parent(of: program)
    var found = [folder + "/web", parent(of: folder) + "/share/slipway/web"]
    // .build/x86_64-unknown-linux-gnu/debug/slipway, dist/slipway
    for _ in 0..<5 where folder.count > 1 {
      if DiskFiles().kind(of: folder + "/Package.swift") == .file { found.append(folder + "/Web/dist") }
      folder = parent(of: folder)
    }
    return found.first { DiskFiles().kind(of: $0 + "/index.html") == .file }
  }

  private static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
  }
}
