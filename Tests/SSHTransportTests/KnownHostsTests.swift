import Testing

@testable import SSHTransport

@Suite struct KnownHostsTests {
  private static let ed25519 = "ssh-ed25519 \(SampleKey.ed25519)"
  private static let ecdsa = "ecdsa-sha2-nistp256 \(SampleKey.ecdsa)"

  private func fingerprints(_ text: String, _ host: String, _ port: UInt16 = 22) -> [String] {
    KnownHosts(text: text).keys(host: host, port: port).map(\.fingerprint)
  }

  @Test func `A host has all keys that lines give it, each once`() {
    let text = """
      # a comment
      alpha,10.0.0.2 \(Self.ed25519) admin@alpha
      alpha \(Self.ecdsa)
      alpha \(Self.ed25519)
      beta \(Self.ecdsa)
      """
    #expect(fingerprints(text, "alpha") == [SampleKey.ed25519Fingerprint, SampleKey.ecdsaFingerprint])
    #expect(fingerprints(text, "10.0.0.2") == [SampleKey.ed25519Fingerprint])
    #expect(fingerprints(text, "ALPHA").count == 2)
    #expect(fingerprints(text, "gamma").isEmpty)
  }

  @Test func `A host at another port is another host`() {
    let text = "alpha \(Self.ed25519)\n[alpha]:2222 \(Self.ecdsa)"
    #expect(fingerprints(text, "alpha") == [SampleKey.ed25519Fingerprint])
    #expect(fingerprints(text, "alpha", 2222) == [SampleKey.ecdsaFingerprint])
    #expect(fingerprints(text, "alpha", 2223).isEmpty)
  }

  @Test func `Names that ssh-keygen has hashed are found`() {
    let text = """
      |1|q4tZLSorsJWCZddxUIg5IkM9beY=|Cou/mpmkKa6upS+5JCjDnxnu5Nw= \(Self.ed25519)
      |1|nNPEwD/CyGaz4kkzDp8lMdFJuao=|0UzTZroXO6cDHDnjqffF6jtH/VQ= \(Self.ecdsa)
      """
    #expect(fingerprints(text, "alpha.example.org") == [SampleKey.ed25519Fingerprint])
    #expect(fingerprints(text, "Alpha.example.org") == [SampleKey.ed25519Fingerprint])
    #expect(fingerprints(text, "beta.example.org", 2222) == [SampleKey.ecdsaFingerprint])
    #expect(fingerprints(text, "beta.example.org").isEmpty)
  }

  @Test func `A pattern that is negated takes a host out`() {
    let text = "*.example.org,!bad.example.org \(Self.ed25519)\nhost-? \(Self.ecdsa)"
    #expect(fingerprints(text, "good.example.org") == [SampleKey.ed25519Fingerprint])
    #expect(fingerprints(text, "bad.example.org").isEmpty)
    #expect(fingerprints(text, "host-1") == [SampleKey.ecdsaFingerprint])
    #expect(fingerprints(text, "host-12").isEmpty)
  }

  @Test(arguments: [true, false])
  func `A revoked key is not a host's, wherever the line stands`(isFirst: Bool) {
    let lines = ["alpha \(Self.ed25519)", "alpha \(Self.ecdsa)"]
    let revoked = ["@revoked * \(Self.ed25519)"]
    let text = (isFirst ? revoked + lines : lines + revoked).joined(separator: "\n")
    #expect(fingerprints(text, "alpha") == [SampleKey.ecdsaFingerprint])
  }

  @Test func `Keys of authorities, and marks that are not known, are no keys of a host`() {
    #expect(fingerprints("@cert-authority *.example.org \(Self.ed25519)", "a.example.org").isEmpty)
    #expect(fingerprints("@future alpha \(Self.ed25519)", "alpha").isEmpty)
  }

  @Test(arguments: [
    "alpha", "alpha ssh-ed25519", "alpha ssh-ed25519 %%%", "alpha ssh-rsa \(SampleKey.ed25519)", "alpha 1024 35 1234567",
    "|1|| \(ed25519)", "|1|a|b|c \(ed25519)", "|1|%|% \(ed25519)",
    "|2|q4tZLSorsJWCZddxUIg5IkM9beY=|Cou/mpmkKa6upS+5JCjDnxnu5Nw= \(ed25519)",
    "#alpha \(ed25519)", "@revoked", "\u{0}", ", \(ed25519)",
  ])
  func `A line that is no entry gives no key and hides none`(line: String) {
    #expect(fingerprints(line, "alpha").isEmpty)
    #expect(fingerprints("\(line)\nalpha \(Self.ecdsa)", "alpha") == [SampleKey.ecdsaFingerprint])
  }

  @Test func `Tabs and Windows line ends are blanks`() {
    #expect(fingerprints("alpha\t\(Self.ed25519.replacing(" ", with: "\t"))\r\nbeta \(Self.ecdsa)\r\n", "alpha").count == 1)
  }
}
