/// Why a call failed (RFC 9457), with what to do about it.
package struct ProblemBody: WireType, Hashable {
  /// One thing that is wrong with what was sent.
  package struct Fault: Codable, Hashable, Sendable {
    /// `file:line:column` of a compose file, a JSON pointer into the body, or the name of a parameter.
    package var place: String
    package var message: String
    package var remedy: String?
    /// The rule that found it, in compose files.
    package var rule: String?

    package init(place: String, message: String, remedy: String? = nil, rule: String? = nil) {
      self.place = place
      self.message = message
      self.remedy = remedy
      self.rule = rule
    }

    static let schema = Schema.object([
      .required("place", .text, "file:line:column, a JSON pointer into the body, or the name of a parameter"),
      .required("message", .text), .optional("remedy", .nullable(.text)), .optional("rule", .nullable(.text)),
    ])
  }

  /// The key that a host has shown.
  package struct HostKey: Codable, Hashable, Sendable {
    package var host: String
    package var type: String
    /// `SHA256:…`
    package var fingerprint: String

    package init(host: String, type: String, fingerprint: String) {
      self.host = host
      self.type = type
      self.fingerprint = fingerprint
    }

    static let schema = Schema.object([
      .required("host", .text), .required("type", .text), .required("fingerprint", .text, "SHA256:…"),
    ])
  }

  /// Always `about:blank`: the code tells the kind.
  package var type = "about:blank"
  package var title: String
  package var status: Int
  /// Stable, for programs.
  package var code: String
  package var detail: String
  package var remedy: String?
  /// Names the call in the server's log.
  package var requestID: String?
  package var faults: [Fault]?
  /// To be confirmed.
  package var hostKey: HostKey?

  package init(title: String, status: Int, code: String, detail: String, remedy: String? = nil, faults: [Fault]? = nil) {
    self.title = title
    self.status = status
    self.code = code
    self.detail = detail
    self.remedy = remedy
    self.faults = faults
  }

  private enum CodingKeys: String, CodingKey {
    case type, title, status, code, detail, remedy, faults
    case requestID = "request_id"
    case hostKey = "host_key"
  }

  package static let schema = Schema.named("Problem") {
    .object([
      .required("type", .text), .required("title", .text), .required("status", .integer),
      .required("code", .text, "stable, for programs"), .required("detail", .text), .optional("remedy", .nullable(.text)),
      .optional("request_id", .nullable(.text)), .optional("faults", .nullable(.array(of: Fault.schema))),
      .optional("host_key", .nullable(HostKey.schema), "what a host has shown, to be confirmed"),
    ])
  }
}
