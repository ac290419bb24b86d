import Accounts
import FoundationEssentials
import HTTPTypes
import Orchestration
import SlipwayAPI

/// Templates of the library, and the files that they make (A6).
extension ServerParts {
  var templateRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/templates", access: .may(.templateRead, .all), tag: "templates", summary: "All templates",
        query: Paging.parameters, answers: [.json(.page(of: TemplateBody.schema), "A page of templates by name.")],
        handle: listTemplates),
      Route(
        method: .get, path: "/api/v1/templates/{template}", access: .may(.templateRead, .all), tag: "templates",
        summary: "A template", answers: [.json(TemplateBody.schema, "The template with its parameters.")],
        handle: { call in try .json(TemplateBody(try template(call))) }),
      Route(
        method: .post, path: "/api/v1/templates/{template}/render", access: .may(.templateRead, .all), tag: "templates",
        summary: "The files that it makes of values",
        details:
          "Nothing is kept. Secrets that are not given are made up; send files and secrets to POST /api/v1/stacks, which seals these.",
        body: .optionalJSON(TemplateValuesBody.schema),
        answers: [.json(RenderedTemplateBody.schema, "The files, or what is wrong with the values.")], handle: renderTemplate),
    ]
  }

  @Sendable private func listTemplates(_ call: APICall) async throws -> APIAnswer {
    let all = try templates.all()
    return try .json(Paging(call).page(all, key: \.name) { TemplateBody($0) })
  }

  private func template(_ call: APICall) throws -> StackTemplate {
    let name = try call.parameter("template")
    do {
      return try templates.template(named: name)
    } catch is StackTemplate.Refusal {
      throw Problem.notFound("template \(name)")
    }
  }

  @Sendable private func renderTemplate(_ call: APICall) async throws -> APIAnswer {
    let template = try template(call)
    let given = try call.body(TemplateValuesBody.self).values ?? [:]
    let problems = template.problems(with: given)
    guard problems.isEmpty else {
      return try .json(
        RenderedTemplateBody(
          files: [],
          problems: problems.map { RenderedTemplateBody.Problem(parameter: $0.parameter, message: $0.message) }))
    }
    var random = SystemRandomNumberGenerator()
    let values = try template.values(given, using: &random)
    let secret = Set(template.parameters.filter { $0.kind == .secret }.map(\.name))
    let files = try template.files(values: values.filter { !secret.contains($0.name) })
    return try .json(
      RenderedTemplateBody(
        files: files.map { file in
          if let text = String(validating: file.bytes, as: UTF8.self) { return FileContentBody(path: file.path, text: text) }
          return FileContentBody(path: file.path, text: nil, base64: Data(file.bytes).base64EncodedString())
        }, secrets: Dictionary(uniqueKeysWithValues: values.filter { secret.contains($0.name) }.map { ($0.name, $0.value) }),
        problems: []))
  }
}

extension TemplateBody {
  init(_ template: StackTemplate) {
    self.init(
      name: template.name, title: template.title, description: template.description,
      parameters: template.parameters.map { parameter in
        Parameter(
          name: parameter.name, kind: parameter.kind.rawValue, description: parameter.description,
          defaultValue: parameter.defaultValue, pattern: parameter.pattern, choices: parameter.choices)
      })
  }
}
