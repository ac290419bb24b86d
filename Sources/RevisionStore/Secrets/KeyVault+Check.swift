import GRDB

extension KeyVault {
  /// Whether the key file is as it must be, is the one that the database was made with, and opens every stored key.
  func check(_ db: Database) throws {
    guard try Row.fetchOne(db, sql: "SELECT 1 FROM master_key") != nil else { return try checkUnused(db) }
    _ = try verifiedMaster(db)
    for (table, owner) in [("stack_key", KeyOwner.stack), ("server_key", KeyOwner.server)] {
      let column = owner(0).column
      for id in try Int64.fetchAll(db, sql: "SELECT DISTINCT \(column) FROM \(table) ORDER BY 1") {
        _ = try keys(of: owner(id), db)
      }
    }
    _ = try keys(of: .instance, db)
  }

  /// Before the first secret there may be no file; one that is there must be fit to be used.
  private func checkUnused(_ db: Database) throws {
    do {
      _ = try verifiedMaster(db)
    } catch {
      guard case StoreError.masterKeyMissing = error else { throw error }
    }
  }
}
