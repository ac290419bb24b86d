/// What a regular expression is made of.
indirect enum PatternNode {
  enum Place: Hashable { case start, end, wordEdge, noWordEdge }

  case nothing
  case scalars(ScalarSet)
  case sequence([PatternNode])
  case choice([PatternNode])
  case repeated(PatternNode, min: Int, max: Int?)
  case place(Place)
}

/// Reads regular expressions: the usual syntax, without what needs more than linear time.
struct PatternParser {
  /// Counts in `{m,n}`.
  private static let countLimit = 1000

  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var ignoresCase: Bool

  init(_ text: String, ignoresCase: Bool) {
    scalars = Array(text.unicodeScalars)
    self.ignoresCase = ignoresCase
  }

  mutating func parse() throws(LogPatternError) -> PatternNode {
    let node = try choice()
    guard index == scalars.count else { throw .malformed(reason: "a ) without its (", position: index + 1) }
    return node
  }

  private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    index += 1
    return true
  }

  private mutating func choice() throws(LogPatternError) -> PatternNode {
    // Flags that are set within a group hold to its end.
    let outer = ignoresCase
    defer { ignoresCase = outer }
    var parts = [try sequence()]
    while skip("|") { parts.append(try sequence()) }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence() throws(LogPatternError) -> PatternNode {
    var parts: [PatternNode] = []
    while let scalar = next, scalar != "|", scalar != ")" { parts.append(try repeated()) }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func repeated() throws(LogPatternError) -> PatternNode {
    let start = index
    var node = try atom()
    while let (low, high) = try count() {
      node = .repeated(node, min: low, max: high)
      // Lazy or not is the same where only the finding counts.
      if skip("?") { continue }
      if next == "+" { throw .unsupported(feature: "a possessive repeat", position: index + 1) }
      if next == "*" { throw .malformed(reason: "a repeat of a repeat", position: index + 1) }
    }
    guard index > start else { throw .malformed(reason: "nothing to repeat", position: index + 1) }
    return node
  }

  private mutating func count() throws(LogPatternError) -> (Int, Int?)? {
    switch next {
    case "*":
      index += 1
      return (0, nil)
    case "+":
      index += 1
      return (1, nil)
    case "?":
      index += 1
      return (0, 1)
    case "{": return try braces()
    default: return nil
    }
  }

  /// `{m}`, `{m,}` or `{m,n}`; anything else is a brace as it stands.
  private mutating func braces() throws(LogPatternError) -> (Int, Int?)? {
    let start = index
    index += 1
    guard let low = number() else {
      index = start
      return nil
    }
    var high: Int? = low
    if skip(",") { high = number() }
    guard skip("}") else {
      index = start
      return nil
    }
    guard low <= Self.countLimit, high ?? 0 <= Self.countLimit else {
      throw .malformed(reason: "a count over \(Self.countLimit)", position: start + 1)
    }
    guard high.map({ $0 >= low }) ?? true else {
      throw .malformed(reason: "a count that ends before it begins", position: start + 1)
    }
    return (low, high)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = next, ("0"..."9").contains(digit) {
      value = min((value ?? 0) * 10 + Int(digit.value - 0x30), Self.countLimit + 1)
      index += 1
    }
    return value
  }

  private mutating func atom() throws(LogPatternError) -> PatternNode {
    guard let scalar = next else { return .nothing }
    let position = index + 1
    switch scalar {
    case "(": return try group()
    case "[": return .scalars(try bracket())
    case "*", "+", "?": throw .malformed(reason: "nothing to repeat", position: position)
    default: index += 1
    }
    switch scalar {
    case ".": return .scalars(.any)
    case "^": return .place(.start)
    case "$": return .place(.end)
    case "\\": return try escape()
    case "{":
      // Braces stand for themselves unless they are a count, which has nothing before it here.
      return literal(scalar)
    default: return literal(scalar)
    }
  }

  private func literal(_ scalar: Unicode.Scalar) -> PatternNode { .scalars(folded(ScalarSet(scalar))) }

  private func folded(_ set: ScalarSet) -> ScalarSet { ignoresCase ? set.ignoringCase : set }

  private mutating func group() throws(LogPatternError) -> PatternNode {
    let start = index + 1
    index += 1
    let outer = ignoresCase
    if skip("?") {
      switch next {
      case ":": index += 1
      case "=", "!": throw .unsupported(feature: "a look-ahead", position: start)
      case ">": throw .unsupported(feature: "an atomic group", position: start)
      case "P", "<":
        _ = skip("P")
        guard skip("<") else { throw .unsupported(feature: "a reference to a group", position: start) }
        if next == "=" || next == "!" { throw .unsupported(feature: "a look-behind", position: start) }
        while let scalar = next, scalar != ">" {
          guard scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" else { break }
          index += 1
        }
        guard skip(">") else { throw .malformed(reason: "the name of a group does not end", position: start) }
      default:
        try flags(start)
        // For the rest of the group around it.
        if skip(")") { return .nothing }
        guard skip(":") else { throw .unsupported(feature: "this kind of group", position: start) }
      }
    }
    let node = try choice()
    ignoresCase = outer
    guard skip(")") else { throw .malformed(reason: "a ( without its )", position: start) }
    return node
  }

  private mutating func flags(_ start: Int) throws(LogPatternError) {
    var isOn = true
    while let scalar = next, scalar != ")", scalar != ":" {
      switch scalar {
      case "i": ignoresCase = isOn
      case "-": isOn = false
      // A line has no line breaks: these change nothing.
      case "m", "s", "u": break
      default: throw .unsupported(feature: "the flag or group \"?\(scalar)\"", position: start)
      }
      index += 1
    }
  }

  // MARK: Escapes and classes

  private mutating func escape() throws(LogPatternError) -> PatternNode {
    let position = index
    guard let scalar = next else { throw .malformed(reason: "a \\ at the end", position: position) }
    switch scalar {
    case "b": index += 1; return .place(.wordEdge)
    case "B": index += 1; return .place(.noWordEdge)
    case "A": index += 1; return .place(.start)
    case "z", "Z": index += 1; return .place(.end)
    case "1"..."9", "k", "g": throw .unsupported(feature: "a back-reference", position: position)
    default: return .scalars(folded(try escapedSet(position)))
    }
  }

  /// Behind the backslash.
  private mutating func escapedSet(_ position: Int) throws(LogPatternError) -> ScalarSet {
    guard let scalar = next else { throw .malformed(reason: "a \\ at the end", position: position) }
    index += 1
    switch scalar {
    case "d": return .digits
    case "D": return ScalarSet.digits.inverted
    case "w": return .word
    case "W": return ScalarSet.word.inverted
    case "s": return .space
    case "S": return ScalarSet.space.inverted
    case "t": return ScalarSet("\t")
    case "n": return ScalarSet("\n")
    case "r": return ScalarSet("\r")
    case "f": return ScalarSet("\u{0C}")
    case "v": return ScalarSet("\u{0B}")
    case "e": return ScalarSet("\u{1B}")
    case "0": return ScalarSet("\u{00}")
    case "x": return ScalarSet(try hex(digits: 2, position))
    case "u": return ScalarSet(try hex(digits: 4, position))
    case "p", "P": throw .unsupported(feature: "a Unicode property", position: position)
    case "a"..."z", "A"..."Z", "1"..."9": throw .malformed(reason: "no such escape as \\\(scalar)", position: position)
    default: return ScalarSet(scalar)
    }
  }

  /// `\x1B`, `\u001B` or `\x{1B}`.
  private mutating func hex(digits: Int, _ position: Int) throws(LogPatternError) -> Unicode.Scalar {
    let isBraced = skip("{")
    var text = ""
    while let scalar = next, scalar.properties.isASCIIHexDigit, isBraced ? text.count < 6 : text.count < digits {
      text.unicodeScalars.append(scalar)
      index += 1
    }
    guard isBraced ? skip("}") && !text.isEmpty : text.count == digits, let value = UInt32(text, radix: 16),
      let scalar = Unicode.Scalar(value)
    else { throw .malformed(reason: "no number of a character", position: position) }
    return scalar
  }

  private mutating func bracket() throws(LogPatternError) -> ScalarSet {
    let start = index + 1
    index += 1
    let isInverted = skip("^")
    var set = ScalarSet()
    var isFirst = true
    while true {
      guard let scalar = next else { throw .malformed(reason: "a [ without its ]", position: start) }
      if scalar == "]", !isFirst { break }
      isFirst = false
      if scalar == "[", index + 1 < scalars.count, scalars[index + 1] == ":" {
        set.formUnion(try named(start))
        continue
      }
      let low = try member()
      // A range, unless the dash is the last of all.
      if next == "-", index + 1 < scalars.count, scalars[index + 1] != "]", let first = low.single {
        let position = index + 1
        index += 1
        guard let last = try member().single else { throw .malformed(reason: "a range without an end", position: position) }
        guard first <= last else { throw .malformed(reason: "a range that ends before it begins", position: position) }
        set.insert(first...last)
      } else {
        set.formUnion(low)
      }
    }
    index += 1
    let folded = folded(set)
    return isInverted ? folded.inverted : folded
  }

  private mutating func member() throws(LogPatternError) -> ScalarSet {
    let position = index + 1
    guard let scalar = next else { throw .malformed(reason: "a class without its end", position: position) }
    index += 1
    guard scalar == "\\" else { return ScalarSet(scalar) }
    if skip("b") { return ScalarSet("\u{08}") }
    return try escapedSet(position)
  }

  /// `[:alpha:]` and the like (POSIX).
  private mutating func named(_ start: Int) throws(LogPatternError) -> ScalarSet {
    let position = index + 1
    index += 2
    var name = ""
    while let scalar = next, scalar != ":" {
      name.unicodeScalars.append(scalar)
      index += 1
    }
    guard skip(":"), skip("]") else { throw .malformed(reason: "the name of a class does not end", position: position) }
    switch name {
    case "digit": return .digits
    case "word": return .word
    case "space": return .space
    case "alpha": return ScalarSet([0x41...0x5A, 0x61...0x7A])
    case "alnum": return ScalarSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A])
    case "upper": return ScalarSet([0x41...0x5A])
    case "lower": return ScalarSet([0x61...0x7A])
    case "punct": return ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])
    case "xdigit": return ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
    default: throw .malformed(reason: "no class is called \(name)", position: position)
    }
  }
}

extension ScalarSet {
  /// The value where it holds one scalar only.
  fileprivate var single: UInt32? {
    guard ranges.count == 1, let range = ranges.first, range.count == 1 else { return nil }
    return range.lowerBound
  }
}
