/// Text in aligned columns, as Docker prints its lists.
enum Table {
  /// The first row is the head; columns are three spaces apart; ends with a line break.
  static func text(_ rows: [[String]]) -> String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line += cell
        if column + 1 < row.count { line += String(repeating: " ", count: widths[column] - cell.count + 3) }
      }
      return line + "\n"
    }.joined()
  }
}
