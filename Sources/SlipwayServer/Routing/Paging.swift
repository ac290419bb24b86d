import SlipwayAPI

/// Which part of a list is wanted.
struct Paging: Sendable {
  static let limit = 200
  private static let standard = 100

  static let parameters: [Route.Parameter] = [
    .optional("limit", .integer(minimum: 1, maximum: limit), "how many at most; \(standard) when left out"),
    .optional("cursor", .text(limit: 512), "the `next` of the page before"),
  ]

  let limit: Int
  let cursor: String?

  /// The part of a list behind the cursor, which is the key of the last item before; in the order of the keys, so that no
  /// item is left out or comes twice.
  func page<Item, Body: WireType>(
    _ all: [Item], key: (Item) -> String, _ body: (Item) throws -> Body
  ) rethrows -> Page<Body> {
    let sorted = all.map { (key: key($0), item: $0) }.sorted { $0.key < $1.key }
    let start = cursor.map { cursor in sorted.firstIndex { $0.key > cursor } ?? sorted.endIndex } ?? sorted.startIndex
    let part = sorted[start...].prefix(limit)
    let hasMore = part.endIndex < sorted.endIndex
    return Page(try part.map { try body($0.item) }, next: hasMore ? part.last?.key : nil, total: all.count)
  }
}

extension Paging {
  init(_ call: APICall) {
    self.init(limit: min(call.number("limit") ?? Self.standard, Self.limit), cursor: call.value("cursor"))
  }
}
