import Crypto
import FoundationEssentials
import Glibc
import RevisionStore
import SwiftASN1
import X509

/// The certificate that the server makes for itself, kept in `tls/` of its data directory: ECDSA on P-256, valid 825 days.
///
/// Who connects compares its SHA-256 once, as with the host key of an SSH server. It is made anew at a start 30 days before its
/// end, and when it lacks a name under which the server is reached.
struct SelfSignedCertificate: Sendable {
  /// The most that browsers take of a certificate (CA/Browser Forum Baseline Requirements, 6.3.2, as of 2018).
  static let validDays = 825
  static let renewalDays = 30
  private static let day: Double = 86_400

  /// Of `cert.pem` and `key.pem`.
  let files: ServerOptions.TLS
  /// SHA-256 of the certificate (DER), 64 hexadecimal digits.
  let fingerprint: String
  let endsAt: Date
  /// Whether it was made now: whoever knew the one before sees another fingerprint.
  let isNew: Bool

  /// Gives the certificate of a data directory, made or renewed where that is due.
  ///
  /// - Parameter names: host names and IP addresses under which the server is reached.
  /// - Throws: `ServerRefusal` when the files cannot be read or written; what is there and cannot be used is made anew.
  static func prepare(dataDirectory: String, names: Set<String>, now: Date) throws(ServerRefusal) -> SelfSignedCertificate {
    let folder = dataDirectory + "/tls"
    let files = ServerOptions.TLS(certificate: folder + "/cert.pem", key: folder + "/key.pem")
    if let kept = kept(files), kept.certificate.notValidBefore <= now,
      kept.certificate.notValidAfter > now.addingTimeInterval(Double(renewalDays) * day),
      Set(names.map(generalName)).isSubset(of: Set(generalNames(of: kept.certificate)))
    {
      return SelfSignedCertificate(
        files: files, fingerprint: kept.fingerprint, endsAt: kept.certificate.notValidAfter, isNew: false)
    }
    do {
      let key = P256.Signing.PrivateKey()
      let certificate = try make(key, names: names, now: now)
      let pem = try certificate.serializeAsPEM()
      try prepareFolder(folder)
      // The key first: a crash between both leaves a pair that does not fit, and is made anew.
      try write(key.pemRepresentation + "\n", to: files.key, mode: 0o600)
      try write(pem.pemString + "\n", to: files.certificate, mode: 0o644)
      return SelfSignedCertificate(
        files: files, fingerprint: Self.fingerprint(pem.derBytes), endsAt: certificate.notValidAfter, isNew: true)
    } catch let error as FileTrouble {
      throw ServerRefusal(
        description:
          "the certificate in \(folder) cannot be written: \(error.reason)\n  fix: give the folder to the user that runs Slipway, or free space"
      )
    } catch {
      throw ServerRefusal(description: "no certificate could be made for \(names.sorted().joined(separator: ", ")): \(error)")
    }
  }

  // MARK: What is kept

  /// nil: there is none, others can read its key, or both do not belong together.
  private static func kept(_ files: ServerOptions.TLS) -> (certificate: Certificate, fingerprint: String)? {
    guard isPrivate(files.key), let keyText = try? String(contentsOfFile: files.key, encoding: .utf8),
      let text = try? String(contentsOfFile: files.certificate, encoding: .utf8),
      let key = try? P256.Signing.PrivateKey(pemRepresentation: keyText), let pem = try? PEMDocument(pemString: text),
      let certificate = try? Certificate(pemDocument: pem),
      certificate.publicKey == Certificate.PublicKey(key.publicKey)
    else { return nil }
    return (certificate, fingerprint(pem.derBytes))
  }

  private static func isPrivate(_ path: String) -> Bool {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      let mode = attributes[.posixPermissions] as? Int, let owner = attributes[.ownerAccountID] as? Int
    else { return false }
    return attributes[.type] as? FileAttributeType == .typeRegular && UInt32(owner) == geteuid() && mode & 0o077 == 0
  }

  private static func fingerprint(_ bytes: [UInt8]) -> String {
    hexadecimal(SHA256.hash(data: bytes))
  }

  // MARK: Making

  private static func make(_ key: P256.Signing.PrivateKey, names: Set<String>, now: Date) throws -> Certificate {
    let name = try DistinguishedName { CommonName("Slipway, self-signed") }
    let signing = Certificate.PrivateKey(key)
    // A day back for clients whose clock is behind; the end counts from there, and stays within the limit.
    let begin = now.addingTimeInterval(-day)
    return try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: signing.publicKey, notValidBefore: begin,
      notValidAfter: begin.addingTimeInterval(Double(validDays) * day), issuer: name, subject: name,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth])
        SubjectAlternativeNames(names.sorted().map(generalName))
      }, issuerPrivateKey: signing)
  }

  private static func generalNames(of certificate: Certificate) -> [GeneralName] {
    // WHY try?: one that cannot be read has no names, and is made anew.
    guard let found = try? certificate.extensions.subjectAlternativeNames else { return [] }
    return Array(found)
  }

  /// An address as its bytes (RFC 5280, 4.2.1.6), anything else as a name.
  private static func generalName(_ name: String) -> GeneralName {
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: count)
      // SAFETY: the call writes as many bytes as an address of the family has.
      if unsafe inet_pton(family, name, &bytes) == 1 { return .ipAddress(ASN1OctetString(contentBytes: bytes[...])) }
    }
    return .dnsName(name.lowercased())
  }

  // MARK: Files

  private struct FileTrouble: Error {
    var reason: String

    init() { reason = unsafe String(cString: strerror(errno)) }
  }

  private static func prepareFolder(_ folder: String) throws {
    guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw FileTrouble() }
  }

  /// Under another name first: nobody reads half a file.
  private static func write(_ text: String, to path: String, mode: mode_t) throws {
    let partial = path + ".partial"
    // What a killed start left is in the way of O_EXCL.
    _ = unsafe unlink(partial)
    let descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw FileTrouble() }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    // SAFETY: the pointer stays within `bytes`.
    let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count, fchmod(descriptor, mode) == 0, fsync(descriptor) == 0, unsafe rename(partial, path) == 0
    else { throw FileTrouble() }
  }
}
