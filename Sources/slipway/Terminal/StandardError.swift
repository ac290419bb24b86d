import ComposeFile
import Glibc
import Synchronization

/// Lines for people beside the output: warnings, problems, progress. With `--json` each is one JSON object.
enum StandardError {
  /// Takes lines instead while a picture is on the screen, to put them above it.
  static let picture = Mutex<(@Sendable (String) -> Void)?>(nil)
  /// Whether messages are JSON objects; set once, before the command runs.
  static let isJSON = Mutex(false)

  /// A line for people.
  static func write(_ line: String) {
    let line = TerminalText.block(line)
    if let show = picture.withLock({ $0 }) { show(line) } else { put(line + "\n") }
  }

  /// Something that the user should know.
  static func warn(_ text: String) {
    if isJSON.withLock({ $0 }) { record("warning", [("text", .string(text))]) } else { write("warning: \(text)") }
  }

  /// What was done, or why nothing was.
  static func note(_ text: String) {
    if isJSON.withLock({ $0 }) { record("note", [("text", .string(text))]) } else { write(text) }
  }

  /// Why the command failed.
  ///
  /// - Parameter people: the text for people when it says more than `text`, such as the usage.
  static func fail(_ text: String, people: String? = nil) {
    guard isJSON.withLock({ $0 }) else { return write(people ?? text) }
    let parts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let fix = parts.lastIndex { $0.hasPrefix("  fix: ") }
    var fields: [(String, ComposeValue)] = [("error", .string(parts[..<(fix ?? parts.count)].joined(separator: "\n")))]
    if let fix { fields.append(("fix", .string(parts[fix...].joined(separator: "\n").dropFirst(7).description))) }
    record("error", fields)
  }

  /// Why the files cannot be used; with `--json` one object a problem.
  static func fail(_ problems: ComposeProblems) {
    guard isJSON.withLock({ $0 }) else { return write(problems.description) }
    for problem in problems.problems {
      var fields: [(String, ComposeValue)] = [
        ("error", .string(problem.message)), ("rule", .string(problem.rule.rawValue)), ("fix", .string(problem.remedy)),
      ]
      if !problem.position.file.isEmpty { fields.append(("file", .string(problem.position.file))) }
      if problem.position.line > 0 {
        fields += [("line", .int(problem.position.line)), ("column", .int(problem.position.column))]
      }
      record("error", fields)
    }
    if problems.omittedCount > 0 { record("error", [("error", .string("and \(problems.omittedCount) more problems"))]) }
  }

  /// One JSON object on a line of its own; its kind comes first.
  static func record(_ event: String, _ fields: [(String, ComposeValue)]) {
    put(ComposeValue.map(ComposeMap([("event", .string(event))] + fields)).json(indented: false) + "\n")
  }

  /// Writes bytes as they are, whole.
  static func put(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
