/// What a TLS connection to an engine needs: whom to trust, and who we are.
///
/// Printing it shows where its parts come from, never what they hold.
package struct TLSMaterial: Sendable {
  /// Text in the PEM format (RFC 7468), and where it comes from, as errors name it.
  package struct PEM: Hashable, Sendable, CustomStringConvertible {
    package var text: String
    /// Such as a file's path.
    package var origin: String

    package init(_ text: String, from origin: String) {
      self.text = text
      self.origin = origin
    }

    package var description: String { "••• (\(origin))" }
  }

  /// Who we are to the engine.
  package struct Client: Hashable, Sendable {
    /// Our certificate, and behind it those that lead to the authority.
    package var certificate: PEM
    package var key: PEM

    package init(certificate: PEM, key: PEM) {
      self.certificate = certificate
      self.key = key
    }
  }

  /// How the engine's certificate is looked at.
  package enum Verification: Hashable, Sendable {
    /// It must be signed by one of these, be valid now, and be for the engine's name or address.
    case against(authorities: PEM)
    /// As above, by the authorities that this machine trusts.
    case againstSystem
    /// Not at all: whoever sits on the way can read and change everything.
    case none
  }

  package var verification: Verification
  /// Nil: the engine is not told who we are.
  package var client: Client?

  package init(_ verification: Verification, client: Client?) {
    self.verification = verification
    self.client = client
  }
}
