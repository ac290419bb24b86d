/// A value of a YAML document with the place where it was written.
///
/// Aliases and merge keys (`<<`) are already resolved; copies share storage.
package struct Node: Sendable {
  package enum Content: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    /// A YAML 1.1 timestamp, in Go's `time.Time` text form (`2001-12-14 00:00:00 +0000 UTC`).
    case timestamp(String)
    case string(String)
    case list([Node])
    case map([Entry])
  }

  package struct Entry: Sendable {
    package var key: String
    package var keyPosition: SourcePosition
    package var value: Node

    package init(key: String, keyPosition: SourcePosition, value: Node) {
      self.key = key
      self.keyPosition = keyPosition
      self.value = value
    }
  }

  /// Compose's own tags: `!reset` removes what earlier files said, `!override` replaces instead of merging.
  package enum Tag: Sendable, Hashable { case reset, override }

  package var content: Content
  // Behind the content, where it takes no room of its own.
  package var tag: Tag?
  package var position: SourcePosition

  package init(_ content: Content, at position: SourcePosition, tag: Tag? = nil) {
    self.content = content
    self.position = position
    self.tag = tag
  }

  /// The value of `key` when this is a mapping that has it.
  package subscript(key: String) -> Node? {
    get {
      guard case .map(let entries) = content else { return nil }
      return entries.first { $0.key == key }?.value
    }
    set {
      guard case .map(var entries) = content else { return }
      // Emptied first so that the array is not copied while it is changed.
      content = .null
      if let index = entries.firstIndex(where: { $0.key == key }) {
        if let newValue { entries[index].value = newValue } else { entries.remove(at: index) }
      } else if let newValue {
        entries.append(Entry(key: key, keyPosition: newValue.position, value: newValue))
      }
      content = .map(entries)
    }
  }

  /// This value and all below it, counted up to `limit`.
  func count(upTo limit: Int) -> Int {
    switch content {
    case .list(let items):
      var total = 1
      for item in items where total < limit { total += item.count(upTo: limit - total) }
      return total
    case .map(let entries):
      var total = 1
      for entry in entries where total < limit { total += entry.value.count(upTo: limit - total) }
      return total
    case .null, .bool, .int, .double, .timestamp, .string: return 1
    }
  }

  package var entries: [Entry]? { if case .map(let entries) = content { entries } else { nil } }
  package var items: [Node]? { if case .list(let items) = content { items } else { nil } }
  package var string: String? { if case .string(let text) = content { text } else { nil } }
  package var bool: Bool? { if case .bool(let value) = content { value } else { nil } }
  package var int: Int? { if case .int(let value) = content { value } else { nil } }
  package var isNull: Bool { if case .null = content { true } else { false } }

  /// The word for this kind of value in messages: "a mapping", "a list", "a string" …
  package var kind: String {
    switch content {
    case .null: "empty"
    case .bool: "a boolean"
    case .int: "an integer"
    case .double: "a number"
    case .timestamp: "a timestamp"
    case .string: "a string"
    case .list: "a list"
    case .map: "a mapping"
    }
  }
}
