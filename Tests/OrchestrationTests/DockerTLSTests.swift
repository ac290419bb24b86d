import DockerEngine
import Orchestration
import SlipwayTesting
import Testing

@Suite struct DockerTLSTests {
  private let all = MemoryFiles(files: [
    "/c/ca.pem": "ca", "/c/cert.pem": "cert", "/c/key.pem": "key", "/home/.docker/ca.pem": "home", "/other.pem": "other",
  ])

  private func origins(_ tls: DockerTLS?, _ files: MemoryFiles? = nil) throws -> [String?] {
    guard let tls else { return [] }
    let material = try tls.material(from: files ?? all) { _ in }
    let client = [material.client?.certificate.origin, material.client?.key.origin]
    return switch material.verification {
    case .against(let pem): [pem.origin] + client
    case .againstSystem: ["system"] + client
    case .none: ["none"] + client
    }
  }

  @Test func `Variables turn it on with any value but an empty one`() {
    #expect(DockerTLS.chosen(flags: .init(), environment: ["DOCKER_CERT_PATH": "/c"]) == nil)
    #expect(DockerTLS.chosen(flags: .init(), environment: ["DOCKER_TLS_VERIFY": "", "DOCKER_TLS": ""]) == nil)
    #expect(DockerTLS.chosen(flags: .init(), environment: ["DOCKER_TLS_VERIFY": "0"]) != nil)
    #expect(DockerTLS.chosen(flags: .init(), environment: ["DOCKER_TLS": "1"]) != nil)
  }

  @Test func `The files are those of the folder, and flags outrank it`() throws {
    var environment = ["DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/c"]
    #expect(try origins(.chosen(flags: .init(), environment: environment)) == ["/c/ca.pem", "/c/cert.pem", "/c/key.pem"])
    var flags = DockerTLS.Flags()
    flags.isVerified = true
    flags.authority = "/other.pem"
    environment["DOCKER_TLS_VERIFY"] = nil
    #expect(try origins(.chosen(flags: flags, environment: environment)) == ["/other.pem", "/c/cert.pem", "/c/key.pem"])
    #expect(try origins(.chosen(flags: flags, environment: ["HOME": "/home"])) == ["/other.pem", nil, nil])
    flags.authority = nil
    #expect(try origins(.chosen(flags: flags, environment: ["HOME": "/home"])) == ["/home/.docker/ca.pem", nil, nil])
  }

  @Test func `Without verification no authority is read, and that is said`() throws {
    var said: [String] = []
    let tls = try #require(DockerTLS.chosen(flags: .init(), environment: ["DOCKER_TLS": "1", "DOCKER_CERT_PATH": "/c"]))
    #expect(try origins(tls) == ["none", "/c/cert.pem", "/c/key.pem"])
    _ = try tls.material(from: all) { said.append($0) }
    #expect(said.count == 1 && said[0].contains("not verified"))
  }

  @Test func `A file that was named or belongs to another must be there`() throws {
    var flags = DockerTLS.Flags()
    flags.isVerified = true
    flags.certificate = "/gone.pem"
    let named = try #require(DockerTLS.chosen(flags: flags, environment: ["DOCKER_CERT_PATH": "/c"]))
    #expect { try named.material(from: all) { _ in } } throws: { "\($0)".contains("there is no file /gone.pem") }
    flags.certificate = nil
    let half = try #require(DockerTLS.chosen(flags: flags, environment: ["DOCKER_CERT_PATH": "/c"]))
    var files = all
    files.files["/c/key.pem"] = nil
    #expect { try half.material(from: files) { _ in } } throws: { "\($0)".contains("there is no file /c/key.pem") }
    let nothing = try #require(DockerTLS.chosen(flags: flags, environment: ["DOCKER_CERT_PATH": "/nowhere"]))
    #expect { try nothing.material(from: all) { _ in } } throws: { error in
      "\(error)".contains("/nowhere/ca.pem") && "\(error)".contains("DOCKER_CERT_PATH")
    }
  }

  @Test func `A context has TLS when it has files, or skips verification`() throws {
    #expect(DockerTLS.ofContext(folder: "/nowhere", skipsVerification: false, files: all) == nil)
    let skipping = DockerTLS.ofContext(folder: "/nowhere", skipsVerification: true, files: all)
    #expect(try origins(skipping) == ["none", nil, nil])
    #expect(
      try origins(.ofContext(folder: "/c", skipsVerification: false, files: all)) == ["/c/ca.pem", "/c/cert.pem", "/c/key.pem"])
    var files = all
    files.files["/c/ca.pem"] = nil
    #expect(
      try origins(.ofContext(folder: "/c", skipsVerification: false, files: files), files)
        == ["system", "/c/cert.pem", "/c/key.pem"])
  }

  @Test func `Without TLS only this machine's own addresses are taken, unless allowed`() throws {
    #expect { try EngineTarget(tcp: "tcp://box", tls: nil, isPlainAllowed: false) { _ in } } throws: { error in
      "\(error)".contains("tcp://box:2375") && "\(error)".contains("SLIPWAY_INSECURE_TCP=1") && "\(error)".contains("--tlsverify")
    }
    let allowed = try EngineTarget(tcp: "tcp://eva:secret@box", tls: nil, isPlainAllowed: true) { _ in }
    #expect(allowed.storeName == "tcp://box:2375" && allowed.isRemote)
    #expect(try EngineTarget(tcp: "tcp://[::1]:9", tls: nil, isPlainAllowed: false) { _ in }.storeName == "tcp://[::1]:9")
  }
}
