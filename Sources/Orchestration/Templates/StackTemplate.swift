package import ComposeFile

/// A stack template: a folder with `template.yaml` and the files of the stack (docs/templates.md).
package struct StackTemplate: Sendable {
  package struct Parameter: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable { case string, int, bool, port, choice, secret }

    package var name: String
    package var kind: Kind
    package var description: String
    package var defaultValue: String?
    /// The whole value must match it.
    package var pattern: String?
    /// For `choice` only.
    package var choices: [String]

    package init(
      name: String, kind: Kind, description: String = "", defaultValue: String? = nil, pattern: String? = nil,
      choices: [String] = []
    ) {
      self.name = name
      self.kind = kind
      self.description = description
      self.defaultValue = defaultValue
      self.pattern = pattern
      self.choices = choices
    }
  }

  /// The folder's name.
  package var name: String
  /// Absolute.
  package var folder: String
  package var title: String
  package var description: String
  package var parameters: [Parameter]

  package static let fileName = "template.yaml"
  static let fileLimitBytes = 64 << 10

  /// Reads a template's `template.yaml`; throws all that is wrong with it.
  package static func read(folder: String, from source: some FileSource = DiskFiles()) throws -> StackTemplate {
    let path = "\(folder)/\(fileName)"
    let bytes: [UInt8]
    do {
      bytes = try source.read(path, limit: fileLimitBytes)
    } catch {
      throw ComposeProblems([
        ComposeProblem(
          .unreadableFile, at: SourcePosition(file: path, line: 0, column: 0), "cannot be read: \(error)",
          fix: "check that it is there and readable")
      ])
    }
    let name = folder.split(separator: "/").last.map(String.init) ?? folder
    return try TemplateReader.template(bytes, name: name, folder: folder, file: path)
  }
}
