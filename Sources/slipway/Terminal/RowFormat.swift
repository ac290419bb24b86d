import ComposeFile

/// `--format` of the lists that Docker prints: a table, JSON, or a template of fields.
///
/// Of Go's templates `{{.Field}}`, `{{json .}}` and `{{json .Field}}` are known, with `table` before them for a head and columns.
struct RowFormat {
  struct Column {
    var field: String
    var title: String

    init(_ field: String, _ title: String) {
      self.field = field
      self.title = title
    }
  }

  private enum Piece: Hashable {
    case text(String)
    case field(String)
    case json(String)
    case whole
  }

  private enum Form {
    case json
    case lines([Piece])
    /// Cells, each of pieces.
    case table([[Piece]])
  }

  typealias Row = [String: ComposeValue]

  private let form: Form
  private let titles: [String: String]

  /// - Parameters:
  ///   - columns: all fields that rows have.
  ///   - standard: those of the table that is shown when nothing else is asked for.
  init(_ text: String?, columns: [Column], standard: [String]) throws {
    titles = Dictionary(columns.map { ($0.field, $0.title) }, uniquingKeysWith: { first, _ in first })
    switch text ?? "" {
    case "", "table": form = .table(standard.map { [.field($0)] })
    case "json": form = .json
    case let text where text.hasPrefix("table "):
      let pieces = try Self.pieces(String(text.dropFirst(6)), known: titles)
      var cells: [[Piece]] = [[]]
      for piece in pieces {
        guard case .text(let words) = piece else {
          cells[cells.count - 1].append(piece)
          continue
        }
        for (index, part) in words.split(separator: "\t", omittingEmptySubsequences: false).enumerated() {
          if index > 0 { cells.append([]) }
          if !part.isEmpty { cells[cells.count - 1].append(.text(String(part))) }
        }
      }
      form = .table(cells)
    case let text where text.contains("{{"): form = .lines(try Self.pieces(text, known: titles))
    case let text: throw CommandFailure("--format \(text) is not known\n  fix: use table, json, or a template such as {{.Name}}")
    }
  }

  var isTable: Bool { if case .table = form { true } else { false } }

  /// The rows as text; ends with a line break unless there is nothing.
  func text(_ rows: [Row]) -> String {
    switch form {
    case .json: rows.map { Self.object($0).json(indented: false) + "\n" }.joined()
    case .lines(let pieces): TerminalText.block(rows.map { Self.filled(pieces, $0) + "\n" }.joined())
    case .table(let cells):
      Table.text([cells.map(head)] + rows.map { row in cells.map { Self.filled($0, row) } }, minimum: 10)
    }
  }

  /// All rows as one JSON array.
  static func list(_ rows: [Row]) -> String { ComposeValue.list(rows.map(object)).json(indented: true) }

  private func head(_ cell: [Piece]) -> String {
    cell.map { piece in
      switch piece {
      case .text(let text): text
      case .field(let field), .json(let field): titles[field] ?? field
      case .whole: ""
      }
    }.joined()
  }

  private static func filled(_ pieces: [Piece], _ row: Row) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .field(let field):
        switch row[field] {
        case .string(let text)?: text
        case let value?: value.json(indented: false)
        case nil: ""
        }
      case .json(let field): (row[field] ?? .null).json(indented: false)
      case .whole: object(row).json(indented: false)
      }
    }.joined()
  }

  private static func object(_ row: Row) -> ComposeValue {
    .map(ComposeMap(row.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
  }

  private static func pieces(_ template: String, known: [String: String]) throws -> [Piece] {
    let text = template.split(separator: "\\t", omittingEmptySubsequences: false).joined(separator: "\t")
      .split(separator: "\\n", omittingEmptySubsequences: false).joined(separator: "\n")
    var pieces: [Piece] = []
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      if open.lowerBound > rest.startIndex { pieces.append(.text(String(rest[..<open.lowerBound]))) }
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
        throw CommandFailure("--format \(template): {{ is not closed\n  fix: write {{.Name}}")
      }
      pieces.append(try action(String(rest[open.upperBound..<close.lowerBound]), known))
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    return pieces
  }

  private static func action(_ text: String, _ known: [String: String]) throws -> Piece {
    let words = text.split(separator: " ").map(String.init)
    if words == ["json", "."] { return .whole }
    let isJSON = words.first == "json"
    let fields = isJSON ? Array(words.dropFirst()) : words
    guard fields.count == 1, fields[0].hasPrefix(".") else {
      throw CommandFailure("--format: {{\(text)}} is not supported\n  fix: use {{.Field}} or {{json .Field}}")
    }
    let field = String(fields[0].dropFirst())
    guard known[field] != nil else {
      throw CommandFailure(
        "--format: there is no field .\(field)\n  fix: use one of \(known.keys.sorted().joined(separator: ", "))")
    }
    return isJSON ? .json(field) : .field(field)
  }
}
