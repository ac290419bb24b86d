/// What a JSON value of the API looks like: the part of JSON Schema 2020-12 (which OpenAPI 3.1 uses) that the API needs.
///
/// Objects take no members but those listed.
package indirect enum Schema: Sendable {
  case string(StringRule)
  case integer(minimum: Int?, maximum: Int?)
  case number
  case boolean
  case array(Schema, limit: Int?)
  case object([Member])
  /// A member for each key of the sender's choice.
  case map(Schema, limit: Int?)
  /// Null, or the other.
  case nullable(Schema)
  case oneOf([Schema])
  /// Any JSON.
  case anything
  /// A component of the document, told once and referred to by name.
  case named(String, @Sendable () -> Schema)

  /// One member of an object.
  package struct Member: Sendable {
    package var name: String
    package var schema: Schema
    package var isRequired: Bool
    package var about: String

    package static func required(_ name: String, _ schema: Schema, _ about: String = "") -> Member {
      Member(name: name, schema: schema, isRequired: true, about: about)
    }

    package static func optional(_ name: String, _ schema: Schema, _ about: String = "") -> Member {
      Member(name: name, schema: schema, isRequired: false, about: about)
    }
  }

  /// What a text must be like.
  package struct StringRule: Sendable {
    /// As JSON Schema names it, such as `date-time`; told, not checked.
    package var format: String?
    /// One of these words.
    package var words: [String] = []
    package var minimum = 0
    package var maximum: Int?
    /// A regular expression for clients, and the check that counts.
    package var pattern: (text: String, matches: @Sendable (String) -> Bool)?

    package init() {}
  }

  /// A text of at most `limit` characters.
  package static func text(limit: Int = 4096, minimum: Int = 0) -> Schema {
    var rule = StringRule()
    rule.maximum = limit
    rule.minimum = minimum
    return .string(rule)
  }

  /// A text without a limit of ours, in answers.
  package static let text = Schema.string(StringRule())

  package static func words(_ words: [String]) -> Schema {
    var rule = StringRule()
    rule.words = words
    return .string(rule)
  }

  package static func text(_ pattern: String, limit: Int, _ matches: @escaping @Sendable (String) -> Bool) -> Schema {
    var rule = StringRule()
    rule.pattern = (pattern, matches)
    rule.maximum = limit
    return .string(rule)
  }

  /// RFC 3339.
  package static let time: Schema = {
    var rule = StringRule()
    rule.format = "date-time"
    return .string(rule)
  }()

  package static let integer = Schema.integer(minimum: nil, maximum: nil)
  package static let count = Schema.integer(minimum: 0, maximum: nil)

  package static func array(of item: Schema) -> Schema { .array(item, limit: nil) }

  /// A page of a list.
  package static func page(of item: Schema) -> Schema {
    .object([
      .required("items", .array(of: item)),
      .required("next", .nullable(.text), "the cursor of the next page; null on the last"),
      .required("total", .nullable(.count), "how many there are in all, where that is known"),
    ])
  }
}

/// A type that the API sends or takes, with what its JSON looks like.
package protocol WireType: Codable, Sendable {
  static var schema: Schema { get }
}
