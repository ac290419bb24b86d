import Crypto
import FoundationEssentials
package import RevisionStore

/// How a request to a webhook proves that it comes from who has the secret (S-OUT-3).
///
/// The header is `t=SECONDS,v1=HEX`: the time it was signed at, and the HMAC-SHA-256 of `SECONDS.BODY` under the secret.
package enum WebhookSignature {
  /// How old, or how far ahead, the time may be.
  package static let window: Duration = .seconds(300)
  /// Bytes of a secret.
  package static let secretSize = 32

  /// The signature of a request that is right; nil: it is not, or not of this time.
  package static func checked(
    _ header: String, body: [UInt8], secret: Secret<[UInt8]>, now: Timestamp
  ) -> [UInt8]? {
    var fields: [Substring: Substring] = [:]
    for part in header.prefix(200).split(separator: ",") {
      let words = part.split(separator: "=", maxSplits: 1)
      guard words.count == 2 else { return nil }
      fields[words[0]] = words[1]
    }
    guard let time = fields["t"], let seconds = Self.seconds(time), let text = fields["v1"], let code = bytes(text) else {
      return nil
    }
    guard abs(now.milliseconds / 1000 - seconds) <= window.components.seconds else { return nil }
    // Compared in constant time.
    guard signature(of: body, at: String(time), secret) == code else { return nil }
    return code
  }

  /// What a sender writes into the header.
  package static func header(body: [UInt8], secret: Secret<[UInt8]>, seconds: Int64) -> String {
    header(body: body, secret: secret, time: String(seconds))
  }

  static func header(body: [UInt8], secret: Secret<[UInt8]>, time: String) -> String {
    "t=\(time),v1=\(hexadecimal(signature(of: body, at: time, secret)))"
  }

  private static func signature(of body: [UInt8], at time: String, _ secret: Secret<[UInt8]>) -> HMAC<SHA256>.MAC {
    var signed = HMAC<SHA256>(key: SymmetricKey(data: secret.reveal()))
    signed.update(data: Array("\(time).".utf8))
    signed.update(data: body)
    return signed.finalize()
  }

  /// At most 11 digits and nothing else: each moment is written in one way, and nothing overflows.
  private static func seconds(_ text: Substring) -> Int64? {
    guard (1...11).contains(text.utf8.count), text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else {
      return nil
    }
    return Int64(text)
  }

  private static func bytes(_ text: Substring) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
