import FoundationEssentials

/// What a deploy has brought to a server, kept there beside the files, so that nothing need be read back.
struct ServerRecord: Codable, Hashable, Sendable {
  struct Item: Codable, Hashable, Sendable {
    /// From the project folder on.
    var name: String
    /// Services may write to it: the tree is what was sent, not what is there.
    var isShared: Bool
    var tree: ProjectFileTree
  }

  static let version = 1
  /// Of the text: 50,000 entries of long names.
  static let limitBytes = 64 << 20

  var version = Self.version
  var revision: Int
  var items: [Item]

  func item(_ name: String) -> Item? { items.first { $0.name == name } }

  /// Nil when the text is no record that this version knows; a server's text is not trusted (S-SSH-4).
  init?(_ bytes: [UInt8]) {
    guard let record = try? JSONDecoder().decode(ServerRecord.self, from: Data(bytes)), record.version == Self.version,
      record.items.reduce(0, { $0 + $1.tree.entries.count }) <= 2 * ProjectFileReader.limitEntries,
      record.items.allSatisfy({ $0.tree.isSound })
    else { return nil }
    self = record
  }

  init(revision: Int, items: [Item]) {
    self.revision = revision
    self.items = items
  }

  func bytes() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return Array(try encoder.encode(self))
  }
}

extension ProjectFileTree {
  /// Whether no path in it leads anywhere else.
  var isSound: Bool {
    entries.allSatisfy { entry in
      entry.path.isEmpty
        || entry.path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
          !$0.isEmpty && $0 != "." && $0 != ".." && !$0.unicodeScalars.contains("\0")
        }
    }
  }
}
