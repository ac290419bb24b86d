/// The canonical form of a value: how it is converted, when it is left out, and in which order its parts come.
///
/// One table serves the encoder (`ShapeEncoder`) and the hash (`ConfigHash`), so that both agree.
indirect enum Shape: Sendable {
  /// Text; left out when empty.
  case text
  /// Left out when false.
  case flag
  /// Printed even when false: absent has a meaning of its own.
  case tristate
  /// True is the default and left out.
  case optOut
  /// Left out when zero.
  case integer
  /// Printed even when zero.
  case count
  /// A single-precision number; left out when zero.
  case fraction
  /// A size as a decimal string; left out when zero.
  case bytes
  /// A duration in Go's text form, printed even when zero.
  case duration
  /// A duration, left out when zero.
  case span
  /// A number that is not negative and fits; text is no number. Left out when zero.
  case natural(upTo: Int)
  /// A list of strings, or one; left out when empty.
  case texts
  /// Addresses of hosts, sorted.
  case hosts
  /// Words of a command: null and an empty list differ.
  case words
  /// Text by key; left out when empty.
  case textMap
  /// Text or null by key; left out when empty.
  case environment
  /// Permission bits as octal text.
  case fileMode
  /// A number of devices; "all" is -1.
  case deviceCount
  /// One number, or soft and hard.
  case ulimit
  /// Lists of strings by key.
  case textLists
  /// As written, without a type.
  case raw
  case object(ObjectShape)
  /// Left out when empty.
  case list(Shape)
  /// Left out when empty; sorted by key; null stays null.
  case map(Shape)
}

/// A mapping with fixed parts in a fixed order.
final class ObjectShape: Sendable {
  struct Part: Sendable {
    var key: String
    /// The key in the output when it differs.
    var printedKey: String
    var shape: Shape
    /// Printed when absent.
    var whenAbsent: ComposeValue?

    init(_ key: String, _ shape: Shape, as printedKey: String? = nil, whenAbsent: ComposeValue? = nil) {
      self.key = key
      self.printedKey = printedKey ?? key
      self.shape = shape
      self.whenAbsent = whenAbsent
    }
  }

  let parts: [Part]
  let places: [String: Int]

  init(_ parts: [Part]) {
    self.parts = parts
    self.places = Dictionary(parts.enumerated().map { ($1.key, $0) }) { first, _ in first }
  }

  convenience init(_ parts: KeyValuePairs<String, Shape>) {
    self.init(parts.map { Part($0, $1) })
  }
}
