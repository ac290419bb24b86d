/// Where a value stands in a document, as text in messages: `services.web.ports[0].target`.
///
/// Costs nothing until it is printed: each step only knows the one before it.
struct AttributePath: Sendable {
  private var steps: [Step] = []

  private enum Step: Sendable {
    case key(String)
    case index(Int)
  }

  init(_ keys: String...) { steps = keys.map(Step.key) }

  mutating func push(_ key: String) { steps.append(.key(key)) }
  mutating func push(_ index: Int) { steps.append(.index(index)) }
  mutating func pop() { steps.removeLast() }

  func appending(_ key: String) -> AttributePath {
    var path = self
    path.push(key)
    return path
  }

  func appending(_ index: Int) -> AttributePath {
    var path = self
    path.push(index)
    return path
  }

  var isEmpty: Bool { steps.isEmpty }
}

extension AttributePath: CustomStringConvertible {
  var description: String {
    var text = ""
    for step in steps {
      switch step {
      case .key(let key): text += text.isEmpty ? key : ".\(key)"
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }
}
