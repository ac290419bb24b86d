import ComposeFile
import DockerEngine
import Orchestration

/// The context of the Docker CLI: another engine than the standard one, chosen with `docker context use` or `DOCKER_CONTEXT`.
///
/// Rootless Docker and Docker Desktop are used by one. Its files are those of the CLI: `contexts/meta/HASH/meta.json` beside its
/// `config.json`, HASH being the SHA-256 of the context's name, and `contexts/tls/HASH/docker/{ca,cert,key}.pem`.
enum DockerContext {
  /// Bytes of the largest file that is read.
  private static let fileLimit = 1 << 20

  /// The address of the chosen context's engine, and its TLS; nil: none is chosen, or the one called `default`.
  static func engine(
    environment: [String: String], from files: some FileSource = DiskFiles()
  ) throws(CommandFailure) -> (host: String, tls: DockerTLS?)? {
    guard let config = RegistryCredentials.standardPath(environment: environment) else { return nil }
    let chosen: String
    if let name = environment["DOCKER_CONTEXT"], !name.isEmpty {
      chosen = name
    } else {
      // A configuration that cannot be read chooses nothing; `doctor` tells what is wrong with it.
      chosen = value(config, files)?.map?["currentContext"]?.string ?? ""
    }
    guard !chosen.isEmpty, chosen != "default" else { return nil }
    let contexts = config.dropLast("config.json".utf8.count) + "contexts"
    let hash = ContentHash.hexadecimal(Array(chosen.utf8))
    let engine = value("\(contexts)/meta/\(hash)/meta.json", files)?.map?["Endpoints"]?.map?["docker"]?.map
    guard let host = engine?["Host"]?.string else {
      throw CommandFailure(
        "the Docker context \"\(chosen)\" is not there, or has no address\n  fix: choose another with docker context use, or name the engine with -H or DOCKER_HOST"
      )
    }
    let tls = DockerTLS.ofContext(
      folder: "\(contexts)/tls/\(hash)/docker", skipsVerification: engine?["SkipTLSVerify"]?.bool == true, files: files)
    return (host, tls)
  }

  private static func value(_ path: some StringProtocol, _ files: some FileSource) -> ComposeValue? {
    guard let bytes = try? files.read(String(path), limit: fileLimit) else { return nil }
    return try? ComposeValue(json: bytes)
  }
}
