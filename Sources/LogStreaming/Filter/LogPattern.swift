/// Why a pattern cannot be used.
package enum LogPatternError: Error, Hashable, Sendable {
  /// Longer than `LogPattern.limit` characters.
  case tooLong(limit: Int)
  /// `position` counts characters from 1.
  case malformed(reason: String, position: Int)
  /// Syntax of other engines that cannot be searched for in linear time, or is not known here.
  case unsupported(feature: String, position: Int)
  /// It needs more states than are allowed, as repeats of repeats do.
  case tooLarge(limitStates: Int)
}

extension LogPatternError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLong(let limit): "the pattern is longer than \(limit) characters\n  fix: shorten it"
    case .malformed(let reason, let position): "the pattern is wrong at character \(position): \(reason)"
    case .unsupported(let feature, let position):
      "the pattern uses \(feature) at character \(position), which is not supported\n  fix: write it without"
    case .tooLarge(let limit): "the pattern needs more than \(limit) states\n  fix: use smaller counts in { }"
    }
  }
}

/// Text or a regular expression that is looked for in lines.
///
/// Expressions have literals, classes, `\d \w \s \b`, anchors, groups, alternatives and the repeats `* + ? {m,n}`; the time of a
/// search grows with the length of the line only, whatever the pattern. `^` and `$` are the ends of the line.
package struct LogPattern: Sendable {
  /// Characters of a pattern (S-WEB-6).
  package static let limit = 256

  private enum Kind: Sendable {
    case text([UInt8])
    case expression(PatternProgram)
  }

  private let kind: Kind

  /// Plain text.
  ///
  /// - Throws: `LogPatternError.tooLong`.
  package init(text: String, ignoresCase: Bool = true) throws(LogPatternError) {
    guard text.unicodeScalars.count <= Self.limit else { throw .tooLong(limit: Self.limit) }
    guard ignoresCase else {
      kind = .text(Array(text.utf8))
      return
    }
    let scalars = text.unicodeScalars.map { PatternNode.scalars(ScalarSet($0).ignoringCase) }
    kind = .expression(try PatternProgram(.sequence(scalars)))
  }

  /// A regular expression.
  ///
  /// - Throws: `LogPatternError`.
  package init(expression: String, ignoresCase: Bool = true) throws(LogPatternError) {
    guard expression.unicodeScalars.count <= Self.limit else { throw .tooLong(limit: Self.limit) }
    var parser = PatternParser(expression, ignoresCase: ignoresCase)
    kind = .expression(try PatternProgram(try parser.parse()))
  }

  /// A search that keeps what it learns from line to line.
  func search() -> Search {
    switch kind {
    case .text(let bytes): Search(text: bytes, automaton: nil)
    case .expression(let program): Search(text: [], automaton: PatternAutomaton(program))
    }
  }

  struct Search {
    fileprivate let text: [UInt8]
    fileprivate var automaton: PatternAutomaton?

    /// Whether it is found in a line of valid UTF-8.
    mutating func finds(in line: Span<UInt8>) -> Bool {
      if automaton != nil { return automaton?.finds(in: line) ?? false }
      guard !text.isEmpty else { return true }
      var index = 0
      while let start = firstIndex(of: text[0], in: line, from: index), line.count - start >= text.count {
        var count = 1
        while count < text.count, line[start + count] == text[count] { count += 1 }
        if count == text.count { return true }
        index = start + 1
      }
      return false
    }
  }
}
