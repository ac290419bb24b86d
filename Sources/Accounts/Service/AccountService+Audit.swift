package import RevisionStore

extension AccountService {
  /// Notes what somebody did, where no change of the store carries it (S-AUD-1): an exec, a reveal, an override.
  ///
  /// - Parameter action: a finer word than the action's own, when there is one.
  package func note(
    _ principal: Principal, _ action: String, target: String, outcome: AuditEntry.Outcome = .ok, detail: [String: String] = [:]
  ) async throws(AccountError) {
    let entry = principal.entry(action, target: target, outcome: outcome, detail: detail)
    try await stored { () async throws(StoreError) in try await store.appendAudit([entry]) }
  }

  /// Newest first, older than `before` when it is given, at most `limit` (up to 200).
  package func auditRecords(
    matching filter: AuditFilter = AuditFilter(), before: Int64? = nil, limit: Int = 50, by principal: Principal
  ) async throws(AccountError) -> [AuditRecord] {
    try await require(principal, .auditRead)
    return try await stored { () async throws(StoreError) in
      try await store.auditRecords(matching: filter, before: before, limit: limit)
    }
  }

  /// Looks through the whole log.
  package func verifyAudit(by principal: Principal) async throws(AccountError) -> AuditVerdict {
    try await require(principal, .auditRead)
    return try await stored { () async throws(StoreError) in try await store.verifyAudit() }
  }

  /// Gives up old entries, up to a signed head; gives their number.
  ///
  /// - Throws: `stepUpRequired`; `refused(.auditBroken)` for a log that is not whole.
  package func cutAudit(before moment: Timestamp, by principal: Principal) async throws(AccountError) -> Int {
    try await require(principal, .auditCut)
    let entry = principal.entry("audit.cut", target: "audit", detail: ["before": "\(moment.milliseconds)"])
    return try await stored { () async throws(StoreError) in try await store.cutAudit(before: moment, entry) }
  }

  /// Sets settings, all or none; nil takes one away. The values are JSON texts and stay out of the audit log.
  ///
  /// - Throws: `stepUpRequired`; `invalid` for one that is too long.
  package func putSettings(_ values: [String: String?], by principal: Principal) async throws(AccountError) {
    try await require(principal, .settingsWrite)
    let entry = principal.entry(
      "settings.write", target: "settings", detail: ["keys": values.keys.sorted().joined(separator: " ")])
    try await stored { () async throws(StoreError) in try await store.putSettings(values, entry) }
  }

  /// All settings: JSON texts by key.
  package func settings(by principal: Principal) async throws(AccountError) -> [String: String] {
    try await require(principal, .settingsRead)
    return try await stored { () async throws(StoreError) in try await store.settings() }
  }
}
