/// Judges a document by the Compose Specification: unknown keys, wrong kinds of values, names, words and repetitions.
///
/// Takes the short and the long syntax alike, and goes on after a mistake: one pass, all problems.
enum ComposeSchema {
  static func check(_ document: Node, problems: inout [ComposeProblem]) {
    check(document, by: ProjectSchema.project, at: AttributePath(), problems: &problems)
  }

  /// Judges a value that stands at `path`.
  static func check(_ node: Node, by rule: SchemaRule, at path: AttributePath, problems: inout [ComposeProblem]) {
    var check = SchemaCheck(path: path)
    check.judge(node, by: rule)
    problems += check.problems
  }
}

/// One walk over a document.
private struct SchemaCheck {
  var problems: [ComposeProblem] = []
  var path: AttributePath

  mutating func judge(_ node: Node, by rule: SchemaRule) {
    guard problems.count < ComposeProblems.gatheringLimit else { return }
    let kind = ValueKinds(of: node)
    switch rule {
    case .anything:
      judgeNumber(node)
    case .scalar(let scalar):
      guard !scalar.kinds.isDisjoint(with: kind) else { return reportKind(node, expected: scalar.kinds) }
      judgeScalar(node, by: scalar)
    case .list(let item, let areItemsUnique):
      guard case .list(let items) = node.content else { return reportKind(node, expected: .list) }
      for (index, value) in items.enumerated() {
        guard problems.count < ComposeProblems.gatheringLimit else { return }
        path.push(index)
        judge(value, by: item)
        path.pop()
      }
      if areItemsUnique { judgeRepetition(items) }
    case .object(let object):
      guard case .map(let entries) = node.content else { return reportKind(node, expected: .mapping) }
      judgeObject(entries, of: node, by: object)
    case .mapping(let keys, let value):
      guard case .map(let entries) = node.content else { return reportKind(node, expected: .mapping) }
      for entry in entries {
        guard problems.count < ComposeProblems.gatheringLimit else { return }
        judgeKey(entry, by: keys)
        path.push(entry.key)
        judge(entry.value, by: value)
        path.pop()
      }
    case .either(let rules):
      guard let fitting = rules.first(where: { !$0.kinds.isDisjoint(with: kind) }) else {
        return reportKind(node, expected: rule.kinds)
      }
      judge(node, by: fitting)
    }
  }

  private mutating func judgeObject(_ entries: [Node.Entry], of node: Node, by rule: ObjectRule) {
    var missing = rule.required
    for entry in entries {
      if !missing.isEmpty { missing.removeAll { $0 == entry.key } }
      if let attribute = rule.attributes[entry.key] {
        path.push(entry.key)
        judge(entry.value, by: attribute)
        path.pop()
      } else if rule.isClosed, !(rule.takesExtensions && entry.key.hasPrefix("x-")) {
        reportUnknown(entry, by: rule)
      }
    }
    for key in missing {
      report(
        .missingValue, at: node.position, "\(here)`\(key)` is missing", fix: "add `\(key)`")
    }
  }

  private mutating func judgeKey(_ entry: Node.Entry, by rule: KeyRule) {
    switch rule {
    case .any: return
    case .notEmpty:
      if entry.key.isEmpty {
        report(.invalidValue, at: entry.keyPosition, "\(here)a name is empty", fix: "give the entry a name")
      }
    case .name:
      if entry.key.isEmpty || !entry.key.utf8.allSatisfy(\.isNameByte) {
        report(
          .invalidValue, at: entry.keyPosition, "\(here)`\(entry.key)` is not a valid name",
          fix: "use letters a-z, digits, `.`, `_` and `-` only")
      }
    }
  }

  private mutating func judgeScalar(_ node: Node, by rule: ScalarRule) {
    judgeNumber(node)
    if let value = node.number, let range = rule.range, !(Double(range.lowerBound)...Double(range.upperBound)).contains(value) {
      let words = range.upperBound == Int.max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
      report(.invalidValue, at: node.position, "\(here)\(GoNumber.text(value)) is out of range", fix: "use \(words)")
    }
    guard let text = node.string else { return }
    if !rule.words.isEmpty, !rule.words.contains(text) {
      let hint = Spelling.nearest(to: text, among: rule.words).map { "; did you mean `\($0)`?" } ?? ""
      report(
        .invalidValue, at: node.position, "\(here)`\(text)` is not allowed",
        fix: "use \(rule.words.map { "`\($0)`" }.joined(separator: ", "))\(hint)")
    }
    guard let form = rule.form, !form.matches(text) else { return }
    report(.invalidValue, at: node.position, "\(here)`\(text)` is not valid", fix: form.remedy)
  }

  private mutating func judgeNumber(_ node: Node) {
    guard case .double(let value) = node.content, !value.isFinite else { return }
    report(.invalidValue, at: node.position, "\(here)the number is not finite", fix: "quote it when text is meant")
  }

  private mutating func judgeRepetition(_ items: [Node]) {
    guard items.count > 1 else { return }
    var seen: [String: Int] = [:]
    seen.reserveCapacity(items.count)
    for (index, item) in items.enumerated() {
      guard problems.count < ComposeProblems.gatheringLimit else { return }
      let text = item.fingerprint
      if let first = seen[text] {
        path.push(index)
        report(.invalidValue, at: item.position, "\(here)repeats item \(first)", fix: "remove one of the two")
        path.pop()
      } else {
        seen[text] = index
      }
    }
  }

  private var here: String { path.isEmpty ? "" : "\(path): " }

  private mutating func reportKind(_ node: Node, expected: ValueKinds) {
    var remedy = "write \(expected.words)"
    if expected.contains(.string), ValueKinds(of: node).isSubset(of: [.integer, .fraction, .boolean]) {
      remedy = "put the value in quotes"
    } else if node.isNull {
      remedy = "give it a value, or remove the key"
    }
    report(.wrongType, at: node.position, "\(here)must be \(expected.words), but is \(node.kind)", fix: remedy)
  }

  private mutating func reportUnknown(_ entry: Node.Entry, by rule: ObjectRule) {
    guard problems.count < ComposeProblems.gatheringLimit else { return }
    let remedy =
      if let meant = Spelling.nearest(to: entry.key, among: rule.attributes.keys) {
        "did you mean `\(meant)`?"
      } else if rule.takesExtensions {
        "remove it, or start its name with `x-` when it is for another tool"
      } else {
        "remove it; known here: \(rule.attributes.keys.sorted().joined(separator: ", "))"
      }
    report(.unknownKey, at: entry.keyPosition, "\(here)unknown key `\(entry.key)`", fix: remedy)
  }

  private mutating func report(_ rule: ComposeProblem.Rule, at position: SourcePosition, _ message: String, fix: String) {
    problems.append(ComposeProblem(rule, at: position, message, fix: fix))
  }
}

extension TextForm {
  func matches(_ text: String) -> Bool {
    switch self {
    case .containerName:
      // `[a-zA-Z0-9][a-zA-Z0-9_.-]+` anywhere in the text: Compose does not anchor the pattern.
      var previous: UInt8?
      for byte in text.utf8 {
        if let first = previous, first.isLetterOrDigit, byte.isNameByte { return true }
        previous = byte
      }
      return false
    case .pullPolicy:
      let words: Set<String> = ["always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly"]
      if words.contains(text) { return true }
      guard text.hasPrefix("every_") else { return false }
      return Self.isSpan(text.utf8.dropFirst(6))
    case .cron: return CronSchedule.isValid(text)
    case .duration: return GoDuration.parse(text).map { $0 >= 0 } ?? false
    case .date:
      if case .timestamp = YAMLScalar.resolve(text) { return true }
      return false
    case .pattern: return !text.isEmpty && text.utf8.count <= 200 && (try? Regex(text)) != nil
    case .serverName:
      return text.utf8.first?.isLetterOrDigit ?? false && text.utf8.count <= 63 && text.utf8.allSatisfy(\.isNameByte)
    }
  }

  /// `([0-9]+[wdhms])+`
  private static func isSpan(_ bytes: Substring.UTF8View) -> Bool {
    var digits = 0
    var units = 0
    for byte in bytes {
      if byte.isDigit {
        digits += 1
      } else if digits > 0, "wdhms".utf8.contains(byte) {
        digits = 0
        units += 1
      } else {
        return false
      }
    }
    return units > 0 && digits == 0
  }

  var remedy: String {
    switch self {
    case .containerName: "use two or more of letters a-z, digits, `_`, `.` and `-`, a letter or digit first"
    case .cron: "write five fields: minute, hour, day, month, day of the week, e.g. \"0 3 * * *\""
    case .duration: "write a number with a unit, e.g. 30s, 5m or 7d"
    case .date: "write a date as YYYY-MM-DD, in quotes"
    case .pattern: "write a regular expression of 1 to 200 characters"
    case .serverName: "use the name of a server: letters, digits, `.`, `_` and `-`, a letter or digit first"
    case .pullPolicy: "use always, never, build, missing, refresh, daily, weekly or every_<n><w|d|h|m|s>"
    }
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 48 && self <= 57 }
  var isLetter: Bool { (self >= 65 && self <= 90) || (self >= 97 && self <= 122) }
  var isLetterOrDigit: Bool { isDigit || isLetter }
  /// A byte of `[a-zA-Z0-9._-]`.
  var isNameByte: Bool { isLetterOrDigit || self == 46 || self == 95 || self == 45 }
}

extension Node {
  fileprivate var number: Double? {
    switch content {
    case .int(let value): Double(value)
    case .double(let value): value
    case .null, .bool, .timestamp, .string, .list, .map: nil
    }
  }

  /// Equal for equal values, whatever the order of keys.
  var fingerprint: String {
    switch content {
    case .null: "~"
    case .bool(let value): value ? "b1" : "b0"
    case .int(let value): "i\(value)"
    case .double(let value): "d\(value)"
    case .timestamp(let text), .string(let text): "s\(text.utf8.count):\(text)"
    case .list(let items): "[" + items.map(\.fingerprint).joined(separator: ",") + "]"
    case .map(let entries):
      "{" + entries.map { "\($0.key.utf8.count):\($0.key)=\($0.value.fingerprint)" }.sorted().joined(separator: ",") + "}"
    }
  }
}
