import Crypto
import FoundationEssentials

/// The public key by which a host shows who it is.
package struct HostKey: Hashable, Sendable {
  /// As in the protocol: `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`, … (RFC 4253 section 6.6, RFC 5656, RFC 8709).
  package let type: String
  /// The key as the protocol sends it.
  package let blob: [UInt8]

  /// Nil when the bytes are not a public key: they begin with the length and the text of their type.
  package init?(blob: [UInt8]) {
    guard blob.count > 4 else { return nil }
    let length = blob[..<4].reduce(0) { $0 << 8 | Int($1) }
    guard length > 0, length <= 64, blob.count > 4 + length else { return nil }
    type = String(decoding: blob[4..<(4 + length)], as: UTF8.self)
    self.blob = blob
  }

  /// `SHA256:` and 43 characters of base64, as OpenSSH shows it.
  package var fingerprint: String {
    let digest = Data(SHA256.hash(data: blob)).base64EncodedString()
    return "SHA256:" + digest.prefix { $0 != "=" }
  }

  /// Whether a text has the form of a fingerprint.
  package static func isFingerprint(_ text: String) -> Bool {
    guard text.hasPrefix("SHA256:") else { return false }
    let digest = text.dropFirst("SHA256:".count)
    let other = Array("+/".utf8)
    return digest.utf8.count == 43 && digest.utf8.allSatisfy { $0.isLetterOrDigit || other.contains($0) }
  }

  /// The algorithms to ask a server for, so that it shows a key of this type. An RSA key signs with newer hashes than the one
  /// its type is named after (RFC 8332).
  var algorithms: String { type == "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : type }

  /// What a server is asked for on first contact, one after the other.
  static let families = [
    "ssh-ed25519", "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521", "rsa-sha2-512,rsa-sha2-256",
  ]
}

extension HostKey: CustomStringConvertible {
  package var description: String { "\(type) \(fingerprint)" }
}

/// Which key a host must show before anything is sent to it.
package enum HostKeyRule: Hashable, Sendable {
  /// One of these, which is one of each type at most; without any, every host is unknown.
  case pinned([HostKey])
  /// Any key of this fingerprint; each type the server has is looked at.
  case fingerprint(String)
}

extension HostKey {
  init?(base64 text: String) {
    guard let bytes = bytes(base64: text) else { return nil }
    self.init(blob: bytes)
  }

  /// The line for `authorized_keys`, without a comment.
  package var line: String { "\(type) \(Data(blob).base64EncodedString())" }

  /// RSA keys with fewer bits are not taken (S-SSH-3).
  package static let leastRSABits = 3072

  /// Bits of an RSA key's modulus; nil for other keys (RFC 4253 section 6.6: exponent, then modulus).
  package var rsaBits: Int? {
    guard type == "ssh-rsa" else { return nil }
    var rest = blob[...]
    func field() -> ArraySlice<UInt8>? {
      guard rest.count >= 4 else { return nil }
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(4)
      guard rest.count >= length else { return nil }
      defer { rest = rest.dropFirst(length) }
      return rest.prefix(length)
    }
    guard field() != nil, field() != nil, let modulus = field()?.drop(while: { $0 == 0 }), let first = modulus.first else {
      return nil
    }
    return modulus.count * 8 - first.leadingZeroBitCount
  }
}

func bytes(base64 text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }
