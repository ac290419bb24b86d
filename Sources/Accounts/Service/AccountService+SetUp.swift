import RevisionStore

extension AccountService {
  /// Writes the bootstrap token when there is no user, and takes it away when there is: at each start of the server (S-AUTH-9).
  ///
  /// Gives the path of the file to be named to who started the server; nil when nothing is to be set up.
  package func prepareSetUp() async throws(AccountError) -> String? {
    guard try await !isSetUp() else {
      try bootstrap.remove()
      return nil
    }
    try bootstrap.prepare(now: options.now(), randomness: options.randomness)
    return bootstrap.path
  }

  /// Makes the first user, an admin of everything, once; of many calls at the same time exactly one succeeds (S-AUTH-9).
  ///
  /// Does not log in. The token's file is gone afterwards.
  /// - Throws: `badBootstrapToken`, `bootstrapTokenExpired`, and after several of them `tooManyAttempts`; `alreadySetUp`,
  ///   `invalidName`, `weakPassword`, `tooBusy`.
  package func setUp(token: String, userName: String, password: String, origin: Origin) async throws(AccountError) {
    guard try await !isSetUp() else { throw .alreadySetUp }
    let action = "account.set_up"
    do {
      try bootstrap.check(token, now: options.now())
    } catch {
      // Only wrong ones are counted: nothing that somebody else tries keeps the right one out. No user has a name with a space.
      _ = try await begin("bootstrap token", origin)
      let entry = AuditEntry(
        actor: "unknown", address: origin.address, way: origin.way, action: action, target: "bootstrap-token", outcome: .failed,
        requestID: origin.requestID, detail: ["reason": error.code])
      try await stored { () async throws(StoreError) in try await store.appendAudit([entry]) }
      throw error
    }
    guard let name = UserName(userName) else { throw .invalidName }
    let user = NewUser(
      name: name, password: try await newPassword(password, userName: userName), grants: [Grant(.admin, on: .global)])
    let entry = AuditEntry(
      actor: name.text, address: origin.address, way: origin.way, action: action, target: "user:\(name)",
      requestID: origin.requestID)
    _ = try await stored { () async throws(StoreError) in try await store.createFirstUser(user, entry) }
    noteUsers()
    try bootstrap.remove()
  }

  /// Gives an account back to who owns the data directory: it is made when it is missing, an admin of everything, enabled, with
  /// this password, without a second factor; its sessions end. For `slipway admin reset`.
  ///
  /// - Throws: `forbidden` for anybody but `Principal.local`; `invalidName`, `weakPassword`.
  package func reset(userName: String, password: String, by principal: Principal) async throws(AccountError) {
    guard principal.credential == .local else { throw .forbidden(.sessionOnly) }
    guard let name = UserName(userName) else { throw .invalidName }
    let user = NewUser(
      name: name, password: try await newPassword(password, userName: userName), grants: [Grant(.admin, on: .global)])
    let entry = principal.entry("account.reset", target: "user:\(name)")
    let changed = try await stored { () async throws(StoreError) in try await store.resetAdmin(user, entry) }
    noteUsers()
    pending.remove(user: changed.user.id)
    tell(user: changed.user.id, endedSessions: changed.endedSessions)
    try bootstrap.remove()
  }
}
