import FoundationEssentials
import GRDB

extension RevisionStore {
  /// Whether anybody can log in: as long as not, only the set-up answers (S-AUTH-9).
  package func hasUsers() async throws(StoreError) -> Bool {
    try await read { db in try Row.fetchOne(db, sql: "SELECT 1 FROM user LIMIT 1") != nil }
  }

  /// All users by name.
  package func users() async throws(StoreError) -> [User] {
    try await read { try UserRows.fetch($0) }
  }

  package func user(_ id: Int64) async throws(StoreError) -> User? {
    try await read { try UserRows.fetch($0, where: "id = ?", [id]).first }
  }

  /// Letters count the same whether large or small.
  package func user(named name: String) async throws(StoreError) -> User? {
    try await read { try UserRows.fetch($0, where: "name = ?", [name]).first }
  }

  /// Makes the first user of all, once.
  ///
  /// - Throws: `refused(.alreadySetUp)` when there is any user: of many calls at once exactly one gets through.
  package func createFirstUser(_ new: NewUser, _ entry: AuditEntry) async throws(StoreError) -> User {
    try await write { db in
      guard try Row.fetchOne(db, sql: "SELECT 1 FROM user LIMIT 1") == nil else { throw StoreError.refused(.alreadySetUp) }
      let user = try UserRows.insert(new, now: self.now(), db)
      try self.audit(entry, db)
      return user
    }
  }

  /// - Throws: `refused`: `userExists`, `tooMany`.
  package func createUser(_ new: NewUser, _ entry: AuditEntry) async throws(StoreError) -> User {
    try await write { db in
      let user = try UserRows.insert(new, now: self.now(), db)
      try self.audit(entry, db)
      return user
    }
  }

  /// Changes a user, and ends the sessions that were begun under what was (S-AUTH-6), all or nothing.
  ///
  /// - Parameter keptSession: the one the change is made in, when it is the user's own.
  /// - Throws: `refused`: `userUnknown`, `lastAdmin`.
  package func changeUser(
    _ id: Int64, _ change: UserChange, keeping keptSession: String? = nil, _ entry: AuditEntry
  ) async throws(StoreError) -> ChangedUser {
    try await write { db in
      let old = try UserRows.existing(id, db)
      if let password = change.password {
        try db.execute(sql: "UPDATE user SET password = ? WHERE id = ?", arguments: [password.reveal(), id])
      }
      if let isDisabled = change.isDisabled {
        try db.execute(sql: "UPDATE user SET is_disabled = ? WHERE id = ?", arguments: [isDisabled, id])
      }
      if let must = change.mustHaveSecondFactor {
        try db.execute(sql: "UPDATE user SET must_have_second_factor = ? WHERE id = ?", arguments: [must, id])
      }
      if let grants = change.grants { try UserRows.write(grants, of: id, db) }
      if change.removesSecondFactor { try UserRows.removeSecondFactor(of: id, db) }
      try db.execute(sql: "UPDATE user SET updated_at = ? WHERE id = ?", arguments: [self.now().milliseconds, id])
      if old.isGlobalAdmin { try UserRows.requireAdmin(db) }
      let user = try UserRows.existing(id, db)
      let isOtherwise =
        change.password != nil || change.removesSecondFactor || user.isDisabled != old.isDisabled
        || Set(user.grants) != Set(old.grants) || user.mustHaveSecondFactor != old.mustHaveSecondFactor
      let ended = isOtherwise ? try SessionRows.end(ofUser: id, keeping: keptSession, db) : []
      try self.audit(entry, db)
      return ChangedUser(user: user, endedSessions: ended)
    }
  }

  /// Puts another hash of the same password in the place of `old`, when that is still there: for a raised cost.
  package func rehashPassword(ofUser id: Int64, from old: Secret<String>, to new: Secret<String>) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: "UPDATE user SET password = ? WHERE id = ? AND password = ?", arguments: [new.reveal(), id, old.reveal()])
    }
  }

  /// Forgets a user with all sessions and tokens; gives the sessions that ended.
  ///
  /// - Throws: `refused`: `userUnknown`, `lastAdmin`.
  package func deleteUser(_ id: Int64, _ entry: AuditEntry) async throws(StoreError) -> [String] {
    try await write { db in
      let user = try UserRows.existing(id, db)
      let ended = try SessionRows.end(ofUser: id, keeping: nil, db)
      try db.execute(sql: "DELETE FROM user WHERE id = ?", arguments: [id])
      if user.isGlobalAdmin { try UserRows.requireAdmin(db) }
      try self.audit(entry, db)
      return ended
    }
  }

  /// For `slipway admin reset`: the user is there, enabled, an admin of everything, with this password and no second factor.
  package func resetAdmin(_ new: NewUser, _ entry: AuditEntry) async throws(StoreError) -> ChangedUser {
    try await write { db in
      var ended: [String] = []
      let old = try UserRows.fetch(db, where: "name = ?", [new.name.text]).first
      let id = try old?.id ?? UserRows.insert(new, now: self.now(), db).id
      if let old {
        ended = try SessionRows.end(ofUser: id, keeping: nil, db)
        try db.execute(
          sql: "UPDATE user SET password = ?, is_disabled = 0, updated_at = ? WHERE id = ?",
          arguments: [new.password.reveal(), self.now().milliseconds, id])
        try UserRows.removeSecondFactor(of: id, db)
        let kept = old.grants.filter { $0.scope != .global }
        let flags = old.grants.first { $0.scope == .global }
        try UserRows.write(
          kept + [Grant(.admin, on: .global, mayExec: flags?.mayExec ?? false, mayRestore: flags?.mayRestore ?? false)],
          of: id, db)
      }
      try self.audit(entry, db)
      return ChangedUser(user: try UserRows.existing(id, db), endedSessions: ended)
    }
  }
}
