import Crypto
import FoundationEssentials

/// The key of `master.key`, and the name by which the database knows it.
struct MasterKey {
  let key: SymmetricKey
  /// 16 bytes derived from the key: says which key it is and nothing else about it.
  let keyID: Data

  private static let canaryText = Data("slipway master key".utf8)

  init(key: SymmetricKey) {
    self.key = key
    keyID = Data(HMAC<SHA256>.authenticationCode(for: Data("slipway key id".utf8), using: key)).prefix(16)
  }

  func sealedCanary() throws -> Data {
    try Seal.close(Self.canaryText, key: canaryKey, associated: Data("master_key canary".utf8))
  }

  func opensCanary(_ sealed: Data) -> Bool {
    (try? Seal.open(sealed, key: canaryKey, associated: Data("master_key canary".utf8))) == Self.canaryText
  }

  /// The data key in a row of `owner`.
  ///
  /// - Throws: `secretDamaged`, also for a row that another master key has wrapped.
  func unwrapped(_ wrapped: Data, of owner: KeyOwner) throws(StoreError) -> SymmetricKey {
    guard let key = try? AES.KeyWrap.unwrap(wrapped, using: self.key) else {
      throw .secretDamaged(row: "\(owner.table) \(owner.id)")
    }
    return key
  }

  /// Not the key itself: that one only wraps.
  private var canaryKey: SymmetricKey { derived(key, purpose: "slipway canary 1") }
}
