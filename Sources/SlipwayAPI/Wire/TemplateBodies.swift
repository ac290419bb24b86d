/// A template that a stack can be made of.
package struct TemplateBody: WireType, Hashable {
  /// A value that it takes.
  package struct Parameter: Codable, Hashable, Sendable {
    package var name: String
    package var kind: String
    package var description: String
    package var defaultValue: String?
    /// The whole value must match it.
    package var pattern: String?
    package var choices: [String]

    package init(
      name: String, kind: String, description: String, defaultValue: String?, pattern: String?, choices: [String]
    ) {
      self.name = name
      self.kind = kind
      self.description = description
      self.defaultValue = defaultValue
      self.pattern = pattern
      self.choices = choices
    }

    static let schema = Schema.object([
      .required("name", .text),
      .required("kind", .words(["string", "int", "bool", "port", "choice", "secret"])),
      .required("description", .text),
      .optional("default_value", .nullable(.text)),
      .optional("pattern", .nullable(.text), "the whole value must match it"),
      .required("choices", .array(of: .text)),
    ])
  }

  package var name: String
  package var title: String
  package var description: String
  package var parameters: [Parameter]

  package init(
    name: String, title: String, description: String, parameters: [Parameter]
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.parameters = parameters
  }

  package static let schema = Schema.named("Template") {
    .object([
      .required("name", .text),
      .required("title", .text),
      .required("description", .text),
      .required("parameters", .array(of: Parameter.schema)),
    ])
  }
}

/// The files that a template makes of values, as POST /stacks takes them; none where a value is wrong.
package struct RenderedTemplateBody: WireType, Hashable {
  /// What is wrong with a value.
  package struct Problem: Codable, Hashable, Sendable {
    package var parameter: String
    package var message: String

    package init(
      parameter: String, message: String
    ) {
      self.parameter = parameter
      self.message = message
    }

    static let schema = Schema.object([
      .required("parameter", .text),
      .required("message", .text),
    ])
  }

  package var files: [FileContentBody]
  /// Values of the secret parameters, given or made up; they stand in none of the files.
  package var secrets: [String: String]
  package var problems: [Problem]

  package init(
    files: [FileContentBody], secrets: [String: String] = [:], problems: [Problem]
  ) {
    self.files = files
    self.secrets = secrets
    self.problems = problems
  }

  package static let schema = Schema.named("RenderedTemplate") {
    .object([
      .required("files", .array(of: FileContentBody.schema)),
      .required("secrets", .map(.text, limit: nil), "for `secrets` of POST /api/v1/stacks; they stand in none of the files"),
      .required("problems", .array(of: Problem.schema)),
    ])
  }
}

/// Values for a template's parameters.
package struct TemplateValuesBody: WireType {
  package var values: [String: String]?

  package static let schema = Schema.named("TemplateValues") {
    .object([
      .optional(
        "values", .nullable(.map(.text(limit: 4096), limit: 100)),
        "by parameter; what is left out has its default, secrets are made up")
    ])
  }
}
