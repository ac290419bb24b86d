package import ComposeFile

extension Schema {
  /// What is wrong with a value, and where.
  package struct Fault: Hashable, Sendable {
    /// A JSON pointer (RFC 6901).
    package var pointer: String
    package var message: String

    package init(pointer: String, message: String) {
      self.pointer = pointer
      self.message = message
    }
  }

  /// Faults that one value is told of at most.
  private static let faultLimit = 50

  /// All that is wrong with a value; empty when it is as this says.
  package func faults(in value: ComposeValue) -> [Fault] {
    var faults: [Fault] = []
    check(value, "", &faults)
    return faults
  }

  private func check(_ value: ComposeValue, _ pointer: String, _ faults: inout [Fault]) {
    guard faults.count < Self.faultLimit else { return }
    func wrong(_ message: String) { faults.append(Fault(pointer: pointer, message: message)) }
    switch (self, value) {
    case (.anything, _): break
    case (.named(_, let make), _): make().check(value, pointer, &faults)
    case (.nullable, .null): break
    case (.nullable(let other), _): other.check(value, pointer, &faults)
    case (.oneOf(let choices), _): checkChoices(choices, value, pointer, &faults)
    case (.string(let rule), .string(let text)): if let complaint = rule.complaint(text) { wrong(complaint) }
    case (.integer(let minimum, let maximum), .int(let number)):
      if let minimum, number < minimum { wrong("is less than \(minimum)") }
      if let maximum, number > maximum { wrong("is more than \(maximum)") }
    case (.number, .int), (.number, .double), (.boolean, .bool): break
    case (.array(let item, let limit), .list(let items)):
      if let limit, items.count > limit { return wrong("has more than \(limit) items") }
      for (index, element) in items.enumerated() { item.check(element, "\(pointer)/\(index)", &faults) }
    case (.object(let members), .map(let map)): Self.check(members, map, pointer, &faults)
    case (.map(let item, let limit), .map(let map)):
      if let limit, map.keys.count > limit { return wrong("has more than \(limit) members") }
      for (key, element) in map.pairs { item.check(element, Self.pointer(pointer, key), &faults) }
    default: wrong("is \(value.kindWords), not \(kindWords)")
    }
  }

  private static func check(_ members: [Member], _ map: ComposeMap, _ pointer: String, _ faults: inout [Fault]) {
    for member in members {
      if let value = map[member.name] {
        member.schema.check(value, Self.pointer(pointer, member.name), &faults)
      } else if member.isRequired {
        faults.append(Fault(pointer: Self.pointer(pointer, member.name), message: "is missing"))
      }
    }
    for key in map.keys where !members.contains(where: { $0.name == key }) {
      let known = members.map(\.name).joined(separator: ", ")
      faults.append(Fault(pointer: Self.pointer(pointer, key), message: "is not known; there are \(known)"))
    }
  }

  private func checkChoices(_ choices: [Schema], _ value: ComposeValue, _ pointer: String, _ faults: inout [Fault]) {
    var nearest: [Fault]?
    for choice in choices {
      var found: [Fault] = []
      choice.check(value, pointer, &found)
      if found.isEmpty { return }
      if nearest.map({ found.count < $0.count }) ?? true { nearest = found }
    }
    faults += nearest ?? []
  }

  private static func pointer(_ parent: String, _ key: String) -> String {
    parent + "/" + key.prefix(100).replacing("~", with: "~0").replacing("/", with: "~1")
  }

  private var kindWords: String {
    switch self {
    case .string: "a text"
    case .integer: "a whole number"
    case .number: "a number"
    case .boolean: "true or false"
    case .array: "a list"
    case .object, .map: "an object"
    case .nullable(let other): other.kindWords + " or null"
    case .oneOf, .anything: "what is expected"
    case .named(_, let make): make().kindWords
    }
  }
}

extension Schema.StringRule {
  fileprivate func complaint(_ text: String) -> String? {
    if !words.isEmpty, !words.contains(text) { return "is not one of \(words.joined(separator: ", "))" }
    // Characters as JSON Schema counts them (RFC 8259, code points).
    let length = text.unicodeScalars.count
    if length < minimum { return minimum == 1 ? "is empty" : "has fewer than \(minimum) characters" }
    if let maximum, length > maximum { return "has more than \(maximum) characters" }
    if let pattern, !pattern.matches(text) { return "does not match \(pattern.text)" }
    return nil
  }
}

extension ComposeValue {
  fileprivate var kindWords: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .int: "a whole number"
    case .double: "a number"
    case .string: "a text"
    case .list: "a list"
    case .map: "an object"
    }
  }
}
