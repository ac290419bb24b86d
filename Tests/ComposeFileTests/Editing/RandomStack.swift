@testable import ComposeFile

/// A generator of numbers that gives the same ones for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  mutating func pick<Item>(_ items: [Item]) -> Item { items[Int.random(in: 0..<items.count, using: &self)] }
}

/// Writes compose files of every layout: blocks and brackets, lists and mappings, quotes, comments, anchors, merges.
struct RandomStack {
  private var numbers: SeededNumbers
  private var step = 2
  private var listStep = 2
  private var lines: [String] = []
  private var hasFirst = false
  let serviceNames = ["web", "api", "db"]

  init(seed: UInt64) {
    numbers = SeededNumbers(seed: seed)
    step = numbers.pick([2, 2, 4, 3])
    listStep = numbers.pick([0, step])
  }

  mutating func text() -> String {
    let shared = numbers.chance(40)
    if numbers.chance(20) { lines.append("# \(numbers.pick(["héllo", "stack", "---"]))") }
    if numbers.chance(10) { lines.append("---") }
    if numbers.chance(30) { lines.append("name: \(quoted("demo"))\(comment())") }
    if shared {
      lines.append("x-env: &env\(comment())")
      lines.append("\(pad(1))SHARED: \(value())")
      lines.append("\(pad(1))A: \(value())")
      lines.append("x-base: &base")
      lines.append("\(pad(1))restart: always\(comment())")
      lines.append("\(pad(1))labels: {tier: \(quoted("x"))}")
    }
    lines.append("services:\(comment())")
    for (index, name) in serviceNames.enumerated() { service(name, isFirst: index == 0, shared) }
    if numbers.chance(40) { lines += ["volumes:", "\(pad(1))data:\(comment())"] }
    if numbers.chance(20) { lines.append("# end") }
    let end = numbers.pick(["\n", "\n", "\n", "\r\n"])
    return (numbers.chance(10) ? "\u{FEFF}" : "") + lines.joined(separator: end) + (numbers.chance(85) ? end : "")
  }

  private mutating func service(_ name: String, isFirst: Bool, _ shared: Bool) {
    if numbers.chance(25) { lines.append("") }
    if numbers.chance(25) { lines.append("\(pad(1))# about \(name)") }
    if numbers.chance(20) {
      let environment =
        numbers.chance(50) ? ", environment: {A: \(flowValue())}" : numbers.chance(50) ? ", environment: [A=1, 'B=x y']" : ""
      let merge = shared && numbers.chance(40) ? ", <<: *base" : ""
      lines.append("\(pad(1))\(name): {image: \(quoted("img:1"))\(environment)\(merge)}\(comment())")
      return
    }
    if hasFirst, numbers.chance(8) {
      lines.append("\(pad(1))\(name): *first\(comment())")
      return
    }
    lines.append("\(pad(1))\(name):\(isFirst ? " &first" : "")\(comment())")
    hasFirst = hasFirst || isFirst
    if shared, numbers.chance(40) { lines.append("\(pad(2))<<: *base") }
    if isFirst, numbers.chance(30) {
      lines.append("\(pad(2))image: &image \(quoted("img:1"))")
    } else {
      lines.append("\(pad(2))image: \(numbers.chance(10) ? "${TAG:-x}" : quoted("img:1"))\(comment())")
    }
    if numbers.chance(30) { lines.append("\(pad(2))# in between") }
    section("environment", shared)
    if numbers.chance(50) { section("labels", false) }
    if numbers.chance(25) { lines.append("\(pad(2))command: [\"a\", 'b, c', d]\(comment())") }
    if numbers.chance(20) { lines += ["\(pad(2))deploy:", "\(pad(3))replicas: 2\(comment())"] }
    if numbers.chance(20) { lines += ["\(pad(2))ports:", "\(pad(2))\(listPad())- \(quoted("80:80"))"] }
  }

  private mutating func section(_ name: String, _ shared: Bool) {
    switch Int.random(in: 0..<8, using: &numbers) {
    case 0: return
    case 1 where shared && name == "environment": lines.append("\(pad(2))\(name): *env\(comment())")
    case 2 where shared && name == "environment":
      lines += ["\(pad(2))\(name):", "\(pad(3))<<: *env", "\(pad(3))B: \(value())"]
    case 1, 2: lines.append("\(pad(2))\(name):\(comment())")
    case 3:
      lines.append("\(pad(2))\(name):\(comment())")
      for key in ["A", "B"] {
        lines.append("\(pad(2))\(listPad())- \(numbers.pick(["\(key)=1", "\"\(key)=x y\"", "'\(key)=${V}'", key]))\(comment())")
      }
    case 4: lines.append("\(pad(2))\(name): [A=1, \"B=2\"]\(comment())")
    case 5: lines.append("\(pad(2))\(name): {A: \(flowValue()), B: \(flowValue())}\(comment())")
    default:
      lines.append("\(pad(2))\(name):\(comment())")
      for key in ["A", "B", "C"] where numbers.chance(75) || key == "A" {
        if numbers.chance(15) {
          lines += ["\(pad(3))\(key): \(numbers.pick(["|", "|-", ">", "|+"]))\(comment())", "\(pad(4))line 1", "\(pad(4))line 2"]
          if numbers.chance(50) { lines.append("") }
        } else {
          lines.append("\(pad(3))\(key): \(value())\(comment())")
        }
        if numbers.chance(10) { lines.append("\(pad(3))# after \(key)") }
      }
    }
  }

  private func pad(_ level: Int) -> String { String(repeating: " ", count: level * step) }
  private func listPad() -> String { String(repeating: " ", count: listStep) }
  private mutating func comment() -> String { numbers.chance(20) ? numbers.pick([" # note", "  # é \"", " # a: b"]) : "" }
  private mutating func quoted(_ text: String) -> String { numbers.pick([text, "'\(text)'", "\"\(text)\""]) }
  private mutating func value() -> String {
    numbers.pick(["1", "x", "'it''s'", "\"a\\tb\"", "true", "a b", "é", "${V:-d}", "''"])
  }
  private mutating func flowValue() -> String { numbers.pick(["1", "x", "'a, b'", "\"c\"", "\"${V}\""]) }
}

/// An edit of a random stack.
enum RandomEdit {
  static func make(_ numbers: inout SeededNumbers, _ services: [String]) -> ComposeEdit {
    let service = numbers.pick(services)
    let name = numbers.pick(["A", "B", "C", "NEW", "SHARED"])
    let value = numbers.pick([
      "plain", "", "5", "007", "a: b", "x#y", "x #y", "$HOME", "two words", "\"q\"", "it's", "l1\nl2", "[x]", "{", "é😀", "- a",
      "yes", "null",
      "a,b", "trailing ", "\ttab", "%x", "1.50", "*x", "a:", "-", "?", "0x1F", "=", "<<", "~", "1:30", "back\\slash", "l1\n",
      "\u{7F}", "@",
    ])
    switch Int.random(in: 0..<12, using: &numbers) {
    case 0, 1: return .setImage(service: service, "repo/img:\(name.lowercased())@sha256:00")
    case 2, 3, 4: return .setVariable(service: service, name: name, value: value)
    case 5, 6: return .removeVariable(service: service, name: name)
    case 7: return .setLabel(service: service, name: name, value: value)
    case 8: return .removeLabel(service: service, name: name)
    case 9: return .setScale(service: service, Int.random(in: 0..<9, using: &numbers))
    case 10:
      let map = ComposeMap([("image", .string(value)), ("environment", .map(ComposeMap([(name, .string(value))])))])
      return numbers.chance(50)
        ? .addService(name: "new", .map(map)) : .addServiceText(name: "new", yaml: "image: x # c\ntty: true\n")
    default: return numbers.chance(50) ? .removeService(service) : .set(["services", service, "hostname"], .string(value))
    }
  }
}
