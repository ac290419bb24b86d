extension Node {
  /// This mapping with every entry rewritten in place; other kinds of values come back unchanged.
  func mappingEntries(_ rewrite: (inout Entry) -> Void) -> Node {
    guard case .map(var entries) = content else { return self }
    for index in entries.indices { rewrite(&entries[index]) }
    return Node(.map(entries), at: position, tag: tag)
  }

  /// This list with every item rewritten; other kinds of values come back unchanged.
  func listItems(_ rewrite: (Int, Node) -> Node) -> Node {
    guard case .list(let items) = content else { return self }
    return Node(.list(items.enumerated().map(rewrite)), at: position, tag: tag)
  }

  /// A string as a list of one (of none when it is empty); other kinds of values come back unchanged.
  var listed: Node {
    guard let text = string else { return self }
    return Node(.list(text.isEmpty ? [] : [Node(content, at: position)]), at: position, tag: tag)
  }

  /// A mapping with this value under one key.
  func wrapped(in key: String) -> Node {
    Node(.map([Entry(key: key, keyPosition: position, value: Node(content, at: position))]), at: position, tag: tag)
  }

  static func mapping(_ pairs: [(String, String)], at position: SourcePosition) -> Node {
    Node(
      .map(pairs.map { Entry(key: $0, keyPosition: position, value: Node(.string($1), at: position)) }), at: position)
  }
}
