/// Looks for a regular expression in lines, one step for each byte whatever the pattern.
///
/// The steps that can be reached together are one state, made when it is first needed. States are forgotten when there are too
/// many: then a byte costs as much as the pattern has steps, and never more.
struct PatternAutomaton {
  /// States that are kept.
  private static let limitStates = 512
  private static let unknown: UInt16 = .max
  private static let found: UInt16 = .max - 1

  /// Where the machine is before the next byte.
  private struct State: Hashable {
    /// Steps that were reached by the last byte, in order.
    var steps: [UInt16]
    var isStart: Bool
    var isAfterWord: Bool
  }

  private let program: PatternProgram
  /// Bytes that no set of the pattern tells apart have one number; the last number is the end of the line.
  private let classes: [UInt8]
  private let samples: [UInt8]
  private let width: Int
  private let looksAtWords: Bool

  private var states: [State] = []
  private var indices: [State: UInt16] = [:]
  /// For each state and class the next state.
  private var table: [UInt16] = []
  /// Steps that were seen in the round of that number.
  private var seen: [UInt32]
  private var round: UInt32 = 0

  init(_ program: PatternProgram) {
    self.program = program
    looksAtWords = program.steps.contains { step in
      if case .place(let place, _) = step { place == .wordEdge || place == .noWordEdge } else { false }
    }
    var sets = program.sets
    if looksAtWords {
      var word = ByteSet()
      for range in ScalarSet.word.ranges { word.insert(UInt8(range.lowerBound)...UInt8(range.upperBound)) }
      sets.append(word)
    }
    var numbers: [[Bool]: UInt8] = [:]
    var classes: [UInt8] = []
    var samples: [UInt8] = []
    for byte in UInt8.min ... .max {
      let signature = sets.map { $0.contains(byte) }
      let number = numbers[signature] ?? UInt8(truncatingIfNeeded: numbers.count)
      if numbers[signature] == nil {
        numbers[signature] = number
        samples.append(byte)
      }
      classes.append(number)
    }
    self.classes = classes
    self.samples = samples
    width = samples.count + 1
    seen = Array(repeating: 0, count: program.steps.count)
    forget()
  }

  /// Whether the pattern is found in a line of valid UTF-8.
  mutating func finds(in line: Span<UInt8>) -> Bool {
    var state = 0
    var index = 0
    while index < line.count {
      let number = Int(classes[Int(line[index])])
      var next = table[state * width + number]
      if next == Self.unknown { next = step(from: state, number) }
      if next == Self.found { return true }
      state = Int(next)
      index += 1
    }
    var last = table[state * width + width - 1]
    if last == Self.unknown { last = step(from: state, width - 1) }
    return last == Self.found
  }

  /// Forgets all states but the first.
  private mutating func forget() {
    states = [State(steps: [], isStart: true, isAfterWord: false)]
    indices = [states[0]: 0]
    table = Array(repeating: Self.unknown, count: width)
  }

  /// Makes the state that follows; after that of which it was told is forgotten, the number it gives is right all the same.
  private mutating func step(from index: Int, _ number: Int) -> UInt16 {
    let state = states[index]
    let byte = number < samples.count ? samples[number] : nil
    let isWord = byte.map(Self.isWord) ?? false
    var reached: [Int] = []
    round &+= 1
    var stack = state.steps.map(Int.init).reversed() + []
    // A match may begin at each byte.
    stack.insert(program.start, at: 0)
    while let step = stack.popLast() {
      guard seen[step] != round else { continue }
      seen[step] = round
      switch program.steps[step] {
      case .found: return note(Self.found, index, number)
      case .fork(let first, let second):
        stack.append(second)
        stack.append(first)
      case .place(let place, let next):
        let holds =
          switch place {
          case .start: state.isStart
          case .end: byte == nil
          case .wordEdge: state.isAfterWord != isWord
          case .noWordEdge: state.isAfterWord == isWord
          }
        if holds { stack.append(next) }
      case .byte(let set, let next):
        if let byte, program.sets[set].contains(byte) { reached.append(next) }
      }
    }
    let next = State(
      steps: Array(Set(reached.map { UInt16($0) })).sorted(), isStart: false, isAfterWord: looksAtWords && isWord)
    if let known = indices[next] { return note(known, index, number) }
    if states.count >= Self.limitStates {
      forget()
      return add(next)
    }
    return note(add(next), index, number)
  }

  private mutating func add(_ state: State) -> UInt16 {
    states.append(state)
    let number = UInt16(states.count - 1)
    indices[state] = number
    table += Array(repeating: Self.unknown, count: width)
    return number
  }

  private mutating func note(_ next: UInt16, _ index: Int, _ number: Int) -> UInt16 {
    table[index * width + number] = next
    return next
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "_")
  }
}
