/// What the Compose Specification allows at one place of a file.
indirect enum SchemaRule: Sendable {
  case anything
  case scalar(ScalarRule)
  case list(of: SchemaRule, areItemsUnique: Bool)
  case object(ObjectRule)
  /// A mapping with keys of the user's choice.
  case mapping(keys: KeyRule, of: SchemaRule)
  /// The first alternative that takes this kind of value judges it.
  case either([SchemaRule])

  static let string = SchemaRule.scalar(ScalarRule(.string))
  static let boolean = SchemaRule.scalar(ScalarRule(.boolean))
  static let integer = SchemaRule.scalar(ScalarRule(.integer))
  static let booleanOrString = SchemaRule.scalar(ScalarRule([.boolean, .string]))
  static let integerOrString = SchemaRule.scalar(ScalarRule([.integer, .string]))
  static let numberOrString = SchemaRule.scalar(ScalarRule([.number, .string]))
  static let null = SchemaRule.scalar(ScalarRule(.null))
  static let strings = SchemaRule.list(of: .string, areItemsUnique: false)
  static let uniqueStrings = SchemaRule.list(of: .string, areItemsUnique: true)
  static let stringOrStrings = SchemaRule.either([.string, .uniqueStrings])
  /// `command`, `entrypoint` and the like: empty, text for a shell-like split, or words.
  static let words = SchemaRule.either([.null, .string, .strings])
  /// `KEY: value` or `- KEY=value`.
  static let pairs = SchemaRule.either([
    .mapping(keys: .notEmpty, of: .scalar(ScalarRule([.string, .number, .boolean, .null]))), .uniqueStrings,
  ])
  static let driverOptions = SchemaRule.mapping(keys: .any, of: .numberOrString)

  static func oneOf(_ words: String...) -> SchemaRule { .scalar(ScalarRule(.string, words: words)) }
  static func optional(_ rule: SchemaRule) -> SchemaRule { .either([rule, .null]) }

  /// The kinds of value that this rule can take.
  var kinds: ValueKinds {
    switch self {
    case .anything: .all
    case .scalar(let rule): rule.kinds
    case .list: .list
    case .object, .mapping: .mapping
    case .either(let rules): rules.reduce(into: []) { $0.formUnion($1.kinds) }
    }
  }
}

/// A scalar: its kinds, and what text or number is allowed.
struct ScalarRule: Sendable {
  var kinds: ValueKinds
  /// Empty: any text.
  var words: [String]
  var range: ClosedRange<Int>?
  var form: TextForm?

  init(_ kinds: ValueKinds, words: [String] = [], range: ClosedRange<Int>? = nil, form: TextForm? = nil) {
    self.kinds = kinds
    self.words = words
    self.range = range
    self.form = form
  }
}

/// A mapping with fixed keys.
final class ObjectRule: Sendable {
  let attributes: [String: SchemaRule]
  let required: [String]
  let takesExtensions: Bool
  /// False: other keys are let through unseen.
  let isClosed: Bool

  init(_ attributes: [String: SchemaRule], required: [String] = [], takesExtensions: Bool = true, isClosed: Bool = true) {
    self.attributes = attributes
    self.required = required
    self.takesExtensions = takesExtensions
    self.isClosed = isClosed
  }
}

/// What the keys of a mapping may look like.
enum KeyRule: Sendable {
  case any
  case notEmpty
  /// `^[a-zA-Z0-9._-]+$`: names of services and resources.
  case name
}

/// A pattern of the specification, as code.
enum TextForm: Sendable {
  case containerName
  case pullPolicy
  /// `CronSchedule`.
  case cron
  /// `GoDuration`, not negative.
  case duration
  case date
  /// A regular expression; what it says is for its engine.
  case pattern
  case serverName
}

/// Kinds of YAML values, as JSON Schema counts them: a number takes integers too.
struct ValueKinds: OptionSet, Sendable {
  let rawValue: UInt8

  static let null = ValueKinds(rawValue: 1)
  static let boolean = ValueKinds(rawValue: 2)
  static let integer = ValueKinds(rawValue: 4)
  static let fraction = ValueKinds(rawValue: 8)
  static let string = ValueKinds(rawValue: 16)
  static let list = ValueKinds(rawValue: 32)
  static let mapping = ValueKinds(rawValue: 64)
  static let number: ValueKinds = [.integer, .fraction]
  static let all: ValueKinds = [.null, .boolean, .integer, .fraction, .string, .list, .mapping]

  /// "a string or a list"
  var words: String {
    var names: [String] = []
    if contains(.mapping) { names.append("a mapping") }
    if contains(.list) { names.append("a list") }
    if contains(.string) { names.append("a string") }
    if contains(.fraction) { names.append("a number") } else if contains(.integer) { names.append("an integer") }
    if contains(.boolean) { names.append("a boolean") }
    if contains(.null) { names.append("empty") }
    guard let last = names.last, names.count > 1 else { return names.first ?? "nothing" }
    return names.dropLast().joined(separator: ", ") + " or " + last
  }

  /// The kind of a value; a fraction without decimals counts as an integer too.
  init(of node: Node) {
    self =
      switch node.content {
      case .null: .null
      case .bool: .boolean
      case .int: .integer
      case .double(let value): value == value.rounded() ? .number : .fraction
      case .timestamp, .string: .string
      case .list: .list
      case .map: .mapping
      }
  }

  init(rawValue: UInt8) { self.rawValue = rawValue }
}
