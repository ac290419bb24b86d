/// A set of Unicode scalars as ranges in order.
struct ScalarSet: Hashable {
  static let last: UInt32 = 0x10FFFF

  private(set) var ranges: [ClosedRange<UInt32>] = []

  init() {}
  init(_ ranges: [ClosedRange<UInt32>]) { for range in ranges { insert(range) } }
  init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

  static let digits = ScalarSet([0x30...0x39])
  /// Letters, digits and `_` of ASCII.
  static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let space = ScalarSet([0x09...0x0D, 0x20...0x20])
  /// All but the line break.
  static let any = ScalarSet([0x00...0x09, 0x0B...last])

  var inverted: ScalarSet {
    var result: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= Self.last { result.append(next...Self.last) }
    var set = ScalarSet()
    set.ranges = result
    return set
  }

  mutating func insert(_ range: ClosedRange<UInt32>) {
    var merged = range
    var result: [ClosedRange<UInt32>] = []
    for known in ranges {
      if known.upperBound != .max, known.upperBound + 1 < merged.lowerBound || merged.upperBound + 1 < known.lowerBound {
        result.append(known)
      } else {
        merged = min(merged.lowerBound, known.lowerBound)...max(merged.upperBound, known.upperBound)
      }
    }
    result.append(merged)
    ranges = result.sorted { $0.lowerBound < $1.lowerBound }
  }

  mutating func formUnion(_ other: ScalarSet) { for range in other.ranges { insert(range) } }

  /// With the other cases of its scalars, where those are one scalar; of large ranges beyond ASCII only what is in it.
  var ignoringCase: ScalarSet {
    var result = self
    for range in ranges {
      let ascii = range.clamped(to: 0...0x7F)
      for (part, limit) in [(ascii, 0x80), (range, 512)] where part.overlaps(range) && part.count <= limit {
        for value in part {
          guard let scalar = Unicode.Scalar(value) else { continue }
          for mapped in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
            let scalars = mapped.unicodeScalars
            if scalars.count == 1, let other = scalars.first { result.insert(other.value...other.value) }
          }
        }
      }
    }
    return result
  }
}
