/// A schedule of five fields: minute, hour, day of the month, month, day of the week (0 or 7 is Sunday).
///
/// A field is `*`, a number, a range `a-b`, a step `*/n` or `a-b/n`, or several of these with commas. No names, no seconds.
enum CronSchedule {
  private static let ranges = [0...59, 0...23, 1...31, 1...12, 0...7]

  static func isValid(_ text: String) -> Bool {
    let fields = text.split(separator: " ")
    return fields.count == ranges.count && zip(fields, ranges).allSatisfy { isValid($0, in: $1) }
  }

  private static func isValid(_ field: Substring, in range: ClosedRange<Int>) -> Bool {
    let parts = field.split(separator: ",", omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
      let step = part.split(separator: "/", omittingEmptySubsequences: false)
      guard step.count <= 2 else { return false }
      if step.count == 2, number(step[1]).map({ $0 < 1 || $0 > range.upperBound }) ?? true { return false }
      if step[0] == "*" { return true }
      let ends = step[0].split(separator: "-", omittingEmptySubsequences: false).map(number)
      guard ends.count <= 2, ends.allSatisfy({ $0.map(range.contains) ?? false }) else { return false }
      // A step needs something to step through.
      return ends.count == 2 ? (ends[0] ?? 0) <= (ends[1] ?? 0) : step.count == 1
    }
  }

  private static func number(_ text: Substring) -> Int? {
    text.utf8.count <= 2 && text.utf8.allSatisfy(\.isDigit) ? Int(text) : nil
  }
}
