/// Sizes such as "512m" or "1.5 GiB"; all units are powers of 1024.
package enum ByteSize {
  /// Bytes; nil when `text` is not a size.
  package static func parse(_ text: String) -> Int? {
    let bytes = text.utf8
    let number = bytes.prefix { $0.isDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    var unit = bytes.dropFirst(number.count)
    guard let value = Double(String(decoding: number, as: UTF8.self)), value >= 0 || value == -1 else { return nil }
    if unit.first == UInt8(ascii: " ") { unit.removeFirst() }
    let letters = String(decoding: unit, as: UTF8.self).lowercased()
    guard let scale = units[letters] else { return nil }
    return Int(exactly: (value * scale).rounded(.towardZero))
  }

  private static let units: [String: Double] = {
    var units: [String: Double] = ["": 1, "b": 1]
    for (power, letter) in ["k", "m", "g", "t", "p"].enumerated() {
      var scale = 1.0
      for _ in 0...power { scale *= 1024 }
      for ending in ["", "b", "i", "ib"] { units[letter + ending] = scale }
    }
    return units
  }()
}
