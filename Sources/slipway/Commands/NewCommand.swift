import ArgumentParser
import ComposeFile
import Glibc
import Orchestration

/// `slipway new`: a stack's folder out of a template.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make the folder of a new stack from a template.",
    discussion: """
      On a terminal it asks for the values that --set does not give; an empty answer takes the default. Templates come from \
      SLIPWAY_TEMPLATES, from ../share/slipway/templates beside the program, or from the checkout that it was built in.
      """)

  @OptionGroup var global: GlobalOptions

  @Flag(name: .customLong("list"), help: "List the templates.")
  var isListing = false

  @Option(name: .customLong("set"), help: ArgumentHelp("Value of a parameter; may be repeated.", valueName: "name=value"))
  var settings: [String] = []

  @Flag(name: .customLong("defaults"), help: "Do not ask: take the defaults.")
  var takesDefaults = false

  @Argument(help: "Template.")
  var template: String?

  @Argument(help: "Folder to make; named as the template when not given.")
  var directory: String?

  func validate() throws {
    if template == nil, !isListing { throw ValidationError("Name a template; slipway new --list shows them") }
  }

  func run() throws {
    let current = ProcessEnvironment.currentDirectory
    let library = TemplateLibrary.standard(
      environment: ProcessEnvironment.all, program: Self.program(), currentDirectory: current)
    guard let template, !isListing else { return try list(library) }
    let chosen = try library.template(named: template)
    var given: [String: String] = [:]
    for setting in settings {
      guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
        throw CommandFailure("--set \(setting) is not NAME=value")
      }
      given[String(setting[..<equals])] = String(setting[setting.index(after: equals)...])
    }
    if Question.isPossible, !takesDefaults { try ask(chosen, &given) }
    var random = SystemRandomNumberGenerator()
    let values = try chosen.values(given, using: &random)
    let place = directory ?? chosen.name
    let folder = place.hasPrefix("/") ? place : "\(current)/\(place)"
    let files = try chosen.make(in: folder, values: values)
    if global.isJSON {
      let fields = ComposeMap([
        ("template", .string(chosen.name)), ("folder", .string(folder)), ("files", .list(files.map { .string($0) })),
      ])
      StandardOutput.write(ComposeValue.map(fields).json(indented: true) + "\n")
    } else {
      StandardOutput.show(
        "made \(place) from the template \(chosen.name): \(files.joined(separator: ", "))\nnext: cd \(place) && slipway deploy\n")
    }
  }

  private func list(_ library: TemplateLibrary) throws {
    let templates = try library.all()
    if global.isJSON {
      StandardOutput.write(ComposeValue.list(templates.map(Self.json)).json(indented: true) + "\n")
    } else {
      let rows = templates.map { [$0.name, $0.title, $0.description] }
      StandardOutput.show(Table.text([["NAME", "TITLE", "DESCRIPTION"]] + rows))
    }
  }

  private static func json(_ template: StackTemplate) -> ComposeValue {
    let parameters = template.parameters.map { parameter -> ComposeValue in
      var fields = ComposeMap([
        ("name", .string(parameter.name)), ("type", .string(parameter.kind.rawValue)),
        ("description", .string(parameter.description)),
      ])
      if let value = parameter.defaultValue { fields["default"] = .string(value) }
      if let pattern = parameter.pattern { fields["pattern"] = .string(pattern) }
      if !parameter.choices.isEmpty { fields["choices"] = .list(parameter.choices.map { .string($0) }) }
      return .map(fields)
    }
    return .map(
      ComposeMap([
        ("name", .string(template.name)), ("title", .string(template.title)),
        ("description", .string(template.description)), ("parameters", .list(parameters)),
      ]))
  }

  /// Asks for each value that is not given, until it is a good one.
  private func ask(_ template: StackTemplate, _ given: inout [String: String]) throws {
    for parameter in template.parameters where given[parameter.name] == nil {
      let usual = parameter.kind == .secret ? "made up" : parameter.defaultValue
      let choices = parameter.choices.isEmpty ? "" : " (\(parameter.choices.joined(separator: ", ")))"
      let prompt = "\(parameter.name)  \(parameter.description)\(choices)\(usual.map { " [\($0)]" } ?? ""): "
      while true {
        let line = parameter.kind == .secret ? Question.secretAnswer(prompt) : Question.answer(prompt)
        guard let line else { throw CommandFailure("the questions were not answered; nothing was made") }
        if line.isEmpty, usual != nil { break }
        guard let reason = parameter.problem(with: line) else {
          given[parameter.name] = line
          break
        }
        StandardError.write(parameter.kind == .secret ? "the value \(reason)" : "\"\(line)\" \(reason)")
      }
    }
  }

  /// The path of the program that runs, links followed.
  static func program() -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return "/" }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
