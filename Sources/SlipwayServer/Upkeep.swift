import Accounts
import FoundationEssentials
import Logging
import Orchestration
import RevisionStore
import ServiceLifecycle
import SlipwayAPI

/// How long things are kept, and how often that is looked at.
enum UpkeepLimits {
  /// Between two looks at most. The next end of a session or a token is waited for by its own time (S-AUTH-6: within 1 s); a token
  /// that is made meanwhile lives longer than this.
  static let look = AccountService.shortestTokenLife - .seconds(5)
  /// S-AUD-2: a head is signed every hour; the rest of what is done now and then is done with it.
  static let round: Duration = .seconds(3600)
  /// R-MEM-1: jobs that have ended and are kept, with their events.
  static let keptJobs = 1000
  /// 30 days: an own certificate is renewed as early.
  static let certificateWarningDays = SelfSignedCertificate.renewalDays
}

/// What the server does for itself as long as it runs: ends what has reached its end, forgets what is old, signs the audit log.
struct Upkeep: ServiceLifecycle.Service {
  /// What was done so far.
  struct Progress: Sendable {
    /// The newest head of the audit log that went to the server's log; nil: none did in this run.
    var head: Int64?
    var nextRound = ContinuousClock.now
    /// What was wrong with `master.key`.
    var keyTrouble: String?
  }

  let parts: ServerParts
  let certificate: ServedCertificate?
  var now: @Sendable () -> Timestamp = Timestamp.systemNow

  func run() async throws {
    await cancelWhenGracefulShutdown {
      // Beside each other: a copy of a large database keeps no session alive.
      async let ends: Void = endCredentials()
      async let rounds: Void = lookAround()
      _ = await (ends, rounds)
    }
  }

  // MARK: Sessions and tokens

  private func endCredentials() async {
    var last = Timestamp(milliseconds: 0)
    while !Task.isCancelled {
      let begun = now()
      var next: Timestamp?
      do {
        next = try await parts.accounts.endDue(since: last)
        last = begun
      } catch {
        tell("sessions and tokens are not ended", error)
      }
      // WHY try?: the server's end cancels it.
      try? await Task.sleep(for: Self.pause(until: next, now: now()))
    }
  }

  /// How long nothing comes to its end; a clock that is put back is noticed by the next look.
  static func pause(until next: Timestamp?, now: Timestamp) -> Duration {
    guard let next else { return UpkeepLimits.look }
    return min(UpkeepLimits.look, max(.milliseconds(10), .milliseconds(next.milliseconds - now.milliseconds + 5)))
  }

  // MARK: All else

  private func lookAround() async {
    var progress = Progress()
    while !Task.isCancelled {
      await look(&progress)
      // WHY try?: the server's end cancels it.
      try? await Task.sleep(for: UpkeepLimits.look)
    }
  }

  func look(_ progress: inout Progress) async {
    await checkKey(&progress)
    await logHeads(&progress)
    guard ContinuousClock.now >= progress.nextRound else { return }
    progress.nextRound = .now + UpkeepLimits.round
    await round()
    await logHeads(&progress)
  }

  /// At the end of the server: what was written to the audit log since the last head is signed too (S-AUD-2).
  func finish() async {
    do {
      if let head = try await parts.store.signAudit() { log(head) }
    } catch {
      tell("the audit log is not signed", error)
    }
  }

  // MARK: Now and then

  private func round() async {
    await attempt("the audit log is not signed") { _ = try await parts.store.signAudit() }
    await attempt("the audit log is not cut") { try await cutAudit() }
    await attempt("old operations are not forgotten") {
      _ = try await parts.store.pruneJobs(keeping: UpkeepLimits.keptJobs)
    }
    await attempt("old answers are not forgotten") { _ = try await parts.store.pruneIdempotent() }
    // R-DB-3: daily, also where nothing is deployed.
    await attempt("the database is not copied") { _ = try await parts.store.backUpIfDue() }
    if let certificate, let warning = certificate.warning(now: Date()) {
      parts.logger.warning("the certificate ends", metadata: ["what": "\(warning)"])
    }
  }

  /// Entries that are older than the setting says, up to a signed head.
  private func cutAudit() async throws {
    let days = try await ServerSettings(parts.store).auditDays()
    let before = Timestamp(milliseconds: now().milliseconds - Int64(days) * 86_400_000)
    guard let oldest = try await parts.store.auditRecords(after: 0).first, oldest.at < before else { return }
    let gone = try await parts.store.cutAudit(
      before: before,
      AuditEntry(
        actor: "slipway", way: .system, action: "audit.cut", target: "audit", detail: ["before": "\(before.milliseconds)"]))
    if gone > 0 { parts.logger.notice("the audit log was cut", metadata: ["entries": "\(gone)"]) }
  }

  /// Without the key nothing is changed and nobody logs in: once in the log when that begins, and when it is over (S-SEC-1).
  private func checkKey(_ progress: inout Progress) async {
    var trouble: String?
    do {
      try await parts.store.checkMasterKey()
    } catch {
      trouble = "\(error)"
    }
    guard trouble != progress.keyTrouble else { return }
    progress.keyTrouble = trouble
    if let trouble {
      parts.logger.error("degraded", metadata: ["error": "\(trouble)"])
    } else {
      parts.logger.notice("the key of the secrets can be used again")
    }
  }

  /// Heads that were signed since; of those of former runs only the newest.
  private func logHeads(_ progress: inout Progress) async {
    do {
      var found: [AuditHead] = []
      var place = progress.head ?? 0
      while true {
        let page = try await parts.store.auditHeads(after: place)
        guard let last = page.last else { break }
        found = progress.head == nil ? [last] : found + page
        place = last.sequence
      }
      for head in found { log(head) }
      progress.head = place
    } catch {
      tell("heads of the audit log are not told", error)
    }
  }

  private func log(_ head: AuditHead) {
    parts.logger.notice(
      "audit head",
      metadata: [
        "sequence": "\(head.sequence)", "at": "\(head.at.text)", "hash": "\(hexadecimal(head.hash))",
        "signature": "\(hexadecimal(head.signature))",
      ])
  }

  private func attempt(_ failure: String, _ body: () async throws -> Void) async {
    do {
      try await body()
    } catch {
      tell(failure, error)
    }
  }

  private func tell(_ what: String, _ error: any Error) {
    parts.logger.error("\(what)", metadata: ["error": "\(error)"])
  }
}
