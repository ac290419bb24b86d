import Glibc
import NIOCore
import NIOSSL

/// Our side of TLS with one engine: made once, used by each of its connections.
package struct TLSClient: Sendable {
  /// How long the end of a connection waits for the engine's word that it has ended too.
  private static let goodbye = TimeAmount.milliseconds(500)

  let context: NIOSSLContext
  let material: TLSMaterial
  let authorities: [NIOSSLCertificate]

  /// - Throws: `badTLS`, with the file that is wrong.
  init(_ material: TLSMaterial, for address: TCPAddress) throws(EngineError) {
    self.material = material
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.shutdownTimeout = Self.goodbye
    let name = address.description
    switch material.verification {
    case .against(let pem):
      authorities = try Self.certificates(pem, name)
      configuration.trustRoots = .certificates(authorities)
    case .againstSystem: authorities = []
    case .none:
      authorities = []
      configuration.certificateVerification = .none
    }
    if let client = material.client {
      let chain = try Self.certificates(client.certificate, name)
      if let own = chain.first, own.notValidAfter < time(nil) {
        throw .badTLS(
          endpoint: name, reason: "the client certificate \(client.certificate.origin) expired on \(day(own.notValidAfter))",
          hint: "have a new one signed by the engine's authority")
      }
      configuration.certificateChain = chain.map { .certificate($0) }
      configuration.privateKey = .privateKey(try Self.key(client.key, name))
    }
    do {
      context = try NIOSSLContext(configuration: configuration)
    } catch {
      guard let client = material.client, case NIOSSLError.failedToLoadPrivateKey = error else {
        throw .badTLS(endpoint: name, reason: printable("\(error)", limit: 300), hint: "check the certificates and the key")
      }
      throw .badTLS(
        endpoint: name, reason: "the key \(client.key.origin) does not belong to the certificate \(client.certificate.origin)",
        hint: "use the key that the certificate was requested with, or make both anew")
    }
  }

  private static func certificates(_ pem: TLSMaterial.PEM, _ name: String) throws(EngineError) -> [NIOSSLCertificate] {
    let found = (try? NIOSSLCertificate.fromPEMBytes(Array(pem.text.utf8))) ?? []
    guard found.isEmpty else { return found }
    throw .badTLS(
      endpoint: name, reason: "\(pem.origin) holds no certificate that can be read",
      hint: "make it a PEM file: it has a line -----BEGIN CERTIFICATE-----")
  }

  private static func key(_ pem: TLSMaterial.PEM, _ name: String) throws(EngineError) -> NIOSSLPrivateKey {
    guard !pem.text.contains("ENCRYPTED") else {
      throw .badTLS(
        endpoint: name, reason: "the key \(pem.origin) is encrypted",
        hint: "decrypt it into a file that only you can read: openssl pkey -in \(pem.origin) -out FILE")
    }
    guard !pem.text.isEmpty, let key = try? NIOSSLPrivateKey(bytes: Array(pem.text.utf8), format: .pem) else {
      throw .badTLS(
        endpoint: name, reason: "\(pem.origin) holds no private key that can be read",
        hint: "make it a PEM file: it has a line -----BEGIN PRIVATE KEY-----")
    }
    return key
  }
}

/// The day of a moment, in UTC, as `2026-01-31`.
func day(_ moment: time_t) -> String {
  var moment = moment
  var parts = unsafe tm()
  guard unsafe gmtime_r(&moment, &parts) != nil else { return "\(moment)" }
  let (year, month, day) = unsafe (parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday)
  return "\(year)-" + (month < 10 ? "0" : "") + "\(month)-" + (day < 10 ? "0" : "") + "\(day)"
}
