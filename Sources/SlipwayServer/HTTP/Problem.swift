import Accounts
import ComposeFile
import DockerEngine
import FoundationEssentials
import HTTPTypes
import LogStreaming
import Orchestration
import RevisionStore
import SSHTransport
import SlipwayAPI
import StackPlanning

/// A call that fails, with the answer that it gets.
struct Problem: Error {
  var status: HTTPResponse.Status
  /// Stable, for programs.
  var code: String
  var detail: String
  var remedy: String?
  var faults: [ProblemBody.Fault] = []
  var hostKey: ProblemBody.HostKey?
  var headers: HTTPFields = [:]

  init(
    _ status: HTTPResponse.Status, _ code: String, _ detail: String, remedy: String? = nil, faults: [ProblemBody.Fault] = []
  ) {
    self.status = status
    self.code = code
    self.detail = detail
    self.remedy = remedy
    self.faults = faults
  }

  /// In seconds.
  func retrying(after seconds: Int) -> Problem {
    var problem = self
    problem.headers[.retryAfter] = String(max(1, seconds))
    return problem
  }

  func body(requestID: String) -> ProblemBody {
    var body = ProblemBody(
      title: status.reasonPhrase, status: status.code, code: code, detail: detail, remedy: remedy,
      faults: faults.isEmpty ? nil : faults)
    body.requestID = requestID
    body.hostKey = hostKey
    return body
  }

  /// The header fields and the body of its answer.
  func answer(_ requestID: String, _ headers: SecurityHeaders) -> (fields: HTTPFields, body: [UInt8]) {
    var fields = headers.forAPI.merging(self.headers)
    fields[.requestID] = requestID
    fields[.contentType] = "application/problem+json"
    if status == .unauthorized { fields[.wwwAuthenticate] = "Bearer realm=\"slipway\"" }
    // WHY try?: it has texts and numbers only; the status tells it then.
    return (fields, (try? Wire.encoder().encode(body(requestID: requestID))).map { Array($0) } ?? [])
  }

  /// The same without what is known to be secret (S-SEC-4).
  func hiding(_ secrets: KnownSecrets) -> Problem {
    var problem = self
    problem.detail = secrets.text(detail)
    problem.remedy = remedy.map { secrets.text($0) }
    problem.faults = faults.map { fault in
      ProblemBody.Fault(
        place: fault.place, message: secrets.text(fault.message), remedy: fault.remedy.map { secrets.text($0) }, rule: fault.rule)
    }
    return problem
  }

  /// What may not be seen, and what is not there, look the same (S-AZ-2).
  static func notFound(_ what: String) -> Problem { Problem(.notFound, "not_found", "there is no \(what)") }

  /// Refusals that no right has decided, and that stand in the audit log all the same (S-AUD-1). What rights refuse,
  /// `AccountService.require` notes.
  private static let denials: Set<String> = [
    "host_not_allowed", "host_only", "invalid_signature", "invalid_token", "local_only", "origin_missing", "origin_not_allowed",
  ]

  var isDenial: Bool { Self.denials.contains(code) }

  static let setupRequired = Problem(
    .serviceUnavailable, "setup_required", text: AccountError.setupRequired.description)

  static let hostOnly = Problem(
    .forbidden, "host_only", "this is done only by the unix socket of the data directory",
    remedy: "use the command slipway on the server's own machine, as the owner of that directory")
}

extension Problem: CustomStringConvertible {
  /// One line, for the log.
  var description: String { "\(status.code) \(code): \(detail.replacing("\n", with: " "))" }
}

extension HTTPResponse.Status {
  /// RFC 4918, 11.2; also the word for what a compose file gets wrong.
  static let unprocessable = HTTPResponse.Status(code: 422, reasonPhrase: "Unprocessable Content")
}

extension Problem {
  /// The answer to whatever a part of the product has thrown.
  ///
  /// What is nobody's fault but ours says so and nothing else: its text is for the log.
  init(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let problems as ComposeProblems: self = Problem(problems)
    case let denied as PolicyDenied: self = Problem(denied)
    case let problems as PlanProblems: self = Problem(.unprocessable, "plan_refused", "\(problems)")
    case let refused as OperationRefused: self.init(.conflict, "refused", text: refused.description)
    case let refused as ServiceRefusal: self.init(.unprocessable, "refused", text: refused.description)
    case let failure as StepFailure: self.init(.badGateway, "step_failed", text: failure.description)
    case let failures as ServiceFailures: self.init(.badGateway, "services_failed", text: failures.description)
    case let error as AccountError: self = Problem(error)
    case let refusal as StackFolders.Refusal: self = Problem(refusal)
    case let refusal as JobRunner.Refusal: self = Problem(refusal)
    case let problem as GitProblem: self.init(.badGateway, "git_failed", text: problem.description)
    case let error as LogStreamError where error.isEngineSilent: self.init(.gatewayTimeout, error.code, text: "\(error)")
    case let error as LogStreamError: self.init(.unprocessable, error.code, text: "\(error)")
    case let refusal as StackTemplate.Refusal: self.init(.unprocessable, "refused", text: refusal.description)
    case let undecided as AdoptionUndecided: self.init(.conflict, "adoption_undecided", text: undecided.description)
    case let error as StoreError: self = Problem(error)
    case let error as EngineError: self = Problem(error)
    case let error as SSHError: self = Problem(error)
    case is CancellationError: self.init(.serviceUnavailable, "cancelled", "the call was ended")
    default: self.init(.internalServerError, "internal", "this is a fault of the server; its log tells more under the request id")
    }
  }

  /// Takes `WHAT\n  fix: REMEDY` apart.
  init(_ status: HTTPResponse.Status, _ code: String, text: String) {
    guard let fix = text.firstRange(of: "\n  fix: ") else {
      self.init(status, code, text)
      return
    }
    self.init(status, code, String(text[..<fix.lowerBound]), remedy: String(text[fix.upperBound...]))
  }

  init(_ problems: ComposeProblems) {
    let faults = problems.problems.map { problem in
      ProblemBody.Fault(
        place: "\(problem.position)", message: problem.message, remedy: problem.remedy, rule: problem.rule.rawValue)
    }
    self.init(
      .unprocessable, "invalid_compose_file",
      faults.count == 1 ? "the files have a problem" : "the files have \(faults.count) problems", faults: faults)
  }

  private init(_ error: AccountError) {
    let status: HTTPResponse.Status =
      switch error {
      case .invalidCredentials, .unauthenticated: .unauthorized
      case .tooManyAttempts, .tooBusy: .tooManyRequests
      case .setupRequired, .store: .serviceUnavailable
      case .alreadySetUp, .refused: .conflict
      case .badBootstrapToken, .bootstrapTokenExpired, .secondFactorRequired, .stepUpRequired, .forbidden: .forbidden
      case .weakPassword, .invalidName, .invalid: .unprocessable
      case .notFound: .notFound
      }
    self.init(status, error.code, text: error.description)
    switch error {
    case .tooManyAttempts(let seconds), .tooBusy(let seconds): self = retrying(after: Int(seconds))
    default: break
    }
  }

  private init(_ refusal: StackFolders.Refusal) {
    switch refusal {
    case .noSuchStack(let name): self.init(.notFound, "not_found", "the server keeps no files of \(name)")
    case .stackExists(let name):
      self.init(
        .conflict, "stack_exists", "the server keeps files of \(name) already", remedy: "change those, or take another name")
    case .noSuchFile(let path): self.init(.notFound, "not_found", "there is no file \(path)")
    case .changed(let path, let tag):
      self.init(
        .preconditionFailed, "file_changed", "\(path) was changed meanwhile", remedy: "load it again, and make the change there")
      if let tag { headers[.eTag] = "\"\(tag)\"" }
    case .unusable(let path, let reason): self.init(.unprocessable, "invalid_path", "\(path.prefix(200)): \(reason)")
    case .tooLarge(let path, let limit):
      self.init(.contentTooLarge, "file_too_large", "\(path): more than \(limit >> 20) MiB")
    case .full(let reason): self.init(.serviceUnavailable, "storage", "the files cannot be written: \(reason)")
    }
  }

  private init(_ refusal: JobRunner.Refusal) {
    switch refusal {
    case .tooMany(let limit):
      self.init(.tooManyRequests, "queue_full", "\(limit) operations wait for this stack or server already")
      self = retrying(after: 30)
    case .busy(let stack):
      self.init(
        .conflict, "stack_busy", "an operation on \(stack.project) runs, waits, or is brought to an end",
        remedy: "see GET /api/v1/operations, and try again when it has ended")
    case .outOfTime(let limit):
      self.init(
        .gatewayTimeout, "operation_timeout", "it had not ended after \(limit.components.seconds) s",
        remedy: "look at the server's engine and its registry, then ask for it again")
    case .stopping: self.init(.serviceUnavailable, "stopping", "the server stops")
    case .unknown: self.init(.notFound, "not_found", "there is no such operation")
    case .hasEnded: self.init(.conflict, "operation_ended", "the operation has ended")
    }
  }

  private init(_ error: StoreError) {
    switch error {
    case .refused(let refusal): self.init(.conflict, "conflict", text: refusal.description)
    case .notFound: self.init(.notFound, "not_found", text: "\(error)")
    case .held: self.init(.conflict, "stack_busy", text: "\(error)")
    case .serverUnknown: self.init(.notFound, "not_found", text: "\(error)")
    case .serverExists, .serverIsJump, .serverIsNoJump, .serverCircle, .invalid:
      self.init(.conflict, "refused", text: "\(error)")
    case .diskFull, .damaged, .inputOutput, .masterKeyMissing, .masterKeyWrong, .masterKeyMalformed:
      self.init(.serviceUnavailable, "storage", text: "\(error)")
    default: self.init(.internalServerError, "storage", text: "\(error)")
    }
  }

  private init(_ error: SSHError) {
    switch error {
    case .badAddress: self.init(.unprocessable, "invalid_address", text: "\(error)")
    case .badKey: self.init(.unprocessable, "invalid_key", text: "\(error)")
    case .hostKeyChanged: self.init(.badGateway, "host_key_changed", text: "\(error)")
    default: self.init(.badGateway, "server_unreachable", text: "\(error)")
    }
  }

  private init(_ error: EngineError) {
    switch error {
    case .badEndpoint, .badTLS, .badArgument: self.init(.unprocessable, "invalid_address", text: "\(error)")
    case .unsupported: self.init(.unprocessable, "engine_unsupported", text: "\(error)")
    case .notFound(_, let message): self.init(.notFound, "not_found", message)
    case .conflict(_, let message): self.init(.conflict, "engine_conflict", message)
    case .api(_, let status, let message) where (400..<500).contains(status): self.init(.unprocessable, "engine_refused", message)
    case .timedOut: self.init(.gatewayTimeout, "engine_timeout", text: "\(error)")
    case _ where error.saysEngineIsGone: self.init(.badGateway, "engine_unreachable", text: "\(error)")
    default: self.init(.badGateway, "engine_failed", text: "\(error)")
    }
  }
}
