/// Which config hashes on running objects count as those of the model, because the objects were adopted as they ran.
///
/// Docker Compose's hash is of the words of the model. A model that was rebuilt from what runs has other words for the same
/// container; comparing hashes alone would replace it for nothing.
package struct AdoptedHashes: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable { case service, network, volume }

  private struct Entry: Hashable {
    var kind: Kind
    var name: String
    var model: String
    var running: String
  }

  private var entries: Set<Entry> = []

  package init() {}

  package var isEmpty: Bool { entries.isEmpty }

  package mutating func accept(_ running: String, for kind: Kind, _ name: String, model: String) {
    entries.insert(Entry(kind: kind, name: name, model: model, running: running))
  }

  /// Whether an object with the label `running` is as `model` wants it; only as long as the model stays what it was.
  package func accepts(_ running: String, for kind: Kind, _ name: String, model: String) -> Bool {
    entries.contains(Entry(kind: kind, name: name, model: model, running: running))
  }
}
