/// Rules by attribute path. `*` in a pattern stands for any key and for any position in a list.
///
/// A walk over a document carries a place in the table along and so never compares whole paths; where the table has
/// nothing below a place, the walk can stop.
struct PathTable<Rule: Sendable>: Sendable {
  /// A place in the table.
  typealias Place = Int

  private struct Step {
    var rule: Rule?
    var children: [String: Place] = [:]
    var any: Place?
  }

  private var steps = [Step()]

  var root: Place { 0 }

  init(_ rules: KeyValuePairs<String, Rule>) {
    for (pattern, rule) in rules {
      var place = root
      for key in pattern.split(separator: ".") { place = grow(place, String(key)) }
      steps[place].rule = rule
    }
  }

  private mutating func grow(_ place: Place, _ key: String) -> Place {
    if key == "*" {
      if let next = steps[place].any { return next }
    } else if let next = steps[place].children[key] {
      return next
    }
    steps.append(Step())
    let next = steps.count - 1
    if key == "*" { steps[place].any = next } else { steps[place].children[key] = next }
    return next
  }

  /// The place of `key` below `place`; nil when no rule is there or deeper.
  func place(of key: String, below place: Place?) -> Place? {
    guard let place else { return nil }
    return steps[place].children[key] ?? steps[place].any
  }

  /// The place of a list's items below `place`.
  func itemPlace(below place: Place?) -> Place? { place.flatMap { steps[$0].any } }

  func rule(at place: Place?) -> Rule? { place.flatMap { steps[$0].rule } }
}
