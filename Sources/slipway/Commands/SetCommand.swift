import ArgumentParser
import ComposeFile
import ImageVersioning
import Orchestration

/// `slipway set SERVICE image=…`: changes the compose files in place.
struct SetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change a service in the compose files; the rest of their text stays as it is.",
    discussion: """
      Settings are image=IMAGE, env.NAME=VALUE, label.NAME=VALUE and scale=N. The change is made in the file that decides the value, and \
      is shown as a unified diff. A value that others share, or that a variable decides, is refused unless an option allows it.
      """)

  @OptionGroup var global: GlobalOptions

  @Flag(name: .customLong("dry-run"), help: "Only show the difference.")
  var isDryRun = false

  @Option(name: .customLong("unset"), help: ArgumentHelp("Remove env.NAME or label.NAME; may be repeated.", valueName: "setting"))
  var removals: [String] = []

  @Flag(name: .customLong("replace-variables"), help: "Replace a text such as ${TAG}, which a variable decides.")
  var replacesInterpolation = false

  @Flag(name: .customLong("keep-variables"), help: "Take ${NAME} in the new value as a variable, not as text.")
  var keepsVariables = false

  @Flag(name: .customLong("shared"), help: "Change a value that other services share, for all of them.")
  var changesShared = false

  @Argument(help: "Service.")
  var service: String

  @Argument(help: "image=IMAGE, env.NAME=VALUE, label.NAME=VALUE or scale=N.")
  var settings: [String] = []

  func run() throws {
    var edits: [ComposeEdit] = []
    for setting in settings { edits.append(try edit(setting)) }
    for setting in removals { edits.append(try removal(setting)) }
    guard !edits.isEmpty else { throw CommandFailure("nothing to set\n  fix: name a setting, such as image=nginx:1.29") }
    var options = EditOptions()
    options.replacesInterpolation = replacesInterpolation
    options.keepsVariables = keepsVariables
    options.changesShared = changesShared
    var request = global.loadRequest()
    request.activatedServices = [service]
    var editor = ProjectEditor(request, from: CommandFiles())
    for edit in edits { try editor.apply(edit, options) }
    let changes = editor.changes
    if !isDryRun {
      if changes.contains(where: { $0.path == "-" }) {
        throw CommandFailure("standard input cannot be changed\n  fix: name a file with -f, or take the difference of --dry-run")
      }
      for change in changes { try FileReplacement.replace(change.path, change.before, by: change.after) }
    }
    show(changes.map { ($0.path, UnifiedDiff.text(from: $0.before, to: $0.after, path: $0.path)) })
  }

  private func show(_ differences: [(path: String, text: String)]) {
    guard global.isJSON else {
      if differences.isEmpty { StandardError.note("nothing to change: \(service) is so already") }
      StandardOutput.write(differences.map(\.text).joined())
      return
    }
    let files = differences.map { ComposeValue.map(ComposeMap([("path", .string($0.path)), ("diff", .string($0.text))])) }
    let result = ComposeMap([("written", .bool(!isDryRun && !files.isEmpty)), ("files", .list(files))])
    StandardOutput.write(ComposeValue.map(result).json(indented: true) + "\n")
  }

  private func edit(_ setting: String) throws -> ComposeEdit {
    guard let equals = setting.firstIndex(of: "=") else {
      throw CommandFailure("\(setting) has no value\n  fix: write \(setting)=VALUE, or remove it with --unset")
    }
    let (name, value) = (String(setting[..<equals]), String(setting[setting.index(after: equals)...]))
    if name == "image" {
      guard !value.isEmpty else { throw CommandFailure("image= has no image\n  fix: write image=NAME:TAG") }
      // What variables make of it is known when it is deployed.
      if !value.contains("$") {
        do { _ = try ImageReference(parsing: value) } catch { throw CommandFailure("image=\(value): \(error)") }
      }
      return .setImage(service: service, value)
    }
    if name == "scale" {
      guard let count = Int(value), count >= 0 else { throw CommandFailure("scale=\(value) is no number\n  fix: write scale=2") }
      return .setScale(service: service, count)
    }
    if let variable = Self.rest(of: name, after: "env.") { return .setVariable(service: service, name: variable, value: value) }
    if let label = Self.rest(of: name, after: "label.") { return .setLabel(service: service, name: label, value: value) }
    throw unknown(name)
  }

  private func removal(_ name: String) throws -> ComposeEdit {
    if let variable = Self.rest(of: name, after: "env.") { return .removeVariable(service: service, name: variable) }
    if let label = Self.rest(of: name, after: "label.") { return .removeLabel(service: service, name: label) }
    throw unknown(name)
  }

  private static func rest(of name: String, after prefix: String) -> String? {
    name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
  }

  private func unknown(_ name: String) -> CommandFailure {
    CommandFailure("`\(name)` cannot be set\n  fix: use image, scale, env.NAME or label.NAME")
  }
}
