import RevisionStore
import Testing

@testable import Accounts

/// Codes by time, recovery codes, tokens as texts, addresses.
@Suite struct CodesTests {
  private let seed = Array("12345678901234567890".utf8)

  @Test(
    arguments: [
      (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
      (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ] as [(Int64, String)])
  func `S-AUTH-8: the codes are those of RFC 6238, appendix B`(seconds: Int64, code: String) {
    let step = Totp.step(at: Timestamp(milliseconds: seconds * 1000))
    #expect(Totp.code(seed: seed, step: step) == String(code.suffix(6)))
  }

  @Test func `A code counts one step before and after its own, and no further`() {
    let moment = Timestamp(milliseconds: 1_700_000_010_000)
    let step = Totp.step(at: moment)
    for offset: Int64 in -3...3 {
      let found = Totp.matchingStep(Totp.code(seed: seed, step: step + offset), seed: seed, at: moment)
      #expect(found == (abs(offset) <= 1 ? step + offset : nil), "\(offset)")
    }
    for wrong in ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345"] {
      #expect(Totp.matchingStep(wrong, seed: seed, at: moment) == nil, "\(wrong)")
    }
    #expect(Totp.matchingStep(Totp.code(seed: seed, step: 0), seed: seed, at: Timestamp(milliseconds: 0)) == 0)
  }

  @Test func `A seed is given as authenticator apps read it`() {
    #expect(Base32.text(Array("foobar".utf8)) == "MZXW6YTBOI")
    #expect(Base32.text(seed) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    #expect(
      Totp.uri(seed: seed, userName: "ada@x", issuer: "My Slipway")
        == "otpauth://totp/My%20Slipway:ada%40x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=My%20Slipway"
        + "&algorithm=SHA1&digits=6&period=30")
  }

  @Test func `Recovery codes have 128 bits, and are known however they are typed`() throws {
    let codes = RecoveryCodes.make(.system)
    #expect(Set(codes).count == 10)
    for code in codes {
      let hash = try #require(RecoveryCodes.hash(code))
      #expect(RecoveryCodes.hash(code.uppercased().replacing("-", with: " ")) == hash)
    }
    for wrong in ["", "123456", "aaaa", codes[0] + "a", codes[0].replacing("-", with: "_")] {
      #expect(RecoveryCodes.hash(wrong) == nil, "\(wrong)")
    }
  }

  @Test func `S-AUTH-10: a token's text carries its id and a checksum`() throws {
    #expect(TokenText.checksum("123456789") == "cbf43926")
    for _ in 0..<50 {
      let token = TokenText.make(.system)
      #expect(TokenText(token.text)?.id == token.id && token.text.hasPrefix("slw_\(token.id)_"))
      var bytes = Array(token.text.utf8)
      let place = Int.random(in: 0..<bytes.count)
      bytes[place] = bytes[place] == 97 ? 98 : 97
      #expect(TokenText(String(decoding: bytes, as: UTF8.self)) == nil)
    }
    for wrong in ["", "slw_", "slw_a_b_c", String(repeating: "ä", count: 69), String(repeating: "a", count: 100_000)] {
      #expect(TokenText(wrong) == nil)
    }
  }

  @Test func `Secrets are base64url of 32 bytes`() {
    #expect(SecretText.base64URL([0xfb, 0xff]) == "-_8")
    #expect(SecretText.base64URL([]) == "")
    #expect(SecretText.isShaped(SecretText.make(.system)))
    #expect(!SecretText.isShaped(String(repeating: "a", count: 44)) && !SecretText.isShaped(String(repeating: "=", count: 43)))
  }

  @Test(arguments: [
    ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("2001:db8:1:2::9", "2001:db8:1:2::/64"), ("::1", "0:0:0:0::/64"), ("fe80::1%eth0", "fe80:0:0:0::/64"), ("", "local"),
    ("not an address", "local"),
  ])
  func `S-AUTH-4: failures count for an IPv4 address, or the half of an IPv6 one`(address: String, network: String) {
    #expect(AddressNetwork.name(of: address) == network)
  }
}
