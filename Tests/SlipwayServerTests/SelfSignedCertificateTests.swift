import Crypto
import Foundation
import SwiftASN1
import Testing
import X509

@testable import SlipwayServer

/// A data directory of its own, gone with the fixture.
private final class Folder {
  let path = NSTemporaryDirectory() + "/slipway-tls-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func certificate() throws -> Certificate {
    try Certificate(pemEncoded: try String(contentsOfFile: path + "/tls/cert.pem", encoding: .utf8))
  }

  func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
    return try #require(attributes[.posixPermissions] as? Int)
  }
}

@Suite struct SelfSignedCertificateTests {
  private static let now = Date(timeIntervalSince1970: 1_800_000_000)
  private static let day: Double = 86_400
  private static let names: Set<String> = ["localhost", "127.0.0.1", "::1", "slipway.example"]

  private func prepare(_ folder: Folder, days: Double = 0, names: Set<String> = names) throws -> SelfSignedCertificate {
    try SelfSignedCertificate.prepare(
      dataDirectory: folder.path, names: names, now: Self.now.addingTimeInterval(days * Self.day))
  }

  @Test func `It is made once, for 825 days, and its key is the owner's alone`() throws {
    let folder = try Folder()
    let made = try prepare(folder)
    let certificate = try folder.certificate()
    #expect(made.isNew)
    #expect(certificate.notValidAfter.timeIntervalSince(certificate.notValidBefore) == 825 * Self.day)
    #expect(try folder.mode("tls/key.pem") == 0o600)
    #expect(try folder.mode("tls") == 0o700)
    let again = try prepare(folder, days: 300)
    #expect(!again.isNew)
    #expect(again.fingerprint == made.fingerprint)
  }

  @Test func `It names every host and address, and is no authority`() throws {
    let folder = try Folder()
    _ = try prepare(folder)
    let extensions = try folder.certificate().extensions
    let names = try #require(try extensions.subjectAlternativeNames)
    #expect(
      Set(names) == [
        .dnsName("localhost"), .dnsName("slipway.example"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
        .ipAddress(ASN1OctetString(contentBytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
      ])
    #expect(try extensions.basicConstraints == .notCertificateAuthority)
    #expect(try extensions.extendedKeyUsage?.contains(.serverAuth) == true)
  }

  @Test func `It is renewed 30 days before its end, and not before`() throws {
    let folder = try Folder()
    let made = try prepare(folder)
    // Valid from a day before it was made: 824 days are left, and 794 until the renewal.
    #expect(try !prepare(folder, days: 793.9).isNew)
    let renewed = try prepare(folder, days: 794.1)
    #expect(renewed.isNew)
    #expect(renewed.fingerprint != made.fingerprint)
  }

  @Test func `A new name takes a new certificate, a name less does not`() throws {
    let folder = try Folder()
    _ = try prepare(folder)
    #expect(try prepare(folder, names: Self.names.union(["other.example"])).isNew)
    #expect(try !prepare(folder, names: ["localhost"]).isNew)
  }

  @Test(arguments: ["tls/cert.pem", "tls/key.pem"])
  func `A file that is damaged, or does not belong to the other, is not used`(name: String) throws {
    let folder = try Folder()
    let other = try Folder()
    _ = try prepare(folder)
    _ = try prepare(other)
    try "-----BEGIN".write(toFile: folder.path + "/" + name, atomically: false, encoding: .utf8)
    #expect(try prepare(folder).isNew)
    let foreign = try Data(contentsOf: URL(fileURLWithPath: other.path + "/" + name))
    try foreign.write(to: URL(fileURLWithPath: folder.path + "/" + name))
    #expect(try prepare(folder).isNew)
  }

  @Test func `A key that others can read is not used`() throws {
    let folder = try Folder()
    _ = try prepare(folder)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.path + "/tls/key.pem")
    #expect(try prepare(folder).isNew)
    #expect(try folder.mode("tls/key.pem") == 0o600)
  }

  @Test func `The fingerprint is that of the certificate's DER`() throws {
    let folder = try Folder()
    let made = try prepare(folder)
    let pem = try PEMDocument(pemString: try String(contentsOfFile: folder.path + "/tls/cert.pem", encoding: .utf8))
    #expect(made.fingerprint == SHA256.hash(data: pem.derBytes).map { String(format: "%02x", $0) }.joined())
  }
}

@Suite struct ServedCertificateTests {
  private static let now = Date(timeIntervalSince1970: 1_800_000_000)

  private func files(_ folder: Folder) throws -> ServerOptions.TLS {
    try SelfSignedCertificate.prepare(dataDirectory: folder.path, names: ["localhost"], now: Self.now).files
  }

  @Test func `One that ends soon, has ended, or does not count yet is told`() throws {
    let folder = try Folder()
    defer { withExtendedLifetime(folder) {} }
    let served = try ServedCertificate(try files(folder))
    #expect(served.warning(now: Self.now) == nil)
    #expect(served.warning(now: served.endsAt.addingTimeInterval(-31 * 86_400)) == nil)
    #expect(served.warning(now: served.endsAt.addingTimeInterval(-29.5 * 86_400))?.contains("in 29 days") == true)
    #expect(served.warning(now: served.endsAt)?.contains("has expired on 2029-") == true)
    #expect(served.warning(now: served.beginsAt.addingTimeInterval(-60))?.contains("valid only from") == true)
    #expect(served.warning(now: served.endsAt)?.contains("fix:") == true)
  }

  private func refusal(_ files: ServerOptions.TLS) -> String {
    do {
      _ = try ServedCertificate(files)
      return ""
    } catch {
      return error.description
    }
  }

  @Test func `A key that does not fit is told with both files and what to do`() throws {
    let (folder, other) = (try Folder(), try Folder())
    defer { withExtendedLifetime((folder, other)) {} }
    var mixed = try files(folder)
    mixed.key = try files(other).key
    let text = refusal(mixed)
    #expect(text.contains(mixed.certificate) && text.contains(mixed.key) && text.contains("fix:"))
    #expect(text.contains("does not belong"))
  }

  @Test func `A file that cannot be read is named by itself`() throws {
    let folder = try Folder()
    defer { withExtendedLifetime(folder) {} }
    let good = try files(folder)
    let noKey = refusal(ServerOptions.TLS(certificate: good.certificate, key: "/nonexistent/key.pem"))
    #expect(noKey.contains("/nonexistent/key.pem") && !noKey.contains(good.certificate) && noKey.contains("fix:"))
    let noCertificate = refusal(ServerOptions.TLS(certificate: good.key, key: good.key))
    #expect(noCertificate.contains("the certificate \(good.key)") && noCertificate.contains("fix:"))
  }
}
