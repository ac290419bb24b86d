import FoundationEssentials

/// The credentials that people have stored for registries, read as the Docker CLI does: `config.json` and credential helpers.
///
/// A helper for the registry comes first, then the store for all registries, then the file's own entries.
package struct RegistryCredentials: Sendable {
  /// Docker Hub's entry, which is a URL for historical reasons.
  package static let dockerHub = "https://index.docker.io/v1/"
  private static let maximumFileBytes = 1 << 20

  private let config: DockerConfig
  /// Of the file, whether it is there or not.
  package let path: String
  package let searchPath: String

  /// Reads a `config.json`; a file that is not there is one without credentials.
  ///
  /// `searchPath` is where helpers are looked for, as in `PATH`: folders with colons between them.
  package init(configPath path: String, searchPath: String) throws(EngineError) {
    self.path = path
    self.searchPath = searchPath
    guard FileManager.default.fileExists(atPath: path) else {
      config = DockerConfig()
      return
    }
    do {
      let data = try Data(contentsOf: URL(filePath: path))
      guard data.count <= Self.maximumFileBytes else {
        throw EngineError.credentials(registry: "all registries", reason: "\(path) is larger than \(Self.maximumFileBytes) bytes")
      }
      config = try JSONDecoder().decode(DockerConfig.self, from: data)
    } catch let error as EngineError {
      throw error
    } catch let error as DecodingError {
      throw .credentials(registry: "all registries", reason: "\(path): \(decodingText(error))")
    } catch {
      throw .credentials(registry: "all registries", reason: "cannot read \(path): \(error)")
    }
  }

  /// Where the Docker CLI keeps its configuration: `DOCKER_CONFIG`, else `.docker` in the home folder.
  package static func standardPath(environment: [String: String]) -> String? {
    if let folder = environment["DOCKER_CONFIG"], !folder.isEmpty { return "\(folder)/config.json" }
    guard let home = environment["HOME"], !home.isEmpty else { return nil }
    return "\(home)/.docker/config.json"
  }

  /// The credentials for an image's registry; nil when there are none. May run a credential helper, for at most 10 s.
  package func auth(forImage reference: String) async throws(EngineError) -> RegistryAuth? {
    try await auth(forRegistry: Self.registry(ofImage: reference))
  }

  /// The credentials for a registry, named by host and port, or `dockerHub`.
  package func auth(forRegistry registry: String) async throws(EngineError) -> RegistryAuth? {
    let helper = config.credentialHelpers[registry] ?? config.credentialsStore
    if !helper.isEmpty, let found = try await CredentialHelper(name: helper, searchPath: searchPath).credentials(for: registry) {
      return found
    }
    guard let entry = entry(for: registry) else { return nil }
    return try entry.auth(serverAddress: registry, path: path)
  }

  /// The registries that people have credentials for, as the file names them; sorted.
  package var registries: [String] { Set(config.entries.keys).union(config.credentialHelpers.keys).sorted() }

  /// The registry that an image comes from: the first part when it looks like a host, else Docker Hub.
  package static func registry(ofImage reference: String) -> String {
    guard let slash = reference.firstIndex(of: "/") else { return dockerHub }
    let host = reference[..<slash]
    guard host.contains(".") || host.contains(":") || host == "localhost" else { return dockerHub }
    return host == "docker.io" || host == "index.docker.io" ? dockerHub : String(host)
  }

  /// Entries may be hosts or URLs with a scheme and a path.
  private func entry(for registry: String) -> DockerConfig.Entry? {
    if let entry = config.entries[registry] { return entry }
    let wanted = hostname(registry)
    return config.entries.sorted { $0.key < $1.key }.first { hostname($0.key) == wanted }?.value
  }
}

private func hostname(_ registry: String) -> Substring {
  var rest = registry[...]
  for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
  return rest.prefix { $0 != "/" }
}

/// The part of the Docker CLI's `config.json` that concerns registries.
private struct DockerConfig: WireValue {
  struct Entry: Codable, Hashable {
    var auth: String?
    var username: String?
    var password: String?
    var identitytoken: String?

    func auth(serverAddress: String, path: String) throws(EngineError) -> RegistryAuth? {
      if let identitytoken, !identitytoken.isEmpty {
        return RegistryAuth(identityToken: identitytoken, serverAddress: serverAddress)
      }
      if let username, let password, !username.isEmpty {
        return RegistryAuth(username: username, password: password, serverAddress: serverAddress)
      }
      guard let auth, !auth.isEmpty else { return nil }
      guard let data = Data(base64Encoded: auth) else {
        throw .credentials(registry: serverAddress, reason: "the auth entry in \(path) is not base64")
      }
      let text = String(decoding: data, as: UTF8.self)
      guard let colon = text.firstIndex(of: ":") else {
        throw .credentials(registry: serverAddress, reason: "the auth entry in \(path) is not user:password")
      }
      // The Docker CLI cuts zero bytes that old versions padded the password with.
      let password = String(text[text.index(after: colon)...].reversed().drop { $0 == "\0" }.reversed())
      return RegistryAuth(username: String(text[..<colon]), password: password, serverAddress: serverAddress)
    }
  }

  @OrDefault var entries: [String: Entry]
  @OrDefault var credentialHelpers: [String: String]
  @OrDefault var credentialsStore: String

  private enum CodingKeys: String, CodingKey {
    case entries = "auths"
    case credentialHelpers = "credHelpers"
    case credentialsStore = "credsStore"
  }
}

extension RegistryCredentials: CustomStringConvertible, CustomReflectable {
  package var description: String { "RegistryCredentials(\(path), ••••)" }
  package var customMirror: Mirror { Mirror(self, children: ["path": path]) }
}
