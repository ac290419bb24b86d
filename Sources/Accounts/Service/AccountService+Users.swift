package import RevisionStore

extension AccountService {
  /// All users by name.
  package func users(by principal: Principal) async throws(AccountError) -> [User] {
    try await require(principal, .userRead)
    return try await stored { () async throws(StoreError) in try await store.users() }
  }

  /// - Throws: `notFound`.
  package func user(_ id: Int64, by principal: Principal) async throws(AccountError) -> User {
    try await require(principal, .userRead)
    return try await existingUser(id)
  }

  /// - Throws: `stepUpRequired`, `invalidName`, `weakPassword`, `refused(.userExists)`, `tooBusy`.
  package func createUser(
    name: String, password: String, grants: [Grant], mustHaveSecondFactor: Bool = false, by principal: Principal
  ) async throws(AccountError) -> User {
    try await require(principal, .userWrite)
    guard let checked = UserName(name) else { throw .invalidName }
    let new = NewUser(
      name: checked, password: try await newPassword(password, userName: name), grants: grants,
      mustHaveSecondFactor: mustHaveSecondFactor)
    let entry = principal.entry("user.create", target: "user:\(name)", detail: ["grants": Self.text(grants)])
    return try await stored { () async throws(StoreError) in try await store.createUser(new, entry) }
  }

  /// Changes what somebody may, and ends that user's sessions (S-AUTH-6); nil leaves it. Its tokens stay, within what it may now.
  ///
  /// - Parameter password: a new one, given by the admin.
  /// - Throws: `stepUpRequired`, `notFound`, `weakPassword`, `refused(.lastAdmin)`, `tooBusy`.
  package func changeUser(
    _ id: Int64, grants: [Grant]? = nil, isDisabled: Bool? = nil, mustHaveSecondFactor: Bool? = nil,
    removesSecondFactor: Bool = false, password: String? = nil, by principal: Principal
  ) async throws(AccountError) -> User {
    try await require(principal, .userWrite)
    let old = try await existingUser(id)
    var hash: Secret<String>?
    if let password { hash = try await newPassword(password, userName: old.name) }
    var detail: [String: String] = [:]
    if let grants { detail["grants"] = Self.text(grants) }
    if let isDisabled { detail["disabled"] = "\(isDisabled)" }
    if let mustHaveSecondFactor { detail["must_have_second_factor"] = "\(mustHaveSecondFactor)" }
    if removesSecondFactor { detail["second_factor"] = "removed" }
    if password != nil {
      detail["password"] = "set"
      // S-AUTH-6 ends sessions; programs go on until their tokens are revoked.
      detail["tokens"] = "kept"
    }
    let change = UserChange(
      password: hash, grants: grants, isDisabled: isDisabled, mustHaveSecondFactor: mustHaveSecondFactor,
      removesSecondFactor: removesSecondFactor)
    let entry = principal.entry("user.change", target: "user:\(old.name)", detail: detail)
    let changed = try await stored { () async throws(StoreError) in try await store.changeUser(id, change, entry) }
    pending.remove(user: id)
    tell(user: id, endedSessions: changed.endedSessions)
    return changed.user
  }

  /// Forgets a user with all sessions and tokens; what it did stays in the audit log.
  ///
  /// - Throws: `stepUpRequired`, `notFound`, `refused(.lastAdmin)`.
  package func deleteUser(_ id: Int64, by principal: Principal) async throws(AccountError) {
    try await require(principal, .userWrite)
    let user = try await existingUser(id)
    let entry = principal.entry("user.delete", target: "user:\(user.name)")
    let ended = try await stored { () async throws(StoreError) in try await store.deleteUser(id, entry) }
    pending.remove(user: id)
    tell(user: id, endedSessions: ended)
  }

  /// Sessions of one user or of all, newest first, at most 1000.
  package func sessions(ofUser id: Int64? = nil, by principal: Principal) async throws(AccountError) -> [Session] {
    try await require(principal, .sessionRead)
    return try await stored { () async throws(StoreError) in try await store.sessions(ofUser: id) }
  }

  /// Ends anybody's session.
  ///
  /// - Parameter user: whose it must be; nil: anybody's.
  /// - Throws: `stepUpRequired`, `notFound`.
  package func endSession(_ id: String, ofUser user: Int64? = nil, by principal: Principal) async throws(AccountError) {
    try await require(principal, .sessionEnd)
    let entry = principal.entry("session.end", target: "session:\(id)")
    try await stored { () async throws(StoreError) in try await store.endSession(id, ofUser: user, entry) }
    tell(user: nil, endedSessions: [id])
  }

  private func existingUser(_ id: Int64) async throws(AccountError) -> User {
    let user = try await stored { () async throws(StoreError) in try await store.user(id) }
    guard let user else { throw .notFound(what: "user") }
    return user
  }

  /// For the audit log, as in `admin@global operator+exec@local/shop`.
  private static func text(_ grants: [Grant]) -> String {
    grants.map { grant in
      let place = [grant.scope.server ?? "global", grant.scope.stack].compactMap(\.self).joined(separator: "/")
      return grant.role.rawValue + (grant.mayExec ? "+exec" : "") + (grant.mayRestore ? "+restore" : "") + "@" + place
    }.joined(separator: " ")
  }
}
