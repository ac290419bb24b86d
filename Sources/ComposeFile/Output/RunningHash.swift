import Crypto

/// SHA-256 of bytes that come in pieces.
package struct RunningHash: Sendable {
  private var hash = SHA256()

  package init() {}

  package mutating func take(_ bytes: [UInt8]) { hash.update(data: bytes) }

  /// 32 bytes, of all that was taken so far.
  package var digest: [UInt8] { Array(hash.finalize()) }
}
