import Crypto
import FoundationEssentials
import GRDB

/// A new revision, checked and hashed before the write lock is taken: its files may be megabytes.
struct PreparedRevision: Sendable {
  /// 64 MiB: far above the limits of decision 17, far below SQLite's.
  private static let contentLimit = 64 << 20
  private static let fileLimit = 10_000

  let revision: NewRevision
  private let fileHashes: [[UInt8]]
  private let canonicalHash: [UInt8]

  init(_ revision: NewRevision) throws(StoreError) {
    self.revision = revision
    guard revision.files.count <= Self.fileLimit else {
      throw .invalid(what: "a revision", reason: "more than \(Self.fileLimit) files")
    }
    if case .hashOnly = revision.canonical {
      throw .invalid(what: "a revision", reason: "its canonical model must be kept whole")
    }
    var hashes: [[UInt8]] = []
    for file in revision.files { hashes.append(try Self.hash(file.content, of: file.path)) }
    fileHashes = hashes
    canonicalHash = try Self.hash(revision.canonical, of: "the canonical model")
  }

  /// Whether anything in it is kept under the stack's key.
  var needsKeys: Bool {
    revision.canonical.isSealed || revision.files.contains { $0.content.isSealed }
      || revision.variables.values.contains(where: \.isSecret)
  }

  func inputHash(keys: SealingKeys?) throws(StoreError) -> [UInt8] {
    var files: [RevisionFile] = []
    for (file, hash) in zip(revision.files, fileHashes) {
      let content = try reference(file.content, hash: hash, keys: keys)
      files.append(RevisionFile(path: file.path, role: file.role, mode: file.mode & 0o7777, content: content))
    }
    var variables: [String: RevisionVariable] = [:]
    for (name, variable) in revision.variables {
      switch variable {
      case .plain(let value): variables[name] = .plain(value)
      case .secret(let value): variables[name] = .secret(mac: Array(try require(keys).variableMac(value)))
      }
    }
    return SnapshotHash.input(
      files: files, variables: variables, canonical: try reference(revision.canonical, hash: canonicalHash, keys: keys),
      profiles: revision.profiles, scale: revision.scale)
  }

  /// Writes all rows of the revision; gives its row.
  func insert(
    number: Int, stack: Int64, keys: SealingKeys?, now: Timestamp, _ db: Database
  ) throws -> Int64 {
    let canonical = try store(revision.canonical, hash: canonicalHash, stack: stack, keys: keys, db)
    let (kind, source) = Self.words(revision.kind)
    try db.execute(
      sql: """
        INSERT INTO revision (stack_id, number, created_at, author, message, kind, source_number, outcome, project_name,
          working_directory, config_files, environment_files, profiles, scale, canonical_blob, canonical_sealed,
          canonical_size, input_hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        stack, number, now.milliseconds, bounded(revision.author, 1024), bounded(revision.message, 65_536), kind, source,
        revision.projectName, revision.workingDirectory, try json(revision.configFiles),
        try json(revision.environmentFiles), try json(revision.profiles), try json(revision.scale), canonical.blob,
        canonical.sealed, canonical.size, Data(try inputHash(keys: keys)),
      ])
    let id = db.lastInsertedRowID
    try insertFiles(revision: id, stack: stack, keys: keys, db)
    try insertVariables(revision: id, keys: keys, now: now, db)
    try Self.upsertImages(revision.images, revision: id, db)
    for hash in Set(revision.adopted) {
      try db.execute(
        sql: "INSERT INTO adopted_hash (revision_id, kind, name, model, running) VALUES (?, ?, ?, ?, ?)",
        arguments: [id, hash.kind.rawValue, hash.name, hash.model, hash.running])
    }
    return id
  }

  static func upsertImages(_ images: [String: ImageRecord], revision id: Int64, _ db: Database) throws {
    for (service, image) in images {
      try db.execute(
        sql: """
          INSERT INTO revision_image (revision_id, service, reference, digest, image_id) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (revision_id, service) DO UPDATE SET
            reference = excluded.reference, digest = excluded.digest, image_id = excluded.image_id
          """, arguments: [id, service, image.reference, image.digest, image.imageID])
    }
  }

  private func insertFiles(revision id: Int64, stack: Int64, keys: SealingKeys?, _ db: Database) throws {
    for (file, hash) in zip(revision.files, fileHashes) {
      let stored = try store(file.content, hash: hash, stack: stack, keys: keys, db)
      try db.execute(
        sql: """
          INSERT INTO revision_file (revision_id, path, role, mode, size, blob_id, sealed_id, sha256)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          id, file.path, file.role.rawValue, Int(file.mode & 0o7777), stored.size, stored.blob, stored.sealed,
          stored.hashOnly,
        ])
    }
  }

  private func insertVariables(revision id: Int64, keys: SealingKeys?, now: Timestamp, _ db: Database) throws {
    for (name, variable) in revision.variables {
      var value: String?
      var mac: Data?
      switch variable {
      case .plain(let text): value = text
      case .secret(let secret):
        let keys = try require(keys)
        mac = keys.variableMac(secret)
        try SecretRows.addPending(secret, named: name, for: id, keys: keys, now: now, db)
      }
      try db.execute(
        sql: "INSERT INTO revision_variable (revision_id, name, value, mac) VALUES (?, ?, ?, ?)",
        arguments: [id, name, value, mac])
    }
  }

  /// Where bytes went.
  private struct Stored {
    var blob: Int64?
    var sealed: Int64?
    var hashOnly: Data?
    var size: Int
  }

  private func store(
    _ content: NewContent, hash: [UInt8], stack: Int64, keys: SealingKeys?, _ db: Database
  ) throws -> Stored {
    switch content {
    case .hashOnly(_, let size):
      return Stored(hashOnly: Data(hash), size: size)
    case .plain(let bytes):
      let known = try Int64.fetchOne(db, sql: "SELECT id FROM blob WHERE sha256 = ?", arguments: [Data(hash)])
      if let known { return Stored(blob: known, size: bytes.count) }
      try db.execute(sql: "INSERT INTO blob (sha256, bytes) VALUES (?, ?)", arguments: [Data(hash), Data(bytes)])
      return Stored(blob: db.lastInsertedRowID, size: bytes.count)
    case .sealed(let secret):
      let keys = try require(keys)
      let bytes = secret.reveal()
      let mac = keys.blobMac(bytes)
      let known = try Int64.fetchOne(
        db, sql: "SELECT id FROM sealed_blob WHERE stack_id = ? AND mac = ?", arguments: [stack, mac])
      if let known { return Stored(sealed: known, size: bytes.count) }
      let sealed = try keys.seal(bytes, in: .blob(mac: Array(mac)))
      try db.execute(
        sql: "INSERT INTO sealed_blob (stack_id, key_version, mac, size, sealed) VALUES (?, ?, ?, ?, ?)",
        arguments: [stack, keys.version, mac, bytes.count, sealed])
      return Stored(sealed: db.lastInsertedRowID, size: bytes.count)
    }
  }

  private func reference(
    _ content: NewContent, hash: [UInt8], keys: SealingKeys?
  ) throws(StoreError) -> ContentReference {
    switch content {
    case .plain(let bytes): .plain(sha256: hash, sizeBytes: bytes.count)
    case .hashOnly(_, let size): .hashOnly(sha256: hash, sizeBytes: size)
    case .sealed(let secret):
      .sealed(mac: Array(try require(keys).blobMac(secret.reveal())), sizeBytes: secret.reveal().count)
    }
  }

  private func require(_ keys: SealingKeys?) throws(StoreError) -> SealingKeys {
    guard let keys else { throw .invalid(what: "a secret", reason: "the stack has no key") }
    return keys
  }

  /// Of what is kept plain; a sealed content is known by its MAC instead.
  private static func hash(_ content: NewContent, of name: String) throws(StoreError) -> [UInt8] {
    switch content {
    case .hashOnly(let sha256, _):
      guard sha256.count == 32 else { throw .invalid(what: name, reason: "a SHA-256 has 32 bytes") }
      return sha256
    case .plain(let bytes):
      try checkSize(bytes.count, of: name)
      return Array(SHA256.hash(data: bytes))
    case .sealed(let secret):
      try checkSize(secret.reveal().count, of: name)
      return []
    }
  }

  private static func checkSize(_ size: Int, of name: String) throws(StoreError) {
    guard size <= contentLimit else {
      throw .invalid(what: name, reason: "\(size) bytes are more than \(contentLimit)")
    }
  }

  private static func words(_ kind: RevisionKind) -> (String, Int?) {
    switch kind {
    case .deploy: ("deploy", nil)
    case .rollback(let number): ("rollback", number)
    case .adopt: ("adopt", nil)
    case .restored(let number): ("restored", number)
    }
  }

  private func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

extension SealingKeys {
  func variableMac(_ value: Secret<String>) -> Data {
    mac(Array(value.reveal().utf8), purpose: "variable")
  }

  func blobMac(_ bytes: [UInt8]) -> Data {
    mac(bytes, purpose: "content")
  }
}

extension NewContent {
  var isSealed: Bool {
    if case .sealed = self { true } else { false }
  }
}

extension NewVariable {
  var isSecret: Bool {
    if case .secret = self { true } else { false }
  }
}

/// Cuts a text for people at `limit` bytes, at a character.
func bounded(_ text: String, _ limit: Int) -> String {
  guard text.utf8.count > limit else { return text }
  var cut = ""
  var size = 0
  for character in text {
    size += character.utf8.count
    guard size <= limit - 3 else { break }
    cut.append(character)
  }
  return cut + "…"
}
