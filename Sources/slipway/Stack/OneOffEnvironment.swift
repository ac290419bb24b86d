import ComposeFile

/// The variables that `run` sets beside the service's own.
struct OneOffEnvironment {
  private let session: StackSession

  init(_ session: StackSession) { self.session = session }

  /// A name alone takes its value from the environment or the project's env files, and is not set when it has none there.
  func values(files: [String], settings: [String]) throws -> [String: String] {
    guard !files.isEmpty || !settings.isEmpty else { return [:] }
    // The env files are read only where something is looked up.
    let needsLookup = !files.isEmpty || settings.contains { !$0.contains("=") }
    let known = needsLookup ? try session.projectEnvironment() : [:]
    var values: [String: String] = [:]
    for file in files {
      let path = file.hasPrefix("/") ? file : ProcessEnvironment.currentDirectory + "/" + file
      let bytes: [UInt8]
      do {
        bytes = try session.files.read(path, limit: 1 << 20)
      } catch {
        throw CommandFailure("--env-from-file \(file): \(error.reason)")
      }
      values.merge(try EnvironmentFile.values(bytes, file: path) { known[$0] }) { $1 }
    }
    for setting in settings {
      if let equals = setting.firstIndex(of: "=") {
        values[String(setting[..<equals])] = String(setting[setting.index(after: equals)...])
      } else if let value = known[setting] {
        values[setting] = value
      }
    }
    return values
  }
}
