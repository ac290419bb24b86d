extension Array where Element: Sendable {
  /// What `transform` makes of each element, in their order; so many at a time.
  package func concurrentMap<Value: Sendable>(
    atOnce limit: Int, _ transform: @escaping @Sendable (Element) async throws -> Value
  ) async throws -> [Value] {
    try await withThrowingTaskGroup(of: (Int, Value).self) { group in
      var values: [Int: Value] = [:]
      for (index, element) in enumerated() {
        if index >= limit, let (done, value) = try await group.next() { values[done] = value }
        group.addTask { (index, try await transform(element)) }
      }
      for try await (done, value) in group { values[done] = value }
      return values.sorted { $0.key < $1.key }.map(\.value)
    }
  }
}
