import Crypto
import FoundationEssentials

/// One data key, unwrapped.
struct DataKey {
  let version: Int64
  /// What the values sealed with it are bound to: the name of the master key it was made under, which a rotation leaves as it is.
  let name: Data
  let root: SymmetricKey
}

/// The keys of one owner: the newest seals, all of them open, and the oldest makes the HMACs.
///
/// Revisions are compared by these HMACs and are never changed: so the key for them stays the same through all rotations.
struct SealingKeys {
  let owner: KeyOwner
  /// By version, never empty.
  private let keys: [DataKey]
  private let authentication: SymmetricKey

  /// - Parameter keys: by version, at least one.
  init(owner: KeyOwner, keys: [DataKey]) {
    precondition(!keys.isEmpty, "an owner without keys has no SealingKeys")
    self.owner = owner
    self.keys = keys
    authentication = derived(keys[0].root, purpose: "slipway mac 1")
  }

  /// Of the key that seals.
  var version: Int64 { newest.version }
  private var newest: DataKey { keys[keys.count - 1] }

  /// Equal for equal bytes of this owner; says nothing to who lacks the key.
  func mac(_ bytes: [UInt8], purpose: String) -> Data {
    var code = HMAC<SHA256>(key: authentication)
    code.update(data: Data(purpose.utf8))
    code.update(data: [0])
    code.update(data: bytes)
    return Data(code.finalize())
  }

  func seal(_ bytes: [UInt8], in place: SealPlace) throws -> Data {
    try Seal.close(Data(bytes), key: Self.sealing(newest), associated: place.associated(with: newest, of: owner))
  }

  /// - Parameter version: of the key that it was sealed with, as its row says.
  func open(_ sealed: Data, in place: SealPlace, version: Int64) throws(StoreError) -> [UInt8] {
    guard let key = keys.first(where: { $0.version == version }),
      let bytes = try? Seal.open(sealed, key: Self.sealing(key), associated: place.associated(with: key, of: owner))
    else { throw .secretDamaged(row: place.description) }
    return Array(bytes)
  }

  private static func sealing(_ key: DataKey) -> SymmetricKey { derived(key.root, purpose: "slipway seal 1") }
}

/// Where a sealed value lives; it opens nowhere else.
struct SealPlace: CustomStringConvertible {
  var table: String
  /// What identifies the row, by meaning and not by number.
  var row: String
  var column: String
  /// Grows with each value in that place.
  var version: Int64

  var description: String { "\(table) \(row) (version \(version))" }

  func associated(with key: DataKey, of owner: KeyOwner) -> Data {
    let parts = [table, "\(owner.id)", row, column, "\(key.version)", "\(version)"].map { Array($0.utf8) }
    var bytes = Data()
    for part in parts + [Array(key.name)] {
      bytes.append(contentsOf: bigEndian(part.count))
      bytes.append(contentsOf: part)
    }
    return bytes
  }
}

/// AES-256-GCM with a random nonce of 96 bits before the text and the tag after it.
enum Seal {
  static func close(_ text: Data, key: SymmetricKey, associated: Data) throws -> Data {
    let box = try AES.GCM.seal(text, using: key, authenticating: associated)
    return Data(box.nonce) + box.ciphertext + box.tag
  }

  static func open(_ sealed: Data, key: SymmetricKey, associated: Data) throws -> Data {
    try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: associated)
  }
}

func derived(_ key: SymmetricKey, purpose: String) -> SymmetricKey {
  HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Data(purpose.utf8), outputByteCount: 32)
}
