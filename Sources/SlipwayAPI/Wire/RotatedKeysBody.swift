/// What a rotation of the keys has done.
package struct RotatedKeysBody: WireType {
  package var dataKeys: Int
  package var values: Int
  package var damaged: [String]

  package init(dataKeys: Int, values: Int, damaged: [String]) {
    self.dataKeys = dataKeys
    self.values = values
    self.damaged = damaged
  }

  package static let schema = Schema.named("RotatedKeys") {
    .object([
      .required("data_keys", .count, "data keys that the new master key wraps"),
      .required("values", .count, "values that were sealed anew"),
      .required("damaged", .array(of: .text), "rows that do not open, and were left as they are; at most 20"),
    ])
  }
}
