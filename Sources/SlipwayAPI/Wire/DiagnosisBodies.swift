/// What one check of an installation found.
package struct FindingBody: WireType, Hashable {
  package var name: String
  package var verdict: String
  package var message: String
  package var remedy: String?

  package init(name: String, verdict: String, message: String, remedy: String?) {
    self.name = name
    self.verdict = verdict
    self.message = message
    self.remedy = remedy
  }

  package static let schema = Schema.named("Finding") {
    .object([
      .required("name", .text), .required("verdict", .words(["ok", "warn", "fail"])), .required("message", .text),
      .optional("remedy", .nullable(.text)),
    ])
  }
}
