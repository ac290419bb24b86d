import Glibc

/// What may be shown where: colours and moving lines only on a terminal that wants them.
struct Appearance: Sendable {
  var hasColors: Bool
  var isTerminal: Bool

  /// - Parameter descriptor: where the text goes, `STDOUT_FILENO` or `STDERR_FILENO`.
  static func of(
    _ descriptor: Int32, ansi: String?, isColorless: Bool, environment: [String: String]
  ) -> Appearance {
    let isTerminal = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
    let isForbidden = isColorless || ansi == "never" || environment["NO_COLOR"]?.isEmpty == false
    return Appearance(hasColors: ansi == "always" || isTerminal && !isForbidden, isTerminal: isTerminal)
  }

  /// Columns and rows of the terminal; 80 by 24 when it does not say.
  static func size(of descriptor: Int32) -> (columns: Int, rows: Int) {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}

/// The colours in use: names of the sixteen that every terminal maps to its own theme.
enum TerminalColor: String {
  case red = "31"
  case green = "32"
  case yellow = "33"
  case blue = "34"
  case cyan = "36"
  case faint = "2"

  func applied(to text: String, when hasColors: Bool) -> String {
    hasColors ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}
