/// A place in a text file that the user wrote.
///
/// `line` and `column` count from 1. `file` is the path as the user would recognise it (absolute). Line 0 means the
/// file as a whole (it is missing, empty or not readable).
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
  package var description: String { "\(file):\(line):\(column)" }
}
