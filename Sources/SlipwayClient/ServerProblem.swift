package import ComposeFile
package import SlipwayAPI

/// What a server answered instead of doing what was asked (RFC 9457).
package struct ServerProblem: Error, Sendable, CustomStringConvertible {
  package var server: String
  package var body: ProblemBody

  package init(server: String, body: ProblemBody) {
    self.server = server
    self.body = body
  }

  /// As a socket or an operation tells it; nil: it is no problem's record.
  package init?(server: String, record: ComposeValue) {
    guard let detail = record["detail"]?.string else { return nil }
    let faults = (record["faults"]?.list ?? []).compactMap { fault -> ProblemBody.Fault? in
      guard let place = fault["place"]?.string, let message = fault["message"]?.string else { return nil }
      return ProblemBody.Fault(
        place: place, message: message, remedy: fault["remedy"]?.string, rule: fault["rule"]?.string)
    }
    self.server = server
    body = ProblemBody(
      title: "", status: record["status"]?.int ?? 500, code: record["code"]?.string ?? "internal", detail: detail,
      remedy: record["remedy"]?.string, faults: faults.isEmpty ? nil : faults)
  }

  package var code: String { body.code }
  package var status: Int { body.status }

  /// What is wrong with compose files, as they would say it here; nil: it is about something else.
  package var composeProblems: ComposeProblems? {
    guard body.code == "invalid_compose_file", let faults = body.faults, !faults.isEmpty else { return nil }
    return ComposeProblems(
      faults.map { fault in
        ComposeProblem(
          fault.rule.flatMap { ComposeProblem.Rule(rawValue: $0) } ?? .invalidValue, at: Self.position(fault.place),
          fault.message, fix: fault.remedy ?? "correct the file")
      })
  }

  /// `FILE:LINE:COLUMN`; a file's name may have colons in it.
  private static func position(_ place: String) -> SourcePosition {
    let parts = place.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 3, let line = Int(parts[parts.count - 2]), let column = Int(parts[parts.count - 1]) else {
      return SourcePosition(file: place, line: 0, column: 0)
    }
    return SourcePosition(file: parts.dropLast(2).joined(separator: ":"), line: line, column: column)
  }

  package var description: String {
    var text = body.detail
    for fault in body.faults ?? [] { text += "\n  \(fault.place): \(fault.message)\(fault.remedy.map { "; \($0)" } ?? "")" }
    if let remedy = body.remedy ?? usualRemedy { text += "\n  fix: \(remedy)" }
    return text
  }

  /// Where the server itself says nothing of what to do.
  private var usualRemedy: String? {
    switch (body.status, body.code) {
    case (404, "unknown_call"), (405, "method_not_allowed"), (422, "unknown_kind"):
      "this program and the server are of two versions: bring the older of them to the newer one's"
    case (401, _): "log in again: slipway login \(server)"
    case (403, "step_up_required"): "log in again: slipway login \(server)"
    case (500, _): "see the log of \(server)\(body.requestID.map { " under \($0)" } ?? "")"
    default: nil
    }
  }
}

/// Why a server could not be asked, or its answer not be read.
package enum ConnectionFailure: Error, Sendable, CustomStringConvertible {
  case unreachable(server: String, reason: String)
  /// The certificate is not known; its SHA-256 where it could be had.
  case untrusted(server: String, fingerprint: String?)
  case timedOut(server: String, what: String, limit: Duration)
  /// The connection ended within an answer.
  case lost(server: String)
  case unreadable(server: String, reason: String)
  case closed(server: String, reason: String)

  package var description: String {
    switch self {
    case .unreachable(let server, let reason):
      "the server \(server) cannot be reached: \(reason)\n  fix: see that it runs and that the address is right (slipway context show); --context embedded works without it"
    case .untrusted(let server, let fingerprint?):
      "the certificate of \(server) is not known here: SHA256:\(fingerprint)\n  fix: compare this with the server's own (openssl x509 -noout -fingerprint -sha256 -in CERTIFICATE), then slipway login \(server) --fingerprint SHA256:\(fingerprint); or name its authority with --ca"
    case .untrusted(let server, nil):
      "the certificate of \(server) is not known here\n  fix: name its authority with --ca, or the certificate with --fingerprint"
    case .timedOut(let server, let what, let limit):
      "the server \(server) did not answer within \(limit.components.seconds) s: \(what)\n  fix: try again; see whether the server is busy or the way to it is slow"
    case .lost(let server):
      "the connection to \(server) ended within the answer\n  fix: see what has come of it (slipway ps), and try again"
    case .unreadable(let server, let reason):
      "the answer of \(server) is not Slipway's: \(reason)\n  fix: see that the address is that of a Slipway server of this version"
    case .closed(let server, let reason):
      "the server \(server) closed the connection: \(reason)\n  fix: try again; log in again when your rights have changed"
    }
  }
}
