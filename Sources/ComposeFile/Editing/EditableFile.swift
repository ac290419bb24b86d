/// The text of one compose file that can be changed in place: comments, order, quotes, anchors, indentation, line ends and
/// everything else that an edit does not concern stay as they are, byte for byte.
///
/// After each edit the text is read again. Where it does not mean exactly what was asked for, the edit is refused and the text
/// stays as it was. Pure.
package struct EditableFile: Sendable {
  /// As in positions of problems.
  package let path: String
  package private(set) var bytes: [UInt8]
  private var documents: [Node]

  /// Throws what is wrong with the text as YAML.
  package init(_ bytes: [UInt8], path: String) throws(ComposeProblems) {
    let (documents, problems) = YAMLReader.read(bytes, file: path)
    guard problems.isEmpty else { throw ComposeProblems(problems) }
    self.path = path
    self.bytes = bytes
    self.documents = documents
  }

  /// Whether a document of the file has this service.
  package func defines(service: String) -> Bool { documents.contains { $0["services"]?[service] != nil } }

  /// Makes `edit`, or throws why it cannot be made; the text is then unchanged.
  ///
  /// - Returns: what was replaced, in the order of the places, in bytes of the text before. An edit that takes several steps
  ///   (a scale that is written twice) gives those of the last.
  @discardableResult
  package mutating func apply(
    _ edit: ComposeEdit, _ options: EditOptions = EditOptions()
  ) throws(ComposeProblems) -> [TextEdit] {
    var copy = self
    var edits: [TextEdit] = []
    for step in try EditStep.steps(of: edit, in: documents, options, path) { edits = try copy.make(step, options) }
    self = copy
    return edits
  }

  /// What stands at a path of keys; nil when nothing does, or a mapping or list. Of several documents the last that has it counts.
  package func value(at attribute: [String]) -> WrittenValue? {
    guard let index = documents.lastIndex(where: { $0.value(at: attribute[...]) != nil }),
      let node = documents[index].value(at: attribute[...]), let tree = SyntaxTree(bytes, file: path),
      let id = tree.value(at: attribute, below: tree.documents[index]), let text = tree.text(id)
    else { return nil }
    return WrittenValue(
      text: text, value: node.plain, position: tree[tree.resolved(id)].position,
      variables: VariableReference.all(in: .string(text)))
  }

  // MARK: Steps

  private mutating func make(_ step: EditStep, _ options: EditOptions) throws(ComposeProblems) -> [TextEdit] {
    // A text of comments alone has no document that could take a value.
    guard !documents.isEmpty, let tree = SyntaxTree(bytes, file: path), tree.documents.count == documents.count else {
      throw ComposeProblems([unchangeable(step)])
    }
    let index = document(for: step)
    let root = tree.documents[index]
    let planner = EditPlanner(
      tree, root: root, file: path, options: options, path: step.change.path, subject: step.subject)
    let ways: [EditPlanner.Way]
    do throws(ComposeProblem) {
      ways = try planner.ways(step.operation, step.descent[...], at: EditPlanner.Slot(id: root))
    } catch {
      throw ComposeProblems([error])
    }
    var refusal: ComposeProblem?
    for way in ways {
      let text = TextEdit.apply(way.edits, to: bytes)
      let (read, problems) = YAMLReader.read(text, file: path)
      guard problems.isEmpty else {
        refusal = refusal ?? (problems.first?.rule == .limit ? problems.first : nil)
        continue
      }
      guard read.count == documents.count, let expected = (way.change ?? step.change).applied(to: documents[index]) else {
        continue
      }
      var others: [[String]] = []
      for other in documents.indices where other != index { others += documents[other].differences(from: read[other]) }
      others += expected.differences(from: read[index], lenient: step.lenient)
      others.removeAll { step.allows($0, options) }
      if others.isEmpty {
        bytes = text
        documents = read
        return way.edits
      }
      guard refusal == nil, others.contains(where: { !$0.prefix(2).elementsEqual(step.change.path.prefix(2)) }) else { continue }
      refusal = Self.shared(step, at: way.shared ?? place(of: step), others)
    }
    throw ComposeProblems([refusal ?? unchangeable(step)])
  }

  /// The document that has the value, else the one that has most of the way to it.
  private func document(for step: EditStep) -> Int {
    let path = step.change.path
    for length in stride(from: path.count, through: 1, by: -1) {
      let isThere = { (node: Node) in node.value(at: path[..<length]) != nil }
      // The last that sets a value decides; what is new goes to the first that knows the service.
      if let index = length == path.count ? documents.lastIndex(where: isThere) : documents.firstIndex(where: isThere) {
        return index
      }
    }
    return documents.firstIndex { $0.entries != nil } ?? 0
  }

  /// The nearest place to that of the change that is there already.
  private func place(of step: EditStep) -> SourcePosition {
    let path = step.change.path
    guard !documents.isEmpty else { return SourcePosition(file: self.path, line: 1, column: 1) }
    let document = documents[document(for: step)]
    for length in stride(from: path.count, through: 1, by: -1) {
      if let node = document.value(at: path[..<length]) { return node.position }
    }
    return SourcePosition(file: self.path, line: 1, column: 1)
  }

  private func unchangeable(_ step: EditStep) -> ComposeProblem {
    ComposeProblem(
      .unsupported, at: place(of: step),
      "\(step.subject): the text cannot be changed in place without changing what else it says", fix: "edit the file by hand")
  }

  private static func shared(_ step: EditStep, at place: SourcePosition, _ others: [[String]]) -> ComposeProblem {
    let names = others.map { path in
      path.first == "services" && path.count > 1 && path[1] != step.change.path.dropFirst().first
        ? path[1] : path.joined(separator: ".")
    }
    var seen: Set<String> = []
    let shown = names.filter { seen.insert($0).inserted }
    return ComposeProblem(
      .sharedValue, at: place,
      "\(step.subject): the value is shared through an anchor; the edit would also change \(shown.prefix(8).joined(separator: ", "))\(shown.count > 8 ? " …" : "")",
      fix: "give this service a value of its own by hand, or change all of them with --shared")
  }
}

/// A single value as a file has it.
package struct WrittenValue: Hashable, Sendable {
  /// Without quotes.
  package var text: String
  package var value: ComposeValue
  /// Where it is written; of an alias, where its anchor is.
  package var position: SourcePosition
  /// The variables that decide it, with their defaults; empty when the text is the value.
  package var variables: [VariableReference]
}

extension Node {
  func value(at path: ArraySlice<String>) -> Node? {
    var node = self
    for (index, key) in zip(path.indices, path) {
      if let next = node[key] {
        node = next
      } else if let items = node.items, index == path.endIndex - 1,
        let item = items.last(where: { TreeChange.isSetting($0, key) })
      {
        node = item
      } else {
        return nil
      }
    }
    return node
  }
}
