import RevisionStore
import Synchronization

extension AccountService {
  /// Notes that a call was refused before any right was asked for: a foreign page, another host, a signature that is wrong
  /// (S-AUD-1). What rights refuse, `require` notes.
  ///
  /// Of one caller at most 30 a minute are written; the next one that is says how many were not.
  /// - Parameters:
  ///   - principal: who it is, where that is known.
  ///   - code: why, as the API tells it.
  package func noteRefusal(
    of principal: Principal?, from origin: Origin, action: String, target: String, code: String
  ) async throws(AccountError) {
    let caller = principal?.credentialText ?? AddressNetwork.name(of: origin.address)
    guard case .written(let omitted) = refusals.take(caller, now: options.now()) else { return }
    var entry = AuditEntry(
      actor: principal?.name ?? "unknown", credential: principal?.credentialText, address: origin.address, way: origin.way,
      action: action, target: target, outcome: .denied, requestID: origin.requestID, detail: ["code": code])
    if omitted > 0 { entry.detail["not_written_before"] = "\(omitted)" }
    let noted = entry
    try await stored { () async throws(StoreError) in try await store.appendAudit([noted]) }
  }
}

/// Counts refusals by caller, so that nobody fills the audit log with them.
final class RefusalCounts: Sendable {
  enum Verdict: Hashable {
    /// With how many of the same caller were left out before.
    case written(omitted: Int)
    case omitted
  }

  /// Of one caller, within a minute: as many as S-AUTH-4 takes failed logins of one address.
  static let perMinute = 30
  /// Callers that are counted by themselves; further ones count as one.
  static let callers = 1000

  private struct Count {
    var begin: Int64
    var written = 0
    var omitted = 0
  }

  private let counts = Mutex<[String: Count]>([:])

  func take(_ caller: String, now: Timestamp) -> Verdict {
    let minute = now.milliseconds / 60_000
    return counts.withLock { counts in
      if counts[caller] == nil, counts.count >= Self.callers {
        counts = counts.filter { $0.value.begin == minute || $0.value.omitted > 0 }
      }
      let key = counts[caller] == nil && counts.count >= Self.callers ? "" : caller
      var count = counts[key] ?? Count(begin: minute)
      if count.begin != minute {
        count.begin = minute
        count.written = 0
      }
      defer { counts[key] = count }
      guard count.written < Self.perMinute else {
        count.omitted += 1
        return .omitted
      }
      defer { count.omitted = 0 }
      count.written += 1
      return .written(omitted: count.omitted)
    }
  }
}
