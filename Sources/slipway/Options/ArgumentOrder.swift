/// Brings the options that Compose accepts before the command's name to behind it, where the parser looks for them.
///
/// `slipway -f a.yaml -p shop logs -f` becomes `slipway logs --file a.yaml --project-name shop -f`. Behind the name, `-f` is
/// `--file` too, but for the commands that have a meaning of their own for it (`logs -f`).
enum ArgumentOrder {
  private static let valued: [String: String] = [
    "-f": "--file", "--file": "--file", "-p": "--project-name", "--project-name": "--project-name", "--profile": "--profile",
    "--env-file": "--env-file", "--project-directory": "--project-directory", "-H": "--host", "--host": "--host",
    "--server": "--server", "--progress": "--progress", "--ansi": "--ansi", "--parallel": "--parallel",
    "--config": "--config",
  ]
  private static let flags: Set<String> = [
    "--json", "--compatibility", "--all-resources", "--dry-run", "--verbose", "--no-color",
  ]
  /// Commands in which `-f` means something else.
  private static let ownF: Set<String> = ["logs", "rm", "version"]
  /// Commands whose words after the first positional belong to the program they run.
  private static let passing: Set<String> = ["exec", "run"]
  private static let passingValued: Set<String> = [
    "-u", "--user", "-w", "--workdir", "-e", "--env", "--index", "--entrypoint", "--name", "-v", "--volume", "-l", "--label",
    "--publish", "--timeout", "-t", "--signal", "-s",
  ]

  static func normalized(_ arguments: [String]) -> [String] {
    var leading: [String] = []
    var rest = arguments[...]
    while let word = rest.first, word.hasPrefix("-"), word != "--" {
      if let (name, count) = option(word, in: rest, expandsF: true) {
        leading += name
        rest = rest.dropFirst(count)
      } else if flags.contains(word) {
        leading.append(word)
        rest = rest.dropFirst()
      } else {
        break
      }
    }
    guard let command = rest.first, !command.hasPrefix("-") else { return Array(rest) + leading }
    return [command] + leading + following(Array(rest.dropFirst()), command: command)
  }

  /// The words behind the command's name, with `-f` and `-p` spelled out.
  private static func following(_ words: [String], command: String) -> [String] {
    var result: [String] = []
    var rest = words[...]
    while let word = rest.first {
      if word == "--" { return result + rest }
      if passing.contains(command), !word.hasPrefix("-") { return result + rest }
      if word.hasPrefix("-f"), ownF.contains(command) {
        result.append(word)
        rest = rest.dropFirst()
      } else if let (name, count) = option(word, in: rest, expandsF: false) {
        result += name
        rest = rest.dropFirst(count)
      } else if passing.contains(command), let (name, value) = joined(word) {
        result += [name, value]
        rest = rest.dropFirst()
      } else if passing.contains(command), passingValued.contains(word), rest.count > 1 {
        result += rest.prefix(2)
        rest = rest.dropFirst(2)
      } else {
        result.append(word)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  /// `-eNAME=value`, `-uroot` and `-w/tmp` as two words.
  private static func joined(_ word: String) -> (String, String)? {
    guard word.count > 2, ["-e", "-u", "-w"].contains(word.prefix(2)) else { return nil }
    return (String(word.prefix(2)), String(word.dropFirst(2)))
  }

  /// The spelled-out form of a valued option at the front of `words`, and how many words it takes.
  private static func option(_ word: String, in words: ArraySlice<String>, expandsF: Bool) -> ([String], Int)? {
    if let long = valued[word] {
      guard words.count > 1, let value = words.dropFirst().first else { return ([long], 1) }
      return ([long, value], 2)
    }
    if let equals = word.firstIndex(of: "="), let long = valued[String(word[..<equals])] {
      return ([long, String(word[word.index(after: equals)...])], 1)
    }
    // -fcompose.yaml, -pname
    if word.count > 2, !word.hasPrefix("--"), let long = valued[String(word.prefix(2))],
      word.hasPrefix("-p") || word.hasPrefix("-H") || expandsF
    {
      return ([long, String(word.dropFirst(2))], 1)
    }
    return nil
  }
}
