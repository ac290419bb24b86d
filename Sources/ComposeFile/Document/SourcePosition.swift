/// A place in a text file that the user wrote.
///
/// `line` and `column` count from 1. `file` is the path as the user would recognise it (absolute). Line 0 means the
/// file as a whole (it is missing, empty or not readable); an empty `file`, that no file is to blame (an option is).
package struct SourcePosition: Hashable, Sendable, Comparable {
  package var file: String
  package var line: Int
  package var column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  package static func < (a: SourcePosition, b: SourcePosition) -> Bool {
    (a.file, a.line, a.column) < (b.file, b.line, b.column)
  }
}

extension SourcePosition: CustomStringConvertible {
  /// `file:line:column`; only the file when it is meant as a whole.
  package var description: String {
    let name = file == "-" ? "standard input" : file
    return line > 0 ? "\(name):\(line):\(column)" : name
  }
}
