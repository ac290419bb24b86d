/// A regular expression as a machine over bytes (Thompson's construction).
struct PatternProgram: Sendable {
  /// Steps that take a byte, and all steps.
  static let limitStates = 1000
  private static let limitSteps = 8 * limitStates

  enum Step: Sendable {
    /// Takes a byte of `sets[set]`.
    case byte(set: Int, next: Int)
    case fork(Int, Int)
    case place(PatternNode.Place, next: Int)
    case found
  }

  private(set) var steps: [Step] = [.found]
  private(set) var start = 0
  /// Distinct sets of bytes.
  private(set) var sets: [ByteSet] = []
  private var states = 0
  private var setIndices: [ByteSet: Int] = [:]

  init(_ node: PatternNode) throws(LogPatternError) { start = try add(node, then: 0) }

  /// Adds steps that go on with `next`; gives the first of them.
  private mutating func add(_ node: PatternNode, then next: Int) throws(LogPatternError) -> Int {
    switch node {
    case .nothing: return next
    case .place(let place): return try append(.place(place, next: next))
    case .scalars(let set): return try add(set, then: next)
    case .sequence(let parts):
      var next = next
      for part in parts.reversed() { next = try add(part, then: next) }
      return next
    case .choice(let parts):
      var first: Int?
      for part in parts.reversed() {
        let begin = try add(part, then: next)
        first = if let first { try append(.fork(begin, first)) } else { begin }
      }
      return first ?? next
    case .repeated(let part, let low, let high):
      var next = next
      if let high {
        let end = next
        for _ in low..<high { next = try append(.fork(try add(part, then: next), end)) }
      } else {
        let loop = try append(.fork(next, next))
        let body = try add(part, then: loop)
        steps[loop] = .fork(body, next)
        next = loop
      }
      for _ in 0..<low { next = try add(part, then: next) }
      return next
    }
  }

  private mutating func add(_ set: ScalarSet, then next: Int) throws(LogPatternError) -> Int {
    var ascii = ByteSet()
    var isAllBeyond = false
    var beyond: [[ClosedRange<UInt8>]] = []
    for range in set.ranges {
      for value in range.clamped(to: 0...0x7F) where range.contains(value) { ascii.insert(UInt8(value)) }
      guard range.upperBound >= 0x80 else { continue }
      if range.lowerBound <= 0x80, range.upperBound == ScalarSet.last {
        isAllBeyond = true
      } else {
        beyond += UTF8Ranges.sequences(max(0x80, range.lowerBound)...range.upperBound)
      }
    }
    if isAllBeyond {
      // In valid UTF-8 a character is its lead and the bytes behind it, which nothing else can begin with.
      let tail = try append(.fork(next, next))
      steps[tail] = .fork(try byte(ByteSet(0x80...0xBF), then: tail), next)
      ascii.insert(0xC2...0xF4)
      return try byte(ascii, then: tail)
    }
    var first: Int? = ascii.isEmpty ? nil : try byte(ascii, then: next)
    for sequence in beyond {
      var begin = next
      for range in sequence.reversed() { begin = try byte(ByteSet(range), then: begin) }
      first = if let first { try append(.fork(begin, first)) } else { begin }
    }
    // A class that holds nothing is never found.
    guard let first else { return try byte(ByteSet(), then: next) }
    return first
  }

  private mutating func byte(_ set: ByteSet, then next: Int) throws(LogPatternError) -> Int {
    states += 1
    let index = setIndices[set] ?? sets.count
    if index == sets.count {
      sets.append(set)
      setIndices[set] = index
    }
    return try append(.byte(set: index, next: next))
  }

  private mutating func append(_ step: Step) throws(LogPatternError) -> Int {
    guard states <= Self.limitStates, steps.count < Self.limitSteps else { throw .tooLarge(limitStates: Self.limitStates) }
    steps.append(step)
    return steps.count - 1
  }
}

/// A set of bytes.
struct ByteSet: Hashable, Sendable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init() {}
  init(_ range: ClosedRange<UInt8>) { insert(range) }

  var isEmpty: Bool { words.0 | words.1 | words.2 | words.3 == 0 }

  func contains(_ byte: UInt8) -> Bool {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    return switch byte >> 6 {
    case 0: words.0 & bit != 0
    case 1: words.1 & bit != 0
    case 2: words.2 & bit != 0
    default: words.3 & bit != 0
    }
  }

  mutating func insert(_ byte: UInt8) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    case 2: words.2 |= bit
    default: words.3 |= bit
    }
  }

  mutating func insert(_ range: ClosedRange<UInt8>) { for byte in range { insert(byte) } }

  static func == (left: Self, right: Self) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}

/// Ranges of scalars as ranges of their bytes in UTF-8 (RFC 3629).
enum UTF8Ranges {
  /// Each sequence of ranges stands for all texts that take one byte of each.
  static func sequences(_ range: ClosedRange<UInt32>) -> [[ClosedRange<UInt8>]] {
    for limit in [0x7F, 0x7FF, 0xFFFF] as [UInt32] where range.lowerBound <= limit && range.upperBound > limit {
      return sequences(range.lowerBound...limit) + sequences(limit + 1...range.upperBound)
    }
    let (low, high) = (range.lowerBound, range.upperBound)
    let length = high <= 0x7F ? 1 : high <= 0x7FF ? 2 : high <= 0xFFFF ? 3 : 4
    for tail in 1..<max(2, length) where length > 1 {
      let mask = (1 as UInt32) << UInt32(6 * tail) - 1
      guard low & ~mask != high & ~mask else { continue }
      if low & mask != 0 { return sequences(low...(low | mask)) + sequences((low | mask) + 1...high) }
      if high & mask != mask { return sequences(low...(high & ~mask) - 1) + sequences((high & ~mask)...high) }
    }
    return [zip(bytes(low, length), bytes(high, length)).map { $0...$1 }]
  }

  private static func bytes(_ value: UInt32, _ length: Int) -> [UInt8] {
    if length == 1 { return [UInt8(value)] }
    let lead: UInt32 = length == 2 ? 0xC0 : length == 3 ? 0xE0 : 0xF0
    return (0..<length).map { index in
      let part = value >> UInt32(6 * (length - 1 - index))
      return UInt8(index == 0 ? lead | part : 0x80 | part & 0x3F)
    }
  }
}
