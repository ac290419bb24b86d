extension StackTemplate.Parameter {
  /// Why a value cannot be taken, in words that follow it; nil when it can.
  package func problem(with value: String) -> String? {
    if value.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" || $0.value == 0 }) { return "has a line break in it" }
    switch kind {
    case .string: if value.isEmpty { return "must not be empty" }
    case .secret: break
    case .int:
      let digits = value.hasPrefix("-") ? value.dropFirst() : value[...]
      if digits.isEmpty || !digits.utf8.allSatisfy({ (48...57).contains($0) }) { return "is not a whole number" }
    case .bool: if value != "true" && value != "false" { return "is neither true nor false" }
    case .port:
      let isNumber = !value.isEmpty && value.utf8.allSatisfy { (48...57).contains($0) }
      if !isNumber || !(1...65_535).contains(Int(value) ?? 0) { return "is not a port, 1 to 65535" }
    case .choice: if !choices.contains(value) { return "is not one of \(choices.joined(separator: ", "))" }
    }
    if let pattern, let regex = try? Regex(pattern), value.wholeMatch(of: regex) == nil { return "does not match \(pattern)" }
    return nil
  }
}

extension StackTemplate {
  /// What stands in the way of making a stack: each a line for the user.
  package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String
  }

  /// What is wrong with one value.
  package struct ValueProblem: Hashable, Sendable {
    package var parameter: String
    package var message: String
  }

  /// All that is wrong with the values that are given for the parameters; empty when a stack can be made with them.
  package func problems(with given: [String: String]) -> [ValueProblem] {
    let known = Set(parameters.map(\.name))
    var wrong = given.keys.filter { !known.contains($0) }.sorted().map {
      ValueProblem(parameter: $0, message: "the template has no such parameter")
    }
    for parameter in parameters {
      let value = given[parameter.name].flatMap { parameter.kind == .secret && $0.isEmpty ? nil : $0 }
      guard let value = value ?? parameter.defaultValue else {
        if parameter.kind != .secret {
          wrong.append(ValueProblem(parameter: parameter.name, message: "no value given (\(parameter.description))"))
        }
        continue
      }
      guard let reason = parameter.problem(with: value) else { continue }
      wrong.append(
        ValueProblem(
          parameter: parameter.name, message: "\(parameter.kind == .secret ? "the value" : "\"\(value)\"") \(reason)"))
    }
    return wrong
  }

  /// Characters of a secret that is made up: 190 bits.
  static let secretLength = 32

  /// A value for each parameter: as given, else the default, else made up where it is a secret.
  ///
  /// - Parameter random: makes the secrets up; must not be foreseeable.
  /// - Throws: `Refusal` that names every value that is missing, unknown or wrong.
  package func values(
    _ given: [String: String], using random: inout some RandomNumberGenerator
  ) throws(Refusal) -> [(name: String, value: String)] {
    let wrong = problems(with: given).map { "\($0.parameter): \($0.message)" }
    guard wrong.isEmpty else {
      throw Refusal(description: wrong.joined(separator: "\n") + "\n  fix: give values with --set NAME=value")
    }
    return parameters.map { parameter in
      let value = given[parameter.name].flatMap { parameter.kind == .secret && $0.isEmpty ? nil : $0 }
      // Without a value or a default only secrets have come so far.
      return (parameter.name, value ?? parameter.defaultValue ?? Self.secret(using: &random))
    }
  }

  private static func secret(using random: inout some RandomNumberGenerator) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<secretLength).map { _ in letters[Int.random(in: letters.indices, using: &random)] })
  }

  /// The text of `.env`: one line for each value.
  package static func environmentFile(_ values: [(name: String, value: String)]) -> String {
    values.map { name, value in
      guard value.contains("'") else { return "\(name)='\(value)'\n" }
      var escaped = ""
      for character in value {
        if "\\\"$".contains(character) { escaped += "\\" }
        escaped.append(character)
      }
      return "\(name)=\"\(escaped)\"\n"
    }.joined()
  }
}
