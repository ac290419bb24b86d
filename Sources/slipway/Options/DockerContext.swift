import ComposeFile
import DockerEngine
import Orchestration

/// The context of the Docker CLI: another engine than the standard one, chosen with `docker context use` or `DOCKER_CONTEXT`.
///
/// Rootless Docker and Docker Desktop are used by one. Its files are those of the CLI: `contexts/meta/HASH/meta.json` beside its
/// `config.json`, HASH being the SHA-256 of the context's name.
enum DockerContext {
  /// Bytes of the largest file that is read.
  private static let fileLimit = 1 << 20

  /// The address of the chosen context's engine; nil: none is chosen, or the one called `default`.
  static func host(environment: [String: String], from files: some FileSource = DiskFiles()) throws(CommandFailure) -> String? {
    guard let config = RegistryCredentials.standardPath(environment: environment) else { return nil }
    let chosen: String
    if let name = environment["DOCKER_CONTEXT"], !name.isEmpty {
      chosen = name
    } else {
      // A configuration that cannot be read chooses nothing; `doctor` tells what is wrong with it.
      chosen = value(config, files)?.map?["currentContext"]?.string ?? ""
    }
    guard !chosen.isEmpty, chosen != "default" else { return nil }
    let folder = config.dropLast("config.json".utf8.count) + "contexts/meta/" + ContentHash.hexadecimal(Array(chosen.utf8))
    guard let host = value(folder + "/meta.json", files)?.map?["Endpoints"]?.map?["docker"]?.map?["Host"]?.string else {
      throw CommandFailure(
        "the Docker context \"\(chosen)\" is not there, or has no address\n  fix: choose another with docker context use, or name the engine with -H or DOCKER_HOST"
      )
    }
    return host
  }

  private static func value(_ path: some StringProtocol, _ files: some FileSource) -> ComposeValue? {
    guard let bytes = try? files.read(String(path), limit: fileLimit) else { return nil }
    return try? ComposeValue(json: bytes)
  }
}
