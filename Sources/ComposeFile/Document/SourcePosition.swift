/// A place in a text file that the user wrote.
///
/// `line` and `column` count from 1. `file` is the path as the user would recognise it (absolute). Line 0 means the
/// file as a whole (it is missing, empty or not readable); an empty `file`, that no file is to blame (an option is).
package struct SourcePosition: Hashable, Sendable, Comparable {
  package var file: String
  // A tree has a position for each value: half the size counts. No file is as long as these reach.
  private var shortLine: Int32
  private var shortColumn: Int32

  package init(file: String, line: Int, column: Int) {
    self.file = file
    shortLine = Int32(clamping: line)
    shortColumn = Int32(clamping: column)
  }

  package var line: Int {
    get { Int(shortLine) }
    set { shortLine = Int32(clamping: newValue) }
  }

  package var column: Int {
    get { Int(shortColumn) }
    set { shortColumn = Int32(clamping: newValue) }
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
