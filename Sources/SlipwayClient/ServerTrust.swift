import ComposeFile

/// By what a server's certificate is known.
package enum ServerTrust: Hashable, Sendable {
  /// By the authorities that this machine trusts.
  case system
  /// By an authority of one's own: its certificates, PEM.
  case authority(pem: String)
  /// By itself alone: the SHA-256 of its certificate (DER), 64 hexadecimal digits.
  case pinned(sha256: String)

  /// Reads `SHA256:…` with or without the word, and with or without colons between the digits; nil: it is no SHA-256.
  package static func pin(_ text: String) -> ServerTrust? {
    var digits = text[...]
    if digits.uppercased().hasPrefix("SHA256:") { digits = digits.dropFirst("SHA256:".count) }
    let plain = digits.filter { $0 != ":" }.lowercased()
    guard plain.count == 64, plain.allSatisfy(\.isHexDigit) else { return nil }
    return .pinned(sha256: plain)
  }

  /// What `pin` reads, of a certificate.
  static func fingerprint(_ certificate: [UInt8]) -> String { ContentHash.hexadecimal(certificate) }
}
