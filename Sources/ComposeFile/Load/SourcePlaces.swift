/// Where the values of a project were written, by their path in the model.
///
/// Shares the tree that the project was made of: files joined, anchors and `extends` followed, so that what counts is found
/// where it was written last.
package struct SourcePlaces: Sendable {
  /// One step down from a value.
  package enum Step: Hashable, Sendable {
    case key(String)
    /// The item of a list that says this: the text itself, one that begins with it and goes on with `=` or `:`, or a mapping with
    /// such a value. In a mapping, its key.
    case item(String)
  }

  private let root: Node

  init(_ root: Node) { self.root = root }

  /// The place of the value at `path`, or of the nearest one above it that a file has; nil where no file says anything of it.
  package func position(of path: [Step]) -> SourcePosition? {
    var node = root
    var position: SourcePosition?
    for step in path {
      guard let next = Self.value(step, of: node) else { break }
      node = next
      position = next.position
    }
    return position.flatMap { $0.line > 0 ? $0 : nil }
  }

  private static func value(_ step: Step, of node: Node) -> Node? {
    switch step {
    case .key(let key): return node[key]
    case .item(let text):
      if let value = node[text] { return value }
      return node.items?.first { item in says(text, item) || (item.entries ?? []).contains { says(text, $0.value) } }
    }
  }

  private static func says(_ text: String, _ node: Node) -> Bool {
    if let number = node.int { return String(number) == text }
    guard let said = node.string else { return false }
    return said == text || said.hasPrefix(text + "=") || said.hasPrefix(text + ":")
  }
}
