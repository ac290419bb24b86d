import ComposeFile

/// Reads `template.yaml` and collects all that is wrong with it.
struct TemplateReader {
  private let file: String
  private var problems: [ComposeProblem] = []

  static func template(
    _ bytes: [UInt8], name: String, folder: String, file: String
  ) throws(ComposeProblems) -> StackTemplate {
    var reader = TemplateReader(file: file)
    let (documents, problems) = YAMLReader.read(bytes, file: file)
    reader.problems = problems
    let start = SourcePosition(file: file, line: 1, column: 1)
    let root = documents.first ?? Node(.map([]), at: start)
    reader.checkKeys(of: root, ["title", "description", "parameters"])
    let template = StackTemplate(
      name: name, folder: folder, title: reader.text("title", of: root) ?? "",
      description: reader.text("description", of: root) ?? "", parameters: reader.parameters(root))
    guard reader.problems.isEmpty else { throw ComposeProblems(reader.problems) }
    return template
  }

  private init(file: String) { self.file = file }

  private mutating func report(_ rule: ComposeProblem.Rule, _ at: Node, _ message: String, fix: String) {
    problems.append(ComposeProblem(rule, at: at.position, message, fix: fix))
  }

  private mutating func checkKeys(of node: Node, _ known: [String]) {
    guard let entries = node.entries else {
      return report(.wrongType, node, "a mapping is expected, not \(node.kind)", fix: "see docs/templates.md")
    }
    for entry in entries where !known.contains(entry.key) {
      problems.append(
        ComposeProblem(
          .unknownKey, at: entry.keyPosition, "unknown key \(entry.key)", fix: "use \(known.joined(separator: ", "))"))
    }
  }

  private mutating func text(_ key: String, of node: Node) -> String? {
    if let value = node[key].flatMap(Self.scalar), !value.isEmpty { return value }
    report(.missingValue, node, "\(key) is missing or no text", fix: "add \(key)")
    return nil
  }

  /// The text of a scalar as a value of `.env`.
  private static func scalar(_ node: Node) -> String? {
    switch node.content {
    case .string(let text): text
    case .int(let value): "\(value)"
    case .bool(let value): value ? "true" : "false"
    case .double(let value): "\(value)"
    case .timestamp, .null, .list, .map: nil
    }
  }

  private mutating func parameters(_ root: Node) -> [StackTemplate.Parameter] {
    guard let list = root["parameters"] else { return [] }
    guard let items = list.items else {
      report(.wrongType, list, "parameters must be a list, not \(list.kind)", fix: "begin each with a dash")
      return []
    }
    var names: Set<String> = []
    var parameters: [StackTemplate.Parameter] = []
    for item in items {
      guard let parameter = parameter(item) else { continue }
      if !names.insert(parameter.name).inserted {
        report(.duplicateKey, item, "the parameter \(parameter.name) is there twice", fix: "remove one")
      }
      parameters.append(parameter)
    }
    return parameters
  }

  private mutating func parameter(_ node: Node) -> StackTemplate.Parameter? {
    let before = problems.count
    checkKeys(of: node, ["name", "type", "description", "default", "pattern", "choices"])
    guard let name = text("name", of: node), let type = text("type", of: node), let about = text("description", of: node)
    else { return nil }
    if !Self.isName(name) {
      report(
        .invalidValue, node, "\(name) is not a parameter's name", fix: "use upper-case letters, digits and _, a letter first")
    }
    guard let kind = StackTemplate.Parameter.Kind(rawValue: type) else {
      let kinds = StackTemplate.Parameter.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      report(.invalidValue, node["type"] ?? node, "\(type) is not a type", fix: "use one of \(kinds)")
      return nil
    }
    let choices = node["choices"]?.items?.compactMap(Self.scalar) ?? []
    if (kind == .choice) == choices.isEmpty {
      report(
        .invalidValue, node["choices"] ?? node, kind == .choice ? "choices are missing" : "choices are for the type choice only",
        fix: kind == .choice ? "list them" : "remove them")
    }
    var parameter = StackTemplate.Parameter(name: name, kind: kind, description: about, choices: choices)
    parameter.pattern = node["pattern"].flatMap(Self.scalar)
    if let pattern = parameter.pattern, (try? Regex(pattern)) == nil {
      report(.invalidValue, node["pattern"] ?? node, "\(pattern) is not a regular expression", fix: "correct it")
      return nil
    }
    parameter.defaultValue = node["default"].flatMap(Self.scalar)
    guard problems.count == before else { return nil }
    for value in [parameter.defaultValue].compactMap({ $0 }) + choices {
      guard let reason = parameter.problem(with: value) else { continue }
      report(.invalidValue, node["default"] ?? node, "\(name): \(value) \(reason)", fix: "make the defaults obey the rules")
    }
    return parameter
  }

  /// `[A-Z][A-Z0-9_]*`
  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, (65...90).contains(first) else { return false }
    return text.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 }
  }
}
