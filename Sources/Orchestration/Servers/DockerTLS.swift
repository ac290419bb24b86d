package import ComposeFile
package import DockerEngine
import Glibc

/// The files that TLS with an engine at a TCP address goes by, chosen as Docker's own tools choose them.
package struct DockerTLS: Hashable, Sendable {
  /// What the command line says; each outranks the environment.
  package struct Flags: Hashable, Sendable {
    /// `--tls` and `--tlsverify`.
    package var isOn = false
    package var isVerified = false
    /// `--tlscacert`, `--tlscert` and `--tlskey`.
    package var authority: String?
    package var certificate: String?
    package var key: String?

    package init() {}
  }

  /// Bytes of the largest file that is read.
  private static let fileLimit = 1 << 20

  /// Nil: the engine's certificate is not looked at.
  private let authority: String?
  private let certificate: String
  private let key: String
  /// Whether the engine may do without a client certificate: nobody named one.
  private let mayLackClient: Bool
  /// Where an authority that is not there is no mistake: this machine's own are used then.
  private let mayLackAuthority: Bool

  /// What the flags and `DOCKER_TLS`, `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` say; nil: no TLS.
  ///
  /// As for Docker's own tools any value but an empty one turns a variable on, `0` too, and the folder is that of their
  /// `config.json` where none is named.
  package static func chosen(flags: Flags, environment: [String: String]) -> DockerTLS? {
    func isSet(_ name: String) -> Bool { environment[name]?.isEmpty == false }
    let isVerified = flags.isVerified || isSet("DOCKER_TLS_VERIFY")
    guard isVerified || flags.isOn || isSet("DOCKER_TLS") else { return nil }
    let folder: String
    if let named = environment["DOCKER_CERT_PATH"], !named.isEmpty {
      folder = named
    } else {
      folder =
        RegistryCredentials.standardPath(environment: environment).map { String($0.dropLast("/config.json".utf8.count)) } ?? "."
    }
    return DockerTLS(
      authority: isVerified ? flags.authority ?? folder + "/ca.pem" : nil,
      certificate: flags.certificate ?? folder + "/cert.pem", key: flags.key ?? folder + "/key.pem",
      mayLackClient: flags.certificate == nil && flags.key == nil, mayLackAuthority: false)
  }

  /// What a context of the Docker CLI keeps in its folder `contexts/tls/HASH/docker`; nil: no TLS.
  package static func ofContext(folder: String, skipsVerification: Bool, files: some FileSource) -> DockerTLS? {
    let hasFiles = ["ca.pem", "cert.pem", "key.pem"].contains { files.kind(of: "\(folder)/\($0)") != nil }
    guard hasFiles || skipsVerification else { return nil }
    return DockerTLS(
      authority: skipsVerification ? nil : folder + "/ca.pem", certificate: folder + "/cert.pem", key: folder + "/key.pem",
      mayLackClient: true, mayLackAuthority: true)
  }

  private init(authority: String?, certificate: String, key: String, mayLackClient: Bool, mayLackAuthority: Bool) {
    self.authority = authority
    self.certificate = certificate
    self.key = key
    self.mayLackClient = mayLackClient
    self.mayLackAuthority = mayLackAuthority
  }

  /// Reads the files.
  ///
  /// - Parameter warn: is told what works, but should not be so.
  /// - Throws: `OperationRefused`, with the file that is missing and how to get one.
  package func material(from files: some FileSource = DiskFiles(), warn: (String) -> Void) throws -> TLSMaterial {
    let verification: TLSMaterial.Verification
    if let authority {
      if mayLackAuthority, files.kind(of: authority) == nil {
        verification = .againstSystem
      } else {
        verification = .against(authorities: try text(authority, "the authority's certificate", files))
      }
    } else {
      warn("the engine's certificate is not verified: whoever sits on the way can read and change everything (use --tlsverify)")
      verification = .none
    }
    if mayLackClient, files.kind(of: certificate) == nil, files.kind(of: key) == nil {
      return TLSMaterial(verification, client: nil)
    }
    let client = TLSMaterial.Client(
      certificate: try text(certificate, "the client certificate", files),
      key: try text(key, "the client certificate's key", files))
    var status = stat()
    if unsafe stat(key, &status) == 0, status.st_mode & 0o044 != 0 {
      warn("other users can read the key \(key), and be root where it leads to (run chmod 600 \(key))")
    }
    return TLSMaterial(verification, client: client)
  }

  private func text(_ path: String, _ role: String, _ files: some FileSource) throws -> TLSMaterial.PEM {
    do {
      return TLSMaterial.PEM(String(decoding: try files.read(path, limit: Self.fileLimit), as: UTF8.self), from: path)
    } catch {
      let reason =
        switch error {
        case .missing: "there is no file \(path)"
        case .isDirectory: "\(path) is a folder"
        case .notRegular: "\(path) is no regular file"
        case .tooLarge(let limit): "\(path) has more than \(limit) bytes"
        case .denied(let reason): "\(path) cannot be read: \(reason)"
        }
      throw OperationRefused(
        description:
          "\(role) is missing: \(reason)\n  fix: put ca.pem, cert.pem and key.pem into a folder and name it with DOCKER_CERT_PATH; docs/engines.md shows how they are made"
      )
    }
  }
}
