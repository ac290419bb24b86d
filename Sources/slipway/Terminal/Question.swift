import Glibc

/// Asks the user on the terminal.
enum Question {
  /// Whether there is somebody to answer.
  static var isPossible: Bool { isatty(STDIN_FILENO) == 1 }

  /// Yes or no, an empty answer being no; nil at the end of the input.
  static func confirms(_ text: String) -> Bool? {
    answer("\(text) [yN] ").map { ["y", "yes"].contains($0.lowercased()) }
  }

  /// A line of the user's, without the line break and blanks around it; nil at the end of the input.
  static func answer(_ prompt: String) -> String? {
    StandardError.put(TerminalText.block(prompt))
    let line = readLine()
    // No terminal showed the line break of the answer.
    if !isPossible { StandardError.write("") }
    guard let line else { return nil }
    let bytes = line.utf8.drop { $0 == 32 || $0 == 9 }
    return String(Substring(bytes).reversed().drop { $0 == " " || $0 == "\t" || $0 == "\r" }.reversed())
  }

  /// As `answer`, with what is typed not shown.
  static func secretAnswer(_ prompt: String) -> String? { TerminalMode.silent { answer(prompt) } }
}
