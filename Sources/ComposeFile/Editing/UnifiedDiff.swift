/// The difference of two texts, line by line, in the form that `patch` reads.
package enum UnifiedDiff {
  private static let context = 3
  /// Lines compared one by one; beyond it the changed part is shown as replaced whole.
  private static let comparedLines = 4_000

  /// Empty when the texts are equal.
  package static func text(from before: [UInt8], to after: [UInt8], path: String) -> String {
    let (old, new) = (lines(before), lines(after))
    let steps = steps(old, new)
    guard steps.contains(where: { $0.sign != " " }) else { return "" }
    var text = "--- \(path)\n+++ \(path)\n"
    var at = 0
    while let first = steps[at...].firstIndex(where: { $0.sign != " " }) {
      var last = first
      var next = first
      while let changed = steps[(next + 1)...].firstIndex(where: { $0.sign != " " }), changed - last <= 2 * context + 1 {
        last = changed
        next = changed
      }
      let hunk = max(at, first - context)..<min(steps.count, last + context + 1)
      text += head(of: steps, hunk)
      for step in steps[hunk] {
        text += String(step.sign) + String(decoding: step.line, as: UTF8.self)
        if step.line.last != 10 { text += "\n\\ No newline at end of file\n" }
      }
      at = hunk.upperBound
    }
    return text
  }

  private struct Step {
    var sign: Character
    var line: ArraySlice<UInt8>
  }

  /// Each with its line end.
  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
      lines.append(bytes[start..<end])
      start = end
    }
    return lines
  }

  private static func steps(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Step] {
    let head = zip(old, new).prefix { $0 == $1 }.count
    let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0 == $1 }.count
    let (oldMiddle, newMiddle) = (Array(old[head..<(old.count - tail)]), Array(new[head..<(new.count - tail)]))
    var steps = old.prefix(head).map { Step(sign: " ", line: $0) }
    if oldMiddle.count + newMiddle.count > comparedLines {
      steps += oldMiddle.map { Step(sign: "-", line: $0) } + newMiddle.map { Step(sign: "+", line: $0) }
    } else {
      steps += middle(oldMiddle, newMiddle)
    }
    return steps + old.suffix(tail).map { Step(sign: " ", line: $0) }
  }

  private static func middle(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Step] {
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var steps: [Step] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      if removed.contains(i) {
        steps.append(Step(sign: "-", line: old[i]))
        i += 1
      } else if inserted.contains(j) {
        steps.append(Step(sign: "+", line: new[j]))
        j += 1
      } else {
        steps.append(Step(sign: " ", line: old[i]))
        i += 1
        j += 1
      }
    }
    return steps
  }

  private static func head(of steps: [Step], _ hunk: Range<Int>) -> String {
    let oldStart = steps[..<hunk.lowerBound].count { $0.sign != "+" }
    let newStart = steps[..<hunk.lowerBound].count { $0.sign != "-" }
    let oldCount = steps[hunk].count { $0.sign != "+" }
    let newCount = steps[hunk].count { $0.sign != "-" }
    // A side without lines is counted from the line before it (POSIX diff).
    return "@@ -\(oldStart + (oldCount > 0 ? 1 : 0)),\(oldCount) +\(newStart + (newCount > 0 ? 1 : 0)),\(newCount) @@\n"
  }
}
