package import DockerEngine
import Foundation
package import Testing

extension Trait where Self == ConditionTrait {
  /// Runs only where the engine listens with mutual TLS, and `SLIPWAY_TEST_TLS` is the folder of its certificates.
  package static var needsTLSEngine: Self {
    .enabled("set SLIPWAY_TEST_TLS, SLIPWAY_TEST_ADDRESS and SLIPWAY_TEST_ENGINE (scripts/engine up --tls DIR)") {
      EngineFixture.certificates != nil && EngineFixture.address != nil
    }
  }
}

extension EngineFixture {
  /// What `SLIPWAY_TEST_TLS` holds.
  package static var certificates: String? { ProcessInfo.processInfo.environment["SLIPWAY_TEST_TLS"] }

  /// The engine's address on TCP.
  package static func tlsAddress() throws -> TCPAddress {
    let host = ProcessInfo.processInfo.environment["SLIPWAY_TEST_ADDRESS"] ?? ""
    return try TCPAddress(parsing: "tcp://\(host)", isSecure: true)
  }

  /// What the engine's folder of certificates gives a user.
  package static func tlsMaterial() throws -> TLSMaterial {
    func pem(_ name: String) throws -> TLSMaterial.PEM {
      let path = (certificates ?? "") + "/" + name
      return TLSMaterial.PEM(try String(contentsOfFile: path, encoding: .utf8), from: path)
    }
    return TLSMaterial(
      .against(authorities: try pem("ca.pem")),
      client: TLSMaterial.Client(certificate: try pem("cert.pem"), key: try pem("key.pem")))
  }
}
