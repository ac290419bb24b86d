import FoundationEssentials
import GRDB

/// A table with sealed values, for sealing them anew.
struct SealedTable: Sendable {
  /// What one transaction has done; `last` is nil when there is nothing more to do.
  struct Step: Sendable {
    var count = 0
    var damaged: [String] = []
    var last: Int64?
  }

  /// Values and bytes of one transaction: others wait for it.
  private static let stepValues = 64
  private static let stepBytes = 8 << 20

  let name: String
  /// Which rows belong to the owner, with its number as `?`.
  let condition: String
  let sealed: String
  let keyVersion: String
  let place: @Sendable (Row) -> SealPlace

  static func all(of owner: KeyOwner) -> [SealedTable] {
    switch owner.table {
    case "stack_key":
      [
        SealedTable(name: "secret", condition: "stack_id = ?", sealed: "sealed", keyVersion: "key_version") {
          .variable($0["name"], version: $0["version"])
        },
        SealedTable(name: "sealed_blob", condition: "stack_id = ?", sealed: "sealed", keyVersion: "key_version") {
          .blob(mac: Array($0["mac"] as Data))
        },
      ]
    case "server_key":
      [
        SealedTable(name: "server_secret", condition: "server_id = ?", sealed: "sealed", keyVersion: "key_version") {
          .server($0["kind"])
        }
      ]
    default:
      [
        SealedTable(
          name: "user", condition: "totp_sealed IS NOT NULL AND ? = 1", sealed: "totp_sealed", keyVersion: "totp_key_version"
        ) { .totpSeed(ofUser: $0["id"], version: $0["totp_version"]) },
        SealedTable(name: "webhook", condition: "? = 1", sealed: "sealed", keyVersion: "key_version") { .webhook($0["id"]) },
        SealedTable(name: "git_token", condition: "? = 1", sealed: "sealed", keyVersion: "key_version") {
          .gitToken(ofStack: $0["stack"], host: $0["host"], version: $0["version"])
        },
        SealedTable(name: "draft", condition: "? = 1", sealed: "sealed", keyVersion: "key_version") {
          .draft(ofStack: $0["stack"], version: $0["version"])
        },
      ]
    }
  }

  /// Seals rows after the one numbered `last` with the newest key; one that does not open stays as it is.
  func reseal(after last: Int64, keys: SealingKeys, _ db: Database) throws -> Step {
    var step = Step()
    var last = last
    var bytes = 0
    while step.count + step.damaged.count < Self.stepValues, bytes < Self.stepBytes {
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT rowid AS row_number, * FROM \(name) WHERE \(condition) AND rowid > ? AND \(keyVersion) < ?
          ORDER BY rowid LIMIT 1
          """, arguments: [keys.owner.id, last, keys.version])
      guard let row else { return step }
      last = row["row_number"]
      let place = place(row)
      bytes += (row[sealed] as Data).count
      do {
        let value = try keys.open(row[sealed], in: place, version: row[keyVersion])
        try db.execute(
          sql: "UPDATE \(name) SET \(sealed) = ?, \(keyVersion) = ? WHERE rowid = ?",
          arguments: [try keys.seal(value, in: place), keys.version, last])
        step.count += 1
      } catch {
        guard case StoreError.secretDamaged(let row)? = error as? StoreError else { throw error }
        step.damaged.append(row)
      }
    }
    step.last = last
    return step
  }

  /// Takes away the keys that seal nothing any more, but the oldest, which makes the HMACs.
  static func removeUnused(of owner: KeyOwner, _ db: Database) throws {
    var users = all(of: owner).map { "SELECT \($0.keyVersion) FROM \($0.name) WHERE \($0.condition)" }
    // Append-only: its seal stays what it was.
    if owner.table == "instance_key" { users.append("SELECT key_version FROM audit_key WHERE ? = 1") }
    users += ["min", "max"].map { "SELECT \($0)(version) FROM \(owner.table) WHERE \(owner.column) = ?" }
    let needed = users.joined(separator: " UNION ")
    try db.execute(
      sql: "DELETE FROM \(owner.table) WHERE \(owner.column) = ? AND version NOT IN (\(needed))",
      arguments: StatementArguments(Array(repeating: owner.id, count: users.count + 1)))
  }
}
