package import DockerEngine
package import RevisionStore

/// Servers whose engines listen on TCP with certificates on both sides.
extension ServerDirectory {
  /// Adds a server, or nothing.
  ///
  /// - Parameters:
  ///   - replaces: a server of that name may be there.
  ///   - isTested: the engine must answer.
  /// - Returns: what the test found; nil without one.
  /// - Throws: `serverExists`, `serverIsJump`; `OperationRefused` for what the test found; `EngineError` for certificates that cannot be
  ///   used.
  package func add(
    _ name: ServerName, at address: TCPAddress, _ material: TLSMaterial, replaces: Bool = false, isTested: Bool
  ) async throws -> ServerTest? {
    if !replaces, try await servers().contains(where: { $0.name == name.text }) { throw StoreError.serverExists(name: name.text) }
    guard case .against(let authority) = material.verification, let client = material.client,
      let port = UInt16(exactly: address.port)
    else {
      throw OperationRefused(
        description:
          "certificates for both sides are needed: that of the authority, and ours with its key\n  fix: give --tlscacert, --tlscert and --tlskey, or put ca.pem, cert.pem and key.pem into a folder and name it with DOCKER_CERT_PATH"
      )
    }
    let connector = try TLSEngineConnector(address, material)
    let test = isTested ? await ServerTest.run(connector, name: "\(name) (\(address))") : nil
    if let failure = test?.failure { throw OperationRefused(failure) }
    let server = NewTLSServer(
      name: name, host: address.host, port: port, authority: authority.text, certificate: client.certificate.text,
      key: Secret(client.key.text))
    try await change(.addTLS(server, replaces: replaces))
    return test
  }

  /// - Throws: what is wrong with its secrets.
  func connector(to server: Server, in store: RevisionStore) async throws -> TLSEngineConnector {
    guard case .tls(let tls) = server.way else { throw StoreError.notFound(what: "certificates for the server \(server.name)") }
    let origin = "stored for \(server.name)"
    let key = try await store.tlsKey(ofServer: server.name)
    let client = TLSMaterial.Client(
      certificate: TLSMaterial.PEM(tls.certificate, from: origin), key: TLSMaterial.PEM(key.reveal(), from: origin))
    let address = TCPAddress(host: tls.host, port: Int(tls.port))
    return try TLSEngineConnector(
      address, TLSMaterial(.against(authorities: TLSMaterial.PEM(tls.authority, from: origin)), client: client))
  }
}

extension ServerTest {
  /// Asks an engine that is reached already, such as this machine's.
  package static func run(_ engine: EngineClient, name: String) async -> ServerTest {
    var test = ServerTest()
    let begin = ContinuousClock.now
    do {
      let identity = try await engine.ping()
      test.add("engine", name, "\(identity.server) answers, API \(identity.apiVersion)", milliseconds: begin.milliseconds)
    } catch {
      test.fail("engine", name, error, milliseconds: begin.milliseconds)
    }
    return test
  }

  /// Tries the way to an engine on TCP: name and connection, certificates, the engine's answer.
  ///
  /// - Parameter name: as errors name the server.
  package static func run(_ connector: TLSEngineConnector, name: String) async -> ServerTest {
    var test = ServerTest()
    let begin = ContinuousClock.now
    do throws(EngineError) {
      try await connector.address.tryConnection()
    } catch {
      test.fail("connection", name, error, milliseconds: begin.milliseconds)
      test.skip(["certificates", "engine"], name)
      return test
    }
    test.add("connection", name, "port \(connector.address.port) is open", milliseconds: begin.milliseconds)
    let client = EngineClient(connector: connector, limits: limits)
    let asked = ContinuousClock.now
    do {
      let identity = try await client.identity()
      test.add("certificates", name, "each side takes the other's", milliseconds: nil)
      test.add("engine", name, "\(identity.server) answers, API \(identity.apiVersion)", milliseconds: asked.milliseconds)
    } catch {
      switch error {
      case .unreachable, .badTLS:
        test.fail("certificates", name, error, milliseconds: asked.milliseconds)
        test.skip(["engine"], name)
      default:
        test.add("certificates", name, "the engine's is good", milliseconds: nil)
        test.fail("engine", name, error, milliseconds: asked.milliseconds)
      }
    }
    await client.shutdown()
    return test
  }
}
