import Foundation
import Testing

@testable import SSHTransport

/// Public keys that were made for these tests, and what `ssh-keygen -l` says of them.
enum SampleKey {
  static let ed25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIJNHwZhpANgf0073In+tu70Az0npp9OmW7NcpJij5Lzd"
  static let ed25519Fingerprint = "SHA256:xk3ilQRCnIZMJUZUfy4GYPEPSxmbT4AOM2jBgVXKcRo"
  static let ecdsa =
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBK2yfm7ZC4SS0K+O7uZOnbFO0jZFohQhPsaJWVBd1mkTKfX58kVORBq94e9ASFj1YHTOw0zpv2DoX9xi5myfOXk="
  static let ecdsaFingerprint = "SHA256:YkiRZs4R7F3YDGsLvkZOUQuYLbmDsCqnTNTMyoh6t8I"
  static let rsa2048 =
    "AAAAB3NzaC1yc2EAAAADAQABAAABAQDEnfkyq4sSifC4krRwPNHt9mhyy+fXZlyoRAFoNNLAPQ5l2jZH+PqTRNp9NUBmokzGvEJV8xpEM0OSMvew5STTn0m4EygOjW6i4wMEAjuFYKvqb9JYHA+agYJchCflyDW/WucBBNV0aJA931d+1Wee/ACjM7Dm7cxZn4jbIgL5R/o89Zsi/BzkWAr/h2VvcVFyPnLmd/n5tPViA2ncWDa8XeWrxw01wqXcNiTIvwb0UsM3ZYKaOyEO4UaFzNOQs/JmuxYbp0Tzn5xfewbhTg+zU6jjbmKrY8oEvMDcBDUsmqGRfl5FzqJDh4Xlao9AzPicFeQ5l2HhWx3/iKKKx+a1"
  static let rsaFingerprint = "SHA256:676Pqhow4XLSAyTKOg4faLWChLzR2dqGKZw8EppkU3g"
}

@Suite struct HostKeyTests {
  @Test(arguments: [
    (SampleKey.ed25519, "ssh-ed25519", SampleKey.ed25519Fingerprint),
    (SampleKey.ecdsa, "ecdsa-sha2-nistp256", SampleKey.ecdsaFingerprint),
    (SampleKey.rsa2048, "ssh-rsa", SampleKey.rsaFingerprint),
  ])
  func `A key has the type and the fingerprint that OpenSSH shows`(text: String, type: String, fingerprint: String) throws {
    let key = try #require(HostKey(base64: text))
    #expect(key.type == type)
    #expect(key.fingerprint == fingerprint)
    #expect(key.line == "\(type) \(text)")
    #expect(HostKey.isFingerprint(fingerprint))
  }

  @Test func `The bits of an RSA key are counted, and other keys have none`() throws {
    #expect(try #require(HostKey(base64: SampleKey.rsa2048)).rsaBits == 2048)
    #expect(try #require(HostKey(base64: SampleKey.ed25519)).rsaBits == nil)
  }

  @Test(arguments: [0, 1, 4, 11, 15, 100, 200])
  func `A key that was cut off is no key, or has no bits, and ends nothing`(length: Int) throws {
    let whole = try #require(Data(base64Encoded: SampleKey.rsa2048))
    let key = HostKey(blob: Array(whole.prefix(length)))
    if length <= 11 { #expect(key == nil) }
    #expect((key?.rsaBits ?? 0) < 2048)
  }

  @Test(arguments: [
    [0xff, 0xff, 0xff, 0xff, 1], [0, 0, 0, 0, 1], [0, 0, 0, 2, 65], [0, 0, 0, 65] + [UInt8](repeating: 65, count: 100),
  ])
  func `Lengths that lie make no key`(blob: [UInt8]) {
    #expect(HostKey(blob: blob) == nil)
  }

  @Test(arguments: [
    "", "SHA256:", "xk3ilQRCnIZMJUZUfy4GYPEPSxmbT4AOM2jBgVXKcRo", "SHA256:xk3ilQRCnIZMJUZUfy4GYPEPSxmbT4AOM2jBgVXKcR",
    "SHA256:xk3ilQRCnIZMJUZUfy4GYPEPSxmbT4AOM2jBgVXKcRo=", "MD5:00:11:22", "SHA256:xk3ilQRCnIZMJUZUfy4GYPEPSxmbT4AOM2jBgVXKcR\n",
  ])
  func `What is not a fingerprint is seen`(text: String) {
    #expect(!HostKey.isFingerprint(text))
  }

  @Test func `A key that is asked for by its type is asked for with the newer hashes of RSA`() throws {
    #expect(try #require(HostKey(base64: SampleKey.rsa2048)).algorithms == "rsa-sha2-512,rsa-sha2-256")
    #expect(try #require(HostKey(base64: SampleKey.ecdsa)).algorithms == "ecdsa-sha2-nistp256")
  }
}

@Suite struct PrivateKeyTests {
  /// The begin of a key in OpenSSH's own format (PROTOCOL.key): a name, then the cipher's name with its length before it.
  private static func openSSH(cipher: String, bytes: Int = 200) -> String {
    var data = Data("openssh-key-v1\0".utf8)
    data.append(contentsOf: [0, 0, 0, UInt8(cipher.utf8.count)])
    data.append(contentsOf: cipher.utf8)
    data.append(contentsOf: [UInt8](repeating: 7, count: bytes))
    let body = data.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    return "-----BEGIN OPENSSH PRIVATE KEY-----\n\(body)\n-----END OPENSSH PRIVATE KEY-----\n"
  }

  @Test func `A key with a cipher is locked, and one without is not`() {
    #expect(!PrivateKey.isLocked(Self.openSSH(cipher: "none")))
    #expect(PrivateKey.isLocked(Self.openSSH(cipher: "aes256-ctr")))
    #expect(PrivateKey.isLocked("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"))
    #expect(PrivateKey.isLocked("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n"))
  }

  @Test(arguments: ["", "-----BEGIN OPENSSH PRIVATE KEY-----\n", "ssh-ed25519 AAAA", "\u{0}\u{1}", "b3BlbnNzaC1rZXktdjEA"])
  func `A text that is no key is not locked, and cannot be used`(text: String) {
    #expect(!PrivateKey.isLocked(text))
    #expect(throws: SSHError.self) { try SSHCredential.key(text: SSHSecret(text), passphrase: nil).publicKey() }
  }

  @Test func `A key with Windows line ends is read as any other`() throws {
    #expect(PrivateKey.isLocked(Self.openSSH(cipher: "aes256-ctr").replacing("\n", with: "\r\n")))
    #expect(!PrivateKey.isLocked(Self.openSSH(cipher: "none").replacing("\n", with: "\r\n")))
  }

  @Test func `A new key has a public half of its own`() throws {
    let first = try #require(try SSHCredential.newKey().publicKey())
    let second = try #require(try SSHCredential.newKey().publicKey())
    #expect(first.type == "ssh-ed25519")
    #expect(first != second)
  }

  @Test func `A secret shows as dots wherever it is printed`() {
    let secret = SSHSecret("hunter2")
    var dumped = ""
    dump(SSHCredential.password(secret), to: &dumped)
    #expect(
      !("\(secret) \(String(reflecting: secret)) \(SSHCredential.key(text: secret, passphrase: secret))" + dumped).contains(
        "hunter"))
  }
}
