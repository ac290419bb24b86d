/// Interpolates every string value of a document (never its keys) and types what `TypedText` lists.
struct DocumentInterpolation {
  private let interpolator: Interpolator
  private var path = AttributePath()
  private(set) var trace = Interpolator.Trace()
  private(set) var warnings: [ComposeWarning] = []
  private(set) var problems: [ComposeProblem] = []

  init(_ interpolator: Interpolator) { self.interpolator = interpolator }

  mutating func run(_ document: inout Node) { walk(&document, TypedText.table.root) }

  private mutating func walk(_ node: inout Node, _ place: PathTable<TypedText>.Place?) {
    switch node.content {
    case .string(let text): node.content = interpolated(text, at: node.position, TypedText.table.rule(at: place))
    case .map(var entries):
      node.content = .null
      for index in entries.indices {
        path.push(entries[index].key)
        walk(&entries[index].value, TypedText.table.place(of: entries[index].key, below: place))
        path.pop()
      }
      node.content = .map(entries)
    case .list(var items):
      node.content = .null
      let next = TypedText.table.itemPlace(below: place)
      for index in items.indices {
        path.push(index)
        walk(&items[index], next)
        path.pop()
      }
      node.content = .list(items)
    case .null, .bool, .int, .double, .timestamp: return
    }
  }

  /// Warnings of one document: beyond it they help nobody.
  private static let warningLimit = 1_000

  private mutating func interpolated(_ text: String, at position: SourcePosition, _ type: TypedText?) -> Node.Content {
    guard problems.count < ComposeProblems.gatheringLimit else { return .string(text) }
    let result: String
    do throws(Interpolator.Failure) {
      result = try interpolator.substitute(text, &trace)
    } catch {
      problems.append(error.problem(at: position, "\(path)"))
      return .string(text)
    }
    for name in trace.unset.prefix(max(0, Self.warningLimit - warnings.count)) {
      warnings.append(ComposeWarning(at: position, "The \"\(name)\" variable is not set. Defaulting to a blank string."))
    }
    trace.unset.removeAll(keepingCapacity: true)
    guard let type else { return .string(result) }
    guard let value = type.value(of: result) else {
      problems.append(
        ComposeProblem(
          .wrongType, at: position, "\(path): `\(result)` is not \(type.name)",
          fix: type == .boolean ? "write true or false" : "write \(type.name)"))
      return .string(result)
    }
    if type == .boolean, result.utf8.count != 4 || result.lowercased() != "true", result.lowercased() != "false" {
      warnings.append(
        ComposeWarning(at: position, "\(path): `\(result)` is no boolean in YAML 1.2, write true or false"))
    }
    return value
  }
}

extension Interpolator.Failure {
  func problem(at position: SourcePosition, _ subject: String) -> ComposeProblem {
    switch self {
    case .malformed(let text):
      ComposeProblem(
        .interpolation, at: position, "\(subject): `\(text)` is not a valid variable substitution",
        fix: "use ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+other}; write $$ for a plain $")
    case .required(let name, let message):
      ComposeProblem(
        .requiredVariable, at: position,
        "\(subject): the required variable \(name) has no value\(message.isEmpty ? "" : ": " + message)",
        fix: "set \(name) in the environment or in the .env file")
    case .tooLarge:
      ComposeProblem(
        .limit, at: position, "\(subject): variables are nested too deeply or their values are too long",
        fix: "shorten the values, or move them into a file")
    }
  }
}
