/// The documents of one file, as written.
struct ParsedFile {
  var path: String
  var documents: [Node]
}

extension ProjectReading {
  /// The file at `path` as trees; nil (and problems) when it cannot be read.
  mutating func parsedFile(
    _ path: String, as role: InputFile.Role, askedFor position: SourcePosition? = nil
  ) -> ParsedFile? {
    guard let bytes = bytes(of: path, as: role, askedFor: position) else { return nil }
    let (documents, found) = YAMLReader.read(bytes, file: path, limits: limits.yaml)
    problems += found
    guard !found.contains(where: { $0.rule == .syntax || $0.rule == .limit || $0.rule == .cycle }) else { return nil }
    var mappings: [Node] = []
    for document in documents {
      if document.entries != nil {
        mappings.append(document)
      } else {
        report(
          .wrongType, document.position, "the top level of a compose file must be a mapping, not \(document.kind)",
          fix: "begin with `services:`")
      }
    }
    if mappings.allSatisfy({ $0.entries?.isEmpty ?? true }), documents.count == mappings.count {
      report(
        .emptyFile, SourcePosition(file: path, line: 1, column: 1), "the compose file is empty",
        fix: "define `services:` in it")
      return nil
    }
    return ParsedFile(path: path, documents: mappings)
  }
}
