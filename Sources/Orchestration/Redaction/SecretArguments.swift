/// Secrets among the arguments of a command, by the names of their options.
enum SecretArguments {
  /// What an argument is, beside those that came before it.
  enum Part: Hashable {
    case plain
    /// All of it.
    case secret
    /// `NAME=secret`: the name with its sign of equality.
    case assignment(name: Substring)
  }

  /// One for each argument: `--password=…` and `TOKEN=…`, and what follows an option that asks for a secret.
  static func parts(_ arguments: [String]) -> [Part] {
    var isNextSecret = false
    return arguments.map { argument in
      let isValue = isNextSecret && !argument.hasPrefix("-")
      isNextSecret = false
      if isValue { return .secret }
      if let equals = argument.firstIndex(of: "="), looksSecret(argument[..<equals]) {
        return .assignment(name: argument[...equals])
      }
      if argument.hasPrefix("-"), !argument.contains("="), looksSecret(argument[...]) { isNextSecret = true }
      return .plain
    }
  }

  /// The values that are secret, also in the words of a line for a shell and in addresses with a password.
  static func values(in arguments: [String]) -> [String] {
    var found = direct(in: arguments)
    for argument in arguments where argument.contains(where: \.isWhitespace) {
      found += direct(in: argument.split(whereSeparator: \.isWhitespace).map(unquoted))
    }
    return found
  }

  private static func direct(in arguments: [String]) -> [String] {
    zip(arguments, parts(arguments)).compactMap { argument, part in
      switch part {
      case .secret: argument
      case .assignment(let name): unquoted(argument.dropFirst(name.count))
      case .plain: Redactor.password(inURL: argument)
      }
    }
  }

  /// Without the signs that a shell takes away around a word.
  private static func unquoted(_ word: Substring) -> String {
    var word = word
    while let last = word.last, ";&|)".contains(last) { word = word.dropLast() }
    for sign in ["\"", "'"] where word.count >= 2 && word.hasPrefix(sign) && word.hasSuffix(sign) {
      word = word.dropFirst().dropLast()
    }
    return String(word)
  }

  /// An option's name as a variable would have it.
  private static func looksSecret(_ option: Substring) -> Bool {
    let name = option.drop { $0 == "-" }.map { $0 == "-" || $0 == "." ? "_" : $0 }
    // One letter alone says nothing, and neither a path nor a line is a name.
    return name.count > 1 && !name.contains { $0 == "/" || $0.isWhitespace } && SecretName.looksSecret(String(name))
  }
}
