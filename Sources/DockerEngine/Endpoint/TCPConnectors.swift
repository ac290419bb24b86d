/// Connects to an engine over TCP with TLS 1.2 or newer.
///
/// Certificates and key are read when it is made, and used for every connection.
package struct TLSEngineConnector: EngineConnector {
  package let address: TCPAddress
  private let client: TLSClient

  /// - Throws: `badTLS` when certificates or key cannot be used.
  package init(_ address: TCPAddress, _ material: TLSMaterial) throws(EngineError) {
    self.address = address
    client = try TLSClient(material, for: address)
  }

  package var name: String { address.description }
  package var isRemote: Bool { true }

  package func connect() async throws(EngineError) -> EngineChannel { .network(address, client) }
}

/// Connects to an engine over TCP that everybody on the way can read and change: for loopback addresses, tunnels and networks that
/// are trusted as much as root.
package struct PlainTCPConnector: EngineConnector {
  package let address: TCPAddress

  package init(_ address: TCPAddress) { self.address = address }

  package var name: String { address.description }
  package var isRemote: Bool { true }

  package func connect() async throws(EngineError) -> EngineChannel { .network(address, nil) }
}
