/// Text in aligned columns, as Docker prints its lists.
enum Table {
  /// The first row is the head; columns are at least `gap` spaces apart and `minimum` wide with them; ends with a line break.
  static func text(_ rows: [[String]], minimum: Int = 0, gap: Int = 3) -> String {
    // A line break in a cell would make a row of its own.
    let rows = rows.map { $0.map(TerminalText.line) }
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      max(minimum - gap, rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0)
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line += cell
        if column + 1 < row.count { line += String(repeating: " ", count: widths[column] - cell.count + gap) }
      }
      return line + "\n"
    }.joined()
  }
}
