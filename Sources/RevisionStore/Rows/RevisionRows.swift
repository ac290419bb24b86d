import FoundationEssentials
import GRDB

/// Reads revisions out of rows.
enum RevisionRows {
  static let select = """
    SELECT r.*, b.sha256 AS canonical_sha256, x.mac AS canonical_mac, o.id AS operation_id, p.text AS plan_text
    FROM revision r JOIN stack s ON s.id = r.stack_id
    LEFT JOIN blob b ON b.id = r.canonical_blob LEFT JOIN sealed_blob x ON x.id = r.canonical_sealed
    LEFT JOIN operation o ON o.revision_id = r.id LEFT JOIN operation_plan p ON p.operation_id = o.id
    """

  static func revision(_ row: Row, stack: StackKey, _ db: Database) throws -> Revision {
    let id: Int64 = row["id"]
    return Revision(
      stack: stack, number: row["number"], createdAt: Timestamp(milliseconds: row["created_at"]), author: row["author"],
      message: row["message"], kind: try kind(row), outcome: try decoded(row, "outcome"),
      projectName: row["project_name"], workingDirectory: row["working_directory"],
      configFiles: try list(row, "config_files"), environmentFiles: try list(row, "environment_files"),
      profiles: try list(row, "profiles"), scale: try list(row, "scale"), files: try files(id, db),
      variables: try variables(id, db),
      canonical: content(sha256: row["canonical_sha256"], mac: row["canonical_mac"], size: row["canonical_size"]),
      images: try images(id, db), inputHash: Array(row["input_hash"] as Data), planText: row["plan_text"],
      resultMessage: row["result_message"], operation: row["operation_id"])
  }

  static func kind(_ row: Row) throws -> RevisionKind {
    let source: Int? = row["source_number"]
    switch (row["kind"] as String, source) {
    case ("deploy", _): return .deploy
    case ("adopt", _): return .adopt
    case ("rollback", let number?): return .rollback(from: number)
    case ("restored", let number?): return .restored(from: number)
    case (let word, _): throw StoreError.database(path: "slipway.db", code: 0, detail: "unknown kind `\(word)`")
    }
  }

  static func images(_ id: Int64, _ db: Database) throws -> [String: ImageRecord] {
    let rows = try Row.fetchAll(
      db.cachedStatement(sql: "SELECT service, reference, digest, image_id FROM revision_image WHERE revision_id = ?"),
      arguments: [id])
    return Dictionary(
      rows.map { row in
        (row["service"], ImageRecord(reference: row["reference"], digest: row["digest"], imageID: row["image_id"]))
      }, uniquingKeysWith: { $1 })
  }

  private static func files(_ id: Int64, _ db: Database) throws -> [RevisionFile] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT f.path, f.role, f.mode, f.size, f.sha256, b.sha256 AS blob_sha256, x.mac
        FROM revision_file f LEFT JOIN blob b ON b.id = f.blob_id LEFT JOIN sealed_blob x ON x.id = f.sealed_id
        WHERE f.revision_id = ? ORDER BY f.path, f.role
        """, arguments: [id])
    return try rows.map { row in
      let reference: ContentReference =
        if let sha256 = row["sha256"] as Data? {
          .hashOnly(sha256: Array(sha256), sizeBytes: row["size"])
        } else {
          content(sha256: row["blob_sha256"], mac: row["mac"], size: row["size"])
        }
      return RevisionFile(path: row["path"], role: try decoded(row, "role"), mode: row["mode"], content: reference)
    }
  }

  private static func variables(_ id: Int64, _ db: Database) throws -> [String: RevisionVariable] {
    let rows = try Row.fetchAll(
      db, sql: "SELECT name, value, mac FROM revision_variable WHERE revision_id = ?", arguments: [id])
    return Dictionary(
      rows.map { row in
        let mac: Data? = row["mac"]
        return (row["name"], mac.map { .secret(mac: Array($0)) } ?? .plain(row["value"] ?? ""))
      }, uniquingKeysWith: { $1 })
  }

  private static func content(sha256: Data?, mac: Data?, size: Int) -> ContentReference {
    if let mac { return .sealed(mac: Array(mac), sizeBytes: size) }
    return .plain(sha256: sha256.map(Array.init) ?? [], sizeBytes: size)
  }

  private static func list<Value: Decodable>(_ row: Row, _ column: String) throws -> Value {
    let text: String = row[column]
    // Most are empty: spare the decoder at every start of the program.
    if text == "[]", let empty = [String]() as? Value { return empty }
    if text == "{}", let empty = [String: Int]() as? Value { return empty }
    return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
  }
}
