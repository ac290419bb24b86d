import ComposeFile
import Glibc

/// Looks at the Docker CLI's `config.json` and the helpers that it names; shows no secret.
package struct CredentialDiagnosis: Sendable {
  private let path: String?
  private let searchPath: String

  /// - Parameter path: of `config.json`; nil: there is no home folder.
  package init(configPath path: String?, searchPath: String) {
    self.path = path
    self.searchPath = searchPath
  }

  package func findings() -> [Finding] {
    guard let path, DiskFiles().kind(of: path) != nil else {
      return [Finding("credentials", .ok, "none stored: images are pulled without a login")]
    }
    let config: ComposeValue
    do {
      config = try ComposeValue(json: try DiskFiles().read(path, limit: 1 << 20))
    } catch {
      return [
        Finding("credentials", .fail, "\(path) cannot be used: \(error)", remedy: "correct it, or run `docker login` again")
      ]
    }
    var findings: [Finding] = []
    var status = stat()
    let entries = config["auths"]?.map?.pairs ?? []
    let holdsSecrets = entries.contains { $0.value["auth"]?.string?.isEmpty == false }
    if holdsSecrets, unsafe stat(path, &status) == 0, status.st_mode & 0o044 != 0 {
      findings.append(
        Finding("credentials", .warn, "\(path) holds passwords and others may read it", remedy: "run `chmod 600 \(path)`"))
    }
    var helpers = Set(config["credHelpers"]?.map?.pairs.compactMap(\.value.string) ?? [])
    if let store = config["credsStore"]?.string, !store.isEmpty { helpers.insert(store) }
    for helper in helpers.sorted() {
      let program = "docker-credential-\(helper)"
      guard !isFound(program) else { continue }
      findings.append(
        Finding(
          "credentials", .fail, "\(path) names \(program), which is not on the PATH",
          remedy: "install it, or take it out of credHelpers and credsStore"))
    }
    guard findings.isEmpty else { return findings }
    let helped = helpers.isEmpty ? "" : "; helpers: \(helpers.sorted().joined(separator: ", "))"
    return [Finding("credentials", .ok, "\(path), \(entries.count) registries\(helped)")]
  }

  private func isFound(_ program: String) -> Bool {
    searchPath.split(separator: ":").contains { folder in
      guard folder.hasPrefix("/") else { return false }
      return unsafe access("\(folder)/\(program)", X_OK) == 0
    }
  }
}
