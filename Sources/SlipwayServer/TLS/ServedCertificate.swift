import FoundationEssentials
import NIOSSL
import SwiftASN1
import X509

/// The certificate that the server shows, with its key, as the files are at its start.
struct ServedCertificate: Sendable {
  let configuration: TLSConfiguration
  let path: String
  let beginsAt: Date
  let endsAt: Date

  /// Reads both, and tries whether they belong together.
  ///
  /// - Throws: `ServerRefusal` that names the file at fault, or both.
  init(_ files: ServerOptions.TLS) throws(ServerRefusal) {
    let chain: [NIOSSLCertificate]
    do {
      chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
    } catch {
      throw ServerRefusal(
        description:
          "the certificate \(files.certificate) cannot be read: \(error)\n  fix: give a PEM file with the certificate first and its chain behind it, readable by the user that runs Slipway"
      )
    }
    let key: NIOSSLPrivateKey
    do {
      key = try NIOSSLPrivateKey(file: files.key, format: .pem)
    } catch {
      throw ServerRefusal(
        description:
          "the key \(files.key) cannot be read: \(error)\n  fix: give a PEM file with a key that has no passphrase, readable by the user that runs Slipway"
      )
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    let times: (begin: Date, end: Date)
    do {
      _ = try NIOSSLContext(configuration: configuration)
      guard let first = chain.first else { throw NIOSSLError.failedToLoadCertificate }
      let certificate = try Certificate(derEncoded: try first.toDERBytes())
      times = (certificate.notValidBefore, certificate.notValidAfter)
    } catch {
      throw ServerRefusal(
        description:
          "the key \(files.key) does not belong to the certificate \(files.certificate): \(error)\n  fix: give the key that the certificate was made for; `openssl x509 -noout -pubkey -in \(files.certificate)` and `openssl pkey -pubout -in \(files.key)` show the same then"
      )
    }
    self.configuration = configuration
    path = files.certificate
    beginsAt = times.begin
    endsAt = times.end
  }

  /// What clients will not take, or soon will not; nil: nothing.
  func warning(now: Date) -> String? {
    let fix = "\n  fix: put a new one there, and start the server again"
    if now < beginsAt { return "the certificate \(path) is valid only from \(Self.day(beginsAt))\(fix)" }
    if now >= endsAt { return "the certificate \(path) has expired on \(Self.day(endsAt)): clients refuse it\(fix)" }
    let days = Int(endsAt.timeIntervalSince(now) / 86_400)
    guard days < UpkeepLimits.certificateWarningDays else { return nil }
    return "the certificate \(path) ends on \(Self.day(endsAt)), in \(days) days\(fix)"
  }

  private static func day(_ date: Date) -> String { date.formatted(.iso8601.year().month().day()) }
}
