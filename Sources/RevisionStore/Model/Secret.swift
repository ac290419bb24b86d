/// A value that must never show up in text: it prints as dots in every way Swift prints (S-SEC-4).
///
/// Not `Codable` on purpose; the only way out is `reveal()`, which is easy to search for.
package struct Secret<Value: Sendable>: Sendable {
  private let value: Value

  package init(_ value: Value) {
    self.value = value
  }

  /// The value itself; hand it on only to where it is used.
  package func reveal() -> Value {
    value
  }
}

extension Secret: Equatable where Value: Equatable {}
extension Secret: Hashable where Value: Hashable {}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "•••" }
  package var debugDescription: String { "•••" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
