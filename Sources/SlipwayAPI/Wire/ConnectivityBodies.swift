/// Two containers of a network, to be tried.
package struct ConnectivityRequestBody: WireType {
  package var from: String
  package var to: String
  package var port: Int?

  package init(from: String, to: String, port: Int?) {
    self.from = from
    self.to = to
    self.port = port
  }

  package static let schema = Schema.named("ConnectivityRequest") {
    .object([
      .required("from", EngineName.schema, "the container that tries, by its id or name"),
      .required("to", EngineName.schema, "the container that it tries to reach"),
      .optional(
        "port", .nullable(.integer(minimum: 1, maximum: 65_535)), "of `to`, TCP; null: the first four that it exposes"),
    ])
  }
}

/// Whether one container reaches another over a network (H1).
package struct ConnectivityBody: WireType {
  package struct Finding: Codable, Hashable, Sendable {
    package var check: String
    package var outcome: String
    package var detail: String

    package init(check: String, outcome: String, detail: String) {
      self.check = check
      self.outcome = outcome
      self.detail = detail
    }
  }

  package var network: String
  package var from: String
  package var to: String
  package var address: String?
  package var outcome: String
  package var findings: [Finding]

  package init(network: String, from: String, to: String, address: String?, outcome: String, findings: [Finding]) {
    self.network = network
    self.from = from
    self.to = to
    self.address = address
    self.outcome = outcome
    self.findings = findings
  }

  package static let schema = Schema.named("Connectivity") {
    let outcome = Schema.words(["ok", "failed", "unknown"])
    return .object([
      .required("network", .text), .required("from", .text), .required("to", .text),
      .optional("address", .nullable(.text), "of `to` in the network"),
      .required(
        "outcome", outcome, "ok when a port took a connection, or an echo came back; failed when something needed is not so"),
      .required(
        "findings",
        .array(
          of: .object([
            .required("check", .words(["running", "membership", "name", "echo", "port"])), .required("outcome", outcome),
            .required("detail", .text),
          ])), "in the order in which it was tried"),
    ])
  }
}
