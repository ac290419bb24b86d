import Glibc
import NIOCore
import NIOSSL

/// What TLS errors mean to somebody who wants to reach an engine.
///
/// The library tells errors by BoringSSL's names for them, in its text; what is not known here is shown as it is.
extension TLSClient {
  /// Why a handshake failed.
  ///
  /// - Parameter peer: the engine's certificate, when it came that far.
  func handshakeFailure(_ error: any Error, with address: TCPAddress, peer: NIOSSLCertificate?) -> TransportFailure {
    if error is NIOSSLExtraError { return wrongName(address, peer) }
    if let error = error as? NIOSSLError, error == .unableToValidateCertificate || error == .cannotFindPeerIP {
      return wrongName(address, peer)
    }
    if error is IOError { return cutShort() }
    let text = "\(error)"
    if text.contains("CERTIFICATE_VERIFY_FAILED") { return untrusted(peer) }
    if text.contains("EOF during") { return cutShort() }
    if Self.foreign.contains(where: text.contains) {
      return .refused(
        reason: "what answers there does not speak TLS",
        hint: "check the port (\(TCPAddress.securePort) as a rule), and that the engine was started with --tlsverify")
    }
    if text.contains("UNSUPPORTED_PROTOCOL") || text.contains("PROTOCOL_VERSION") {
      return .refused(reason: "it speaks only versions of TLS before 1.2", hint: "upgrade the engine")
    }
    return refusal(text)
      ?? .refused(
        reason: "the TLS handshake failed: \(printable(text, limit: 300))", hint: "check the certificates of both sides")
  }

  /// The connection ended in the handshake without a reason.
  func cutShort() -> TransportFailure {
    .refused(
      reason: "the connection ended during the TLS handshake",
      hint: "check that an engine with --tlsverify listens there, and that it accepts the client certificate")
  }

  /// Why a connection ended after the handshake.
  ///
  /// - Parameter isFirst: whether nothing had come from the engine before.
  func failure(_ error: any Error, isFirst: Bool) -> TransportFailure {
    if isFirst, let refusal = refusal("\(error)") { return refusal }
    if let error = error as? NIOSSLError, error == .uncleanShutdown {
      return .closed(reason: "the connection was cut" + doubt(isFirst))
    }
    if error is IOError || error is ChannelError { return .closed(reason: connectionText(error) + doubt(isFirst)) }
    if "\(error)".contains("ALERT") { return .closed(reason: "the engine ended TLS: \(printable("\(error)", limit: 300))") }
    return .malformed(reason: "not TLS as it should be: \(printable("\(error)", limit: 300))")
  }

  /// Of records that are none.
  private static let foreign = ["WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "UNEXPECTED_MESSAGE"]

  /// An engine that closes at once may have lost its alert on the way.
  private func doubt(_ isFirst: Bool) -> String {
    isFirst && material.client == nil ? " (it may demand a client certificate, and none was given)" : ""
  }

  /// The engine's alerts about our certificate (RFC 8446 6.2). In TLS 1.3 they come after our side of the handshake is done.
  private func refusal(_ text: String) -> TransportFailure? {
    guard let start = text.firstRange(of: "ALERT_") else { return nil }
    let alert = text[start.upperBound...].prefix { $0.isUppercase || $0 == "_" }.lowercased().replacing("_", with: " ")
    let isAboutUs = ["certificate", "unknown ca", "handshake failure", "access denied", "decrypt error"].contains {
      alert.contains($0)
    }
    guard isAboutUs else { return nil }
    guard let client = material.client else {
      return .refused(
        reason: "it demands a client certificate, and none was given (\(alert))",
        hint: "give one with --tlscert and --tlskey, or as cert.pem and key.pem in DOCKER_CERT_PATH")
    }
    return .refused(
      reason: "it does not accept the client certificate \(client.certificate.origin) (\(alert))",
      hint: "use one for clients (extendedKeyUsage clientAuth) that the authority in the engine's --tlscacert has signed")
  }

  /// The chain could not be verified; the library does not say why, so that the usual reasons are looked for.
  private func untrusted(_ peer: NIOSSLCertificate?) -> TransportFailure {
    let now = time(nil)
    if let peer, peer.notValidAfter < now {
      return .refused(reason: "its certificate expired on \(day(peer.notValidAfter))", hint: "give the engine a new certificate")
    }
    if let peer, peer.notValidBefore > now {
      return .refused(
        reason: "its certificate is valid from \(day(peer.notValidBefore)) on", hint: "check the clocks of both machines")
    }
    guard case .against(let pem) = material.verification else {
      return .refused(
        reason: "its certificate is not signed by an authority that this machine trusts",
        hint: "give the authority's certificate with --tlscacert, or as ca.pem in DOCKER_CERT_PATH")
    }
    if let old = authorities.first(where: { $0.notValidAfter < now }) {
      return .refused(
        reason: "the authority's certificate in \(pem.origin) expired on \(day(old.notValidAfter))",
        hint: "make the authority's certificate anew, for both sides")
    }
    return .refused(
      reason: "its certificate is not signed by the authority in \(pem.origin)",
      hint:
        "use the certificate of the authority that signed the engine's; if it was the right one yesterday, somebody may be in between"
    )
  }

  private func wrongName(_ address: TCPAddress, _ peer: NIOSSLCertificate?) -> TransportFailure {
    let names = peer.map(Self.names) ?? ""
    return .refused(
      reason: "its certificate is not for \(address.host)" + (names.isEmpty ? "" : ", but for \(names)"),
      hint: names.isEmpty
        ? "make one with subjectAltName = \(address.isNumeric ? "IP" : "DNS"):\(address.host)"
        : "name the engine so, or make a certificate with subjectAltName = \(address.isNumeric ? "IP" : "DNS"):\(address.host)")
  }

  /// The names in a certificate, as its description has them; empty when there are none.
  private static func names(_ certificate: NIOSSLCertificate) -> String {
    let field = certificate.description.split(separator: ";").first { $0.hasPrefix("alternative_names=") }
    return field.map { printable($0.drop { $0 != "=" }.dropFirst().filter { $0 != ">" }.replacing(",", with: ", "), limit: 300) }
      ?? ""
  }
}
