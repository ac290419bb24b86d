/// Brings arguments into the one form that the parser takes, so that Compose's other forms work too.
///
/// Options that stand before the command's name go behind it: `slipway -f a.yaml -p shop logs -f` becomes
/// `slipway logs --file=a.yaml --project-name=shop -f`. Short options are taken apart and spelled out (`-t0`, `-fn5`,
/// `-fcompose.yaml`), and a negative number stays the value of the option before it (`--tail -1`). `-f` is `--file` but for
/// the commands that have a meaning of their own for it (`logs -f`).
enum ArgumentOrder {
  /// The short options of a command.
  private struct Shorts {
    /// Long names of those that take a value.
    var valued: [Character: String] = [:]
    var flags: Set<Character> = []

    init(_ valued: [Character: String] = [:], flags: String = "") {
      self.valued = valued
      self.flags = Set(flags)
    }

    func long(_ letter: Character) -> String? {
      valued[letter] ?? (flags.contains(letter) ? nil : ArgumentOrder.global.valued[letter])
    }
  }

  private static let global = Shorts(["f": "--file", "p": "--project-name", "H": "--host"])

  private static func shorts(of command: String) -> Shorts {
    switch command {
    case "adopt": Shorts(["o": "--output", "m": "--message"])
    case "build": Shorts(["m": "--memory"], flags: "q")
    case "commit": Shorts(["a": "--author", "c": "--change", "m": "--message"], flags: "p")
    case "config", "convert": Shorts(["o": "--output"], flags: "q")
    case "cp": Shorts(flags: "aL")
    case "create": Shorts(["t": "--timeout", "m": "--message"], flags: "Vy")
    case "deploy", "plan": Shorts(["t": "--timeout", "m": "--message"], flags: "V")
    case "down": Shorts(["t": "--timeout"], flags: "v")
    case "exec": Shorts(["e": "--env", "u": "--user", "w": "--workdir"], flags: "dTti")
    case "export": Shorts(["o": "--output"])
    case "context", "images", "pull", "push", "server", "volumes": Shorts(flags: "q")
    case "kill": Shorts(["s": "--signal"])
    case "logs": Shorts(["n": "--tail"], flags: "ft")
    case "ls", "ps": Shorts(flags: "aq")
    case "restart", "stop": Shorts(["t": "--timeout"])
    case "rm": Shorts(flags: "afsv")
    case "move": Shorts(["t": "--timeout"])
    case "rollback": Shorts(["t": "--timeout", "m": "--message"])
    case "run":
      Shorts(
        [
          "e": "--env", "l": "--label", "p": "--publish", "u": "--user", "v": "--volume", "w": "--workdir",
        ], flags: "dtiTqP")
    case "stats": Shorts(flags: "a")
    case "up": Shorts(["t": "--timeout", "m": "--message"], flags: "Vdwy")
    case "version": Shorts(["f": "--format"])
    default: Shorts()
    }
  }

  /// Global options with a value.
  private static let valued: Set<String> = [
    "--file", "--project-name", "--profile", "--env-file", "--project-directory", "--host", "--server", "--context", "--progress",
    "--ansi",
    "--parallel", "--config", "--tlscacert", "--tlscert", "--tlskey",
  ]
  /// Of these, an empty value (a variable of a script that is not set) is no value.
  private static let optional: Set<String> = ["--project-name", "--profile", "--project-directory"]
  private static let flags: Set<String> = [
    "--json", "--compatibility", "--all-resources", "--dry-run", "--no-color", "--tls", "--tlsverify",
  ]
  /// Commands whose words after the first positional belong to the program they run.
  private static let passing: Set<String> = ["exec", "run"]
  /// Long options of those commands that take the next word.
  private static let passingValued: Set<String> = [
    "--user", "--workdir", "--env", "--index", "--cap-add", "--cap-drop", "--entrypoint", "--env-from-file", "--label", "--name",
    "--publish", "--pull", "--volume",
  ]
  /// Options that take a number, which may be negative.
  private static let numbers: Set<String> = ["--tail", "--timeout", "--wait-timeout", "--limit", "--index", "--parallel"]
  /// Commands that change nothing: a dry run of them is themselves.
  private static let reading: Set<String> = [
    "config", "convert", "events", "images", "logs", "ls", "port", "ps", "stats", "top", "version", "volumes",
  ]
  /// Commands whose positionals are numbers.
  private static let numbering: Set<String> = ["rollback", "diff", "revisions", "history"]

  /// Compose's switches, all of which may be given a value. Those that are on by themselves have a form that turns them off.
  private static let onByItself: Set<String> = ["--interactive", "--sig-proxy", "--pause", "--orphans", "--prune"]
  private static let switches: Set<String> = onByItself.union([
    "--abort-on-container-exit", "--abort-on-container-failure", "--all", "--all-resources", "--always-recreate-deps",
    "--archive", "--attach-dependencies", "--build", "--check", "--compatibility", "--detach", "--down-project", "--dry-run",
    "--environment", "--follow", "--follow-link", "--force", "--force-recreate", "--ignore-buildable",
    "--ignore-pull-failures", "--ignore-push-failures", "--images", "--include-deps", "--json", "--lock-image-digests",
    "--menu", "--models", "--networks", "--no-build", "--no-cache", "--no-color", "--no-consistency", "--no-deps",
    "--no-env-resolution", "--no-interpolate", "--no-log-prefix", "--no-normalize", "--no-path-resolution", "--no-recreate",
    "--no-start", "--no-stdin", "--no-stream", "--no-trunc", "--no-tty", "--no-TTY", "--no-up", "--print", "--privileged",
    "--profiles", "--push", "--quiet", "--quiet-build", "--quiet-pull", "--remove-orphans", "--renew-anon-volumes",
    "--resolve-image-digests", "--rm", "--service-ports", "--services", "--short", "--stop", "--timestamps", "--tls",
    "--tlsverify", "--tty",
    "--use-aliases", "--variables", "--verbose", "--version", "--volumes", "--wait", "--watch", "--with-dependencies",
    "--yes",
  ])
  /// Of `build` only: elsewhere it takes a word.
  private static let buildSwitches: Set<String> = ["--pull"]

  /// Other names of options that Docker Compose still takes.
  private static let oldNames: [String: [String: String]] = [
    "": ["--workdir": "--project-directory"], "down": ["--volume": "--volumes"],
    "run": ["--labels": "--label", "--volumes": "--volume"],
  ]
  /// Options that Docker Compose takes and does nothing with.
  private static let ignored: [String: Set<String>] = [
    "": ["--verbose"], "build": ["--compress", "--force-rm", "--no-rm", "--parallel"], "pull": ["--parallel", "--no-parallel"],
  ]

  /// The words with what is old taken out or put into its form of today.
  ///
  /// - Parameter command: empty: before the command's name.
  private static func renewed(_ words: ArraySlice<String>, of command: String) -> ArraySlice<String> {
    guard let word = words.first else { return words }
    let name = String(word.prefix { $0 != "=" })
    if let today = oldNames[command]?[name] { return [today + word.dropFirst(name.count)] + words.dropFirst() }
    guard ignored[command]?.contains(name) == true else { return words }
    // Our `--parallel` takes a number, Docker Compose's old one takes none.
    if name == "--parallel", Int(words.dropFirst().first ?? "") != nil || Int(word.dropFirst(name.count + 1)) != nil {
      return words
    }
    return renewed(words.dropFirst(), of: command)
  }

  /// `--menu=false` as nothing, `--menu=true` as `--menu`, `--pause=false` as `--no-pause`; nil when it is none of these.
  private static func switched(_ word: String, _ command: String) -> [String]? {
    guard let equals = word.firstIndex(of: "="), word.hasPrefix("-") else { return nil }
    var name = String(word[..<equals])
    if name.count == 2, let letter = name.last, shorts(of: command).flags.contains(letter) {
      switch letter {
      case "i": name = "--interactive"
      case "p": name = "--pause"
      case "t": name = command == "logs" ? "--timestamps" : "--tty"
      case "T": name = "--no-tty"
      default: break
      }
    } else {
      let isSwitch = switches.contains(name) || command == "build" && buildSwitches.contains(name)
      guard isSwitch, !(command == "run" && name == "--volumes") else { return nil }
    }
    switch word[word.index(after: equals)...].lowercased() {
    case "true", "1", "t": return [name]
    case "false", "0", "f": return onByItself.contains(name) || name == "--tty" ? ["--no-" + name.dropFirst(2)] : []
    default: return nil
    }
  }

  /// Commands whose next word is a command too.
  private static let groups: Set<String> = ["server"]

  static func normalized(_ arguments: [String]) -> [String] {
    var leading: [String] = []
    var names: [String] = []
    var rest = arguments[...]
    while true {
      if names.isEmpty, let word = rest.first, groups.contains(word) {
        names.append(word)
        rest = rest.dropFirst()
      }
      rest = renewed(rest, of: "")
      guard let word = rest.first, word.hasPrefix("-"), word != "--" else { break }
      if word == "-v" {
        return ["--version"]
      } else if word == "--no-ansi" {
        leading.append("--ansi=never")
        rest = rest.dropFirst()
      } else if let words = switched(word, "") {
        leading += words
        rest = rest.dropFirst()
      } else if let (words, count) = spelled(rest, global) {
        leading += words
        rest = rest.dropFirst(count)
      } else if flags.contains(word) {
        leading.append(word)
        rest = rest.dropFirst()
      } else {
        break
      }
    }
    guard let command = rest.first, !command.hasPrefix("-") else { return names + rest + leading }
    if !names.isEmpty {
      return names + [command] + leading + (following(rest.dropFirst(), names[0]) ?? [])
    }
    if reading.contains(command) { leading.removeAll { $0 == "--dry-run" } }
    return following(rest.dropFirst(), command).map { [command] + leading + $0 } ?? ["help", command]
  }

  /// Whether messages are wanted as JSON, also when the arguments cannot be parsed.
  ///
  /// - Parameter arguments: normalized.
  static func asksForJSON(_ arguments: [String]) -> Bool {
    guard let command = arguments.first else { return false }
    let words = arguments.dropFirst(command.hasPrefix("-") ? 0 : 1).prefix { $0 != "--" }
    return passing.contains(command) ? words.prefix { $0.hasPrefix("-") }.contains("--json") : words.contains("--json")
  }

  /// The words behind the command's name; nil when they ask for its help and the parser would not see that.
  private static func following(_ words: ArraySlice<String>, _ command: String) -> [String]? {
    let shorts = shorts(of: command)
    let isPassing = passing.contains(command)
    var result: [String] = []
    var negatives: [String] = []
    var rest = words
    while true {
      if rest.first?.hasPrefix("-") == true { rest = renewed(rest, of: command) }
      guard let word = rest.first else { break }
      if word == "--dry-run", reading.contains(command) {
        rest = rest.dropFirst()
        continue
      }
      if word == "--" {
        return result + (negatives.isEmpty ? Array(rest) : ["--"] + negatives + rest.dropFirst())
      }
      if isPassing, !word.hasPrefix("-") { return result + rest }
      if isPassing, word == "-h" || word == "--help" { return nil }
      if let words = switched(word, command) {
        result += words
        rest = rest.dropFirst()
      } else if let (words, count) = spelled(rest, shorts) {
        result += words
        rest = rest.dropFirst(count)
      } else if isPassing, passingValued.contains(word), rest.count > 1 {
        result += given(word, rest[rest.startIndex + 1])
        rest = rest.dropFirst(2)
      } else if word.hasPrefix("--"), word.firstIndex(of: "=") == word.indices.last {
        result += given(String(word.dropLast()), "")
        rest = rest.dropFirst()
      } else if numbers.contains(word), let next = rest.dropFirst().first, isNegative(next) {
        result.append("\(word)=\(next)")
        rest = rest.dropFirst(2)
      } else if numbering.contains(command), isNegative(word) {
        negatives.append(word)
        rest = rest.dropFirst()
      } else {
        result.append(word)
        rest = rest.dropFirst()
      }
    }
    return result + (negatives.isEmpty ? [] : ["--"] + negatives)
  }

  private static func isNegative(_ word: String) -> Bool {
    word.utf8.count > 1 && word.hasPrefix("-") && word.utf8.dropFirst().allSatisfy { (48...57).contains($0) }
  }

  /// The option at the front of `words` spelled out, and how many words it takes; nil when it is not one to change.
  private static func spelled(_ words: ArraySlice<String>, _ shorts: Shorts) -> ([String], Int)? {
    guard let word = words.first else { return nil }
    guard word.hasPrefix("--") else { return takenApart(word, words.dropFirst().first, shorts) }
    if let equals = word.firstIndex(of: "="), valued.contains(String(word[..<equals])) {
      return (given(String(word[..<equals]), String(word[word.index(after: equals)...])), 1)
    }
    guard valued.contains(word), let value = words.dropFirst().first else { return nil }
    return (given(word, value), 2)
  }

  /// `-fn5` as `-f --tail=5`; nil when a letter is not known.
  private static func takenApart(_ word: String, _ next: String?, _ shorts: Shorts) -> ([String], Int)? {
    guard word.hasPrefix("-") else { return nil }
    var result: [String] = []
    var letters = word.dropFirst()
    while let letter = letters.popFirst() {
      if shorts.flags.contains(letter) {
        result.append("-\(letter)")
      } else if let long = shorts.long(letter) {
        if letters.first == "=" { letters.removeFirst() } else if letters.isEmpty { return value(long, next, result) }
        return (result + given(long, String(letters)), 1)
      } else {
        return nil
      }
    }
    return result.isEmpty ? nil : (result, 1)
  }

  private static func value(_ long: String, _ next: String?, _ before: [String]) -> ([String], Int) {
    guard let next else { return (before + [long], 1) }
    return (before + given(long, next), 2)
  }

  private static func given(_ option: String, _ value: String) -> [String] {
    guard value.isEmpty else { return ["\(option)=\(value)"] }
    // Behind `=` the parser would take nothing for a value that is missing, and the next word instead.
    return optional.contains(option) ? [] : [option, ""]
  }
}
