package import ComposeFile

extension Schema {
  /// As it stands in the OpenAPI document.
  package var document: ComposeValue {
    switch self {
    case .string(let rule): rule.document
    case .integer(let minimum, let maximum):
      Self.fields([
        ("type", .string("integer")), ("minimum", minimum.map { .int($0) }), ("maximum", maximum.map { .int($0) }),
      ])
    case .number: Self.fields([("type", .string("number"))])
    case .boolean: Self.fields([("type", .string("boolean"))])
    case .array(let item, let limit):
      Self.fields([("type", .string("array")), ("items", item.document), ("maxItems", limit.map { .int($0) })])
    case .object(let members): Self.document(of: members)
    case .map(let value, let limit):
      Self.fields([
        ("type", .string("object")), ("additionalProperties", value.document), ("maxProperties", limit.map { .int($0) }),
      ])
    case .nullable(let other): Self.fields([("anyOf", .list([other.document, Self.fields([("type", .string("null"))])]))])
    case .oneOf(let choices): Self.fields([("anyOf", .list(choices.map(\.document)))])
    case .anything: .map(ComposeMap([]))
    case .named(let name, _): Self.fields([("$ref", .string("#/components/schemas/\(name)"))])
    }
  }

  /// The components that it refers to, itself and through others, by name.
  package func components(into found: inout [String: Schema]) {
    switch self {
    case .string, .integer, .number, .boolean, .anything: break
    case .array(let item, _), .map(let item, _), .nullable(let item): item.components(into: &found)
    case .object(let members): for member in members { member.schema.components(into: &found) }
    case .oneOf(let choices): for choice in choices { choice.components(into: &found) }
    case .named(let name, let make):
      guard found[name] == nil else { return }
      let schema = make()
      found[name] = schema
      schema.components(into: &found)
    }
  }

  private static func document(of members: [Member]) -> ComposeValue {
    let properties = members.map { member -> (String, ComposeValue) in
      guard !member.about.isEmpty, case .map(var fields) = member.schema.document else {
        return (member.name, member.schema.document)
      }
      fields["description"] = .string(member.about)
      return (member.name, .map(fields))
    }
    let required = members.filter(\.isRequired).map { ComposeValue.string($0.name) }
    return fields([
      ("type", .string("object")), ("properties", .map(ComposeMap(properties))),
      ("required", required.isEmpty ? nil : .list(required)), ("additionalProperties", .bool(false)),
    ])
  }

  /// A mapping without what is nil.
  package static func fields(_ entries: [(String, ComposeValue?)]) -> ComposeValue {
    .map(ComposeMap(entries.compactMap { entry in entry.1.map { (entry.0, $0) } }))
  }
}

extension Schema.StringRule {
  fileprivate var document: ComposeValue {
    Schema.fields([
      ("type", .string("string")), ("format", format.map { .string($0) }),
      ("enum", words.isEmpty ? nil : .list(words.map { .string($0) })), ("minLength", minimum > 0 ? .int(minimum) : nil),
      ("maxLength", maximum.map { .int($0) }), ("pattern", pattern.map { .string($0.text) }),
    ])
  }
}
