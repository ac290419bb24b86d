/// A part of a list.
package struct Page<Item: WireType>: WireType {
  package var items: [Item]
  /// The cursor of the next page; nil on the last.
  package var next: String?
  /// How many there are in all, where that is known.
  package var total: Int?

  package init(_ items: [Item], next: String? = nil, total: Int? = nil) {
    self.items = items
    self.next = next
    self.total = total
  }

  package static var schema: Schema { .page(of: Item.schema) }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(items, forKey: .items)
    // Null, not left out: a client need not ask whether it is there.
    try container.encode(next, forKey: .next)
    try container.encode(total, forKey: .total)
  }

  private enum CodingKeys: String, CodingKey { case items, next, total }
}
