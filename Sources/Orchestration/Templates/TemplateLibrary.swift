import ComposeFile
import Glibc

/// Where templates are found.
package struct TemplateLibrary: Sendable {
  /// Absolute folders, the first with a template of the name wins.
  package var folders: [String]

  package init(folders: [String]) { self.folders = folders }

  /// `SLIPWAY_TEMPLATES` (folders with colons between them) if set; else `../share/slipway/templates` beside the program, else
  /// the `templates` of the checkout that the program was built in.
  package static func standard(environment: [String: String], program: String, currentDirectory: String) -> TemplateLibrary {
    if let list = environment["SLIPWAY_TEMPLATES"], !list.isEmpty {
      return TemplateLibrary(
        folders: list.split(separator: ":").map { $0.hasPrefix("/") ? String($0) : "\(currentDirectory)/\($0)" })
    }
    var folders: [String] = []
    var folder = Self.parent(of: program)
    folders.append(Self.parent(of: folder) + "/share/slipway/templates")
    // .build/x86_64-unknown-linux-gnu/debug/slipway, dist/slipway
    for _ in 0..<5 where folder.count > 1 {
      if DiskFiles().kind(of: folder + "/Package.swift") == .file { folders.append(folder + "/templates") }
      folder = Self.parent(of: folder)
    }
    return TemplateLibrary(folders: folders.filter { DiskFiles().kind(of: $0) == .directory })
  }

  private static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
  }

  /// All templates by name.
  package func all() throws -> [StackTemplate] {
    var templates: [String: StackTemplate] = [:]
    for folder in folders {
      for name in FolderNames.sorted(in: folder) ?? [] where templates[name] == nil && Self.isTemplate("\(folder)/\(name)") {
        templates[name] = try StackTemplate.read(folder: "\(folder)/\(name)")
      }
    }
    return templates.values.sorted { $0.name < $1.name }
  }

  /// The template of a name; throws `StackTemplate.Refusal` when there is none.
  package func template(named name: String) throws -> StackTemplate {
    let isPlain = !name.isEmpty && !name.contains("/") && !name.hasPrefix(".")
    if isPlain, let folder = folders.first(where: { Self.isTemplate("\($0)/\(name)") }) {
      return try StackTemplate.read(folder: "\(folder)/\(name)")
    }
    let names = Set(
      folders.flatMap { folder in (FolderNames.sorted(in: folder) ?? []).filter { Self.isTemplate("\(folder)/\($0)") } })
    throw StackTemplate.Refusal(
      description: names.isEmpty
        ? "there is no template \"\(name)\": no templates were found\n  fix: set SLIPWAY_TEMPLATES to a folder that has some"
        : "there is no template \"\(name)\"\n  fix: use one of \(names.sorted().joined(separator: ", "))")
  }

  private static func isTemplate(_ folder: String) -> Bool {
    DiskFiles().kind(of: "\(folder)/\(StackTemplate.fileName)") == .file
  }
}
