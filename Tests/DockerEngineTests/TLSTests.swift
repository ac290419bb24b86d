import DockerEngine
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// Folders of certificates, made by `scripts/certificates` for one test.
private struct Certificates {
  let folder: URL

  static func with<Value>(_ body: (Certificates) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(Certificates(folder: folder))
  }

  /// Makes a folder; answers its path.
  @discardableResult
  func make(_ name: String, for names: String..., authority: String? = nil, isExpired: Bool = false) async throws -> String {
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let process = Process()
    process.executableURL = repository.appendingPathComponent("scripts/certificates")
    process.currentDirectoryURL = folder
    process.arguments = (authority.map { ["--ca", $0] } ?? []) + (isExpired ? ["--expired"] : []) + [name] + names
    process.standardInput = FileHandle.nullDevice
    let code = try await withCheckedThrowingContinuation { (done: CheckedContinuation<Int32, any Error>) in
      process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        done.resume(throwing: error)
      }
    }
    try #require(code == 0)
    return path(name)
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func pem(_ path: String) throws -> TLSMaterial.PEM {
    TLSMaterial.PEM(try String(contentsOfFile: self.path(path), encoding: .utf8), from: path)
  }

  func client(_ name: String, key: String? = nil) throws -> TLSMaterial.Client {
    TLSMaterial.Client(certificate: try pem("\(name)/cert.pem"), key: try pem("\(key ?? name)/key.pem"))
  }

  func material(_ name: String = "own", client: String? = "own") throws -> TLSMaterial {
    TLSMaterial(.against(authorities: try pem("\(name)/ca.pem")), client: try client.map { try self.client($0) })
  }
}

/// Answers pings over TLS on a loopback port, and wants certificates of the authority in `own`.
private struct TLSServer {
  private final class Answer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let text = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nServer: Stub\r\nContent-Length: 2\r\n\r\nOK"
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  /// - Parameter server: the folder with the server's certificate; nil: no TLS, and no HTTP either.
  static func with<Value>(
    _ certificates: Certificates, server: String?, newest: TLSVersion = .tlsv13, oldest: TLSVersion = .tlsv1,
    demands: Bool = true, _ body: (Int) async throws -> Value
  ) async throws -> Value {
    var context: NIOSSLContext?
    if let server {
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.path("\(server)/server-cert.pem")).map {
          .certificate($0)
        },
        privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates.path("\(server)/server-key.pem"), format: .pem)))
      configuration.minimumTLSVersion = oldest
      configuration.maximumTLSVersion = newest
      if demands {
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .file(certificates.path("own/ca.pem"))
      }
      context = try NIOSSLContext(configuration: configuration)
    }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let channel = try await ServerBootstrap(group: group).childChannelInitializer { [context] channel in
      channel.eventLoop.makeCompletedFuture {
        if let context { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
        try channel.pipeline.syncOperations.addHandler(Answer())
      }
    }.bind(host: "127.0.0.1", port: 0).get()
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(channel.localAddress?.port ?? 0))
    } catch {
      result = .failure(error)
    }
    try await group.shutdownGracefully()
    return try result.get()
  }
}

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
  private func ping(_ port: Int, _ material: TLSMaterial, host: String = "127.0.0.1") async throws -> String {
    let address = try TCPAddress(parsing: "tcp://\(host):\(port)", isSecure: true)
    let client = EngineClient(connector: try TLSEngineConnector(address, material))
    do {
      let server = try await client.ping().server
      await client.shutdown()
      return server
    } catch {
      await client.shutdown()
      throw error
    }
  }

  /// What an error says where the engine could not be reached, reason and remedy.
  private func refusal(_ body: () async throws -> String) async -> String {
    do {
      return "no error: \(try await body())"
    } catch EngineError.unreachable(_, let reason, let hint) {
      return "\(reason); \(hint)"
    } catch {
      return "another error: \(error)"
    }
  }

  @Test(arguments: [TLSVersion.tlsv12, .tlsv13])
  func `Both sides are verified, by address and by name`(version: TLSVersion) async throws {
    try await Certificates.with { certificates in
      try await certificates.make("own", for: "127.0.0.1", "localhost")
      try await TLSServer.with(certificates, server: "own", newest: version) { port in
        let address = try await ping(port, certificates.material())
        #expect(address == "Stub")
        let named = try await ping(port, certificates.material(), host: "localhost")
        #expect(named == "Stub")
      }
    }
  }

  @Test func `A certificate for other names is refused, with the names it is for, unless it is not looked at`() async throws {
    try await Certificates.with { certificates in
      try await certificates.make("own", for: "example.test", "10.9.8.7")
      try await TLSServer.with(certificates, server: "own") { port in
        for host in ["127.0.0.1", "localhost"] {
          let text = await refusal { try await ping(port, try certificates.material(), host: host) }
          #expect(text.contains("not for \(host), but for example.test, 10.9.8.7"), "\(text)")
        }
        let unverified = try await ping(port, TLSMaterial(.none, client: certificates.client("own")))
        #expect(unverified == "Stub")
      }
    }
  }

  @Test func `An expired certificate is told with its day`() async throws {
    try await Certificates.with { certificates in
      try await certificates.make("own", for: "127.0.0.1")
      try await certificates.make("old", for: "127.0.0.1", authority: "own", isExpired: true)
      try await TLSServer.with(certificates, server: "old") { port in
        let text = await refusal { try await ping(port, try certificates.material()) }
        #expect(text.contains("its certificate expired on 2021-01-01"), "\(text)")
        await #expect {
          try await ping(port, try certificates.material(client: "old"))
        } throws: { error in
          "\(error)".contains("the client certificate old/cert.pem expired on 2021-01-01")
        }
      }
    }
  }

  @Test func `A stranger's authority is refused, on either side`() async throws {
    try await Certificates.with { certificates in
      try await certificates.make("own", for: "127.0.0.1")
      try await certificates.make("stranger", for: "127.0.0.1")
      try await TLSServer.with(certificates, server: "stranger") { port in
        let text = await refusal { try await ping(port, try certificates.material()) }
        #expect(text.contains("not signed by the authority in own/ca.pem"), "\(text)")
        let system = await refusal { try await ping(port, TLSMaterial(.againstSystem, client: nil)) }
        #expect(system.contains("not signed by an authority that this machine trusts"), "\(system)")
      }
      for version in [TLSVersion.tlsv12, .tlsv13] {
        try await TLSServer.with(certificates, server: "own", newest: version) { port in
          let text = await refusal { try await ping(port, try certificates.material(client: "stranger")) }
          #expect(text.contains("does not accept the client certificate stranger/cert.pem"), "\(text)")
        }
      }
    }
  }

  @Test(arguments: [TLSVersion.tlsv12, .tlsv13])
  func `A server that demands a certificate says so`(version: TLSVersion) async throws {
    try await Certificates.with { certificates in
      try await certificates.make("own", for: "127.0.0.1")
      try await TLSServer.with(certificates, server: "own", newest: version) { port in
        let text = await refusal { try await ping(port, try certificates.material(client: nil)) }
        #expect(text.contains("it demands a client certificate, and none was given") && text.contains("--tlscert"), "\(text)")
      }
      try await TLSServer.with(certificates, server: "own", newest: version, demands: false) { port in
        let anonymous = try await ping(port, certificates.material(client: nil))
        #expect(anonymous == "Stub")
      }
    }
  }

  @Test func `What speaks no TLS, or an old one, is told apart`() async throws {
    try await Certificates.with { certificates in
      try await certificates.make("own", for: "127.0.0.1")
      try await TLSServer.with(certificates, server: nil) { port in
        let text = await refusal { try await ping(port, try certificates.material()) }
        #expect(text.contains("does not speak TLS"), "\(text)")
      }
      try await TLSServer.with(certificates, server: "own", newest: .tlsv11) { port in
        let text = await refusal { try await ping(port, try certificates.material()) }
        #expect(text.contains("versions of TLS before 1.2"), "\(text)")
      }
    }
  }

  @Test func `Files that cannot be used are told before anything is connected`() async throws {
    try await Certificates.with { certificates in
      try await certificates.make("own", for: "127.0.0.1")
      try await certificates.make("other", for: "127.0.0.1", authority: "own")
      let address = try TCPAddress(parsing: "tcp://127.0.0.1:1", isSecure: true)
      func complaint(_ change: (inout TLSMaterial) throws -> Void) throws -> String {
        var material = try certificates.material()
        try change(&material)
        do {
          _ = try TLSEngineConnector(address, material)
          return "none"
        } catch {
          guard case .badTLS = error else { return "another: \(error)" }
          return "\(error)"
        }
      }
      let mixed = try complaint { $0.client = try certificates.client("own", key: "other") }
      #expect(mixed.contains("the key other/key.pem does not belong to the certificate own/cert.pem"), "\(mixed)")
      let swapped = try complaint { $0.client?.key = try certificates.pem("own/cert.pem") }
      #expect(swapped.contains("own/cert.pem holds no private key"), "\(swapped)")
      let empty = try complaint { $0.client?.key.text = "" }
      #expect(empty.contains("holds no private key"), "\(empty)")
      let encrypted = try complaint { $0.client?.key.text = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" }
      #expect(encrypted.contains("is encrypted"), "\(encrypted)")
      let authority = try complaint { $0.verification = .against(authorities: TLSMaterial.PEM("nonsense", from: "a.pem")) }
      #expect(authority.contains("a.pem holds no certificate"), "\(authority)")
    }
  }

  @Test func `A key is not printed`() throws {
    let key = TLSMaterial.PEM("-----BEGIN PRIVATE KEY-----\nMIGH", from: "key.pem")
    let material = TLSMaterial(.againstSystem, client: TLSMaterial.Client(certificate: key, key: key))
    #expect(!"\(material)".contains("MIGH") && "\(material)".contains("key.pem"))
  }

  @Test func `Nobody there and nobody of that name are told within the limit`() async throws {
    let material = TLSMaterial(.againstSystem, client: nil)
    let closed = await refusal { try await ping(1, material) }
    #expect(closed.contains("Connection refused") && closed.contains("-H tcp://"), "\(closed)")
    let nameless = await refusal { try await ping(1, material, host: "nothing.invalid") }
    // A resolver that cannot be reached takes longer than the limit to say so.
    #expect(nameless.contains("the name nothing.invalid is not known") || nameless.contains("no answer within"), "\(nameless)")
  }

  @Test func `A handshake that does not go on is given up, and a cancelled one at once`() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = try await ServerBootstrap(group: group).childChannelOption(.autoRead, value: false)
      .bind(host: "127.0.0.1", port: 0).get()
    let address = try TCPAddress(parsing: "tcp://127.0.0.1:\(server.localAddress?.port ?? 0)", isSecure: true)
    let connector = try TLSEngineConnector(address, TLSMaterial(.againstSystem, client: nil))
    var limits = EngineLimits()
    limits.connect = .milliseconds(200)
    let hasty = EngineClient(connector: connector, limits: limits)
    let text = await refusal { try await hasty.ping().server }
    #expect(text.contains("no answer within 0.2 seconds"), "\(text)")
    await hasty.shutdown()

    let patient = EngineClient(connector: connector)
    let start = ContinuousClock.now
    let error = await withTaskGroup(of: EngineError?.self) { tasks in
      tasks.addTask {
        do {
          _ = try await patient.ping()
          return nil
        } catch {
          return error as? EngineError
        }
      }
      tasks.cancelAll()
      return await tasks.next() ?? nil
    }
    guard case .cancelled = error else {
      Issue.record("expected cancelled, got \(String(describing: error))")
      return
    }
    #expect(start.duration(to: .now) < .seconds(4))
    await patient.shutdown()
    try await group.shutdownGracefully()
  }
}
