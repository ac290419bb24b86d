import ComposeFile

/// The context of one build: what is sent to the engine, and which file of it is the Dockerfile.
enum BuildContext: Sendable {
  case archive(FolderArchive, dockerfile: String)
  case remote(String, dockerfile: String)
  /// It comes from another machine when it is wanted.
  case sent(CallerContexts, dockerfile: String)

  /// Bytes of the largest Dockerfile and `.dockerignore`.
  static let fileLimit = 4 << 20
  private static let ignoreFile = ".dockerignore"

  /// - Throws: `OperationRefused` with what is missing or wrong.
  static func of(
    _ build: BuildSection, at place: String, from files: some FileSource = DiskFiles()
  ) throws(OperationRefused) -> BuildContext {
    let dockerfile = build.dockerfile ?? "Dockerfile"
    guard case .folder(let folder) = ContextPlace(build.context) else { return .remote(build.context, dockerfile: dockerfile) }
    guard files.kind(of: folder) == .directory else {
      throw OperationRefused(
        description: "\(place).context: the folder \(folder) does not exist\n  fix: create it, or correct the path")
    }
    if let text = build.inlineDockerfile {
      let ignored = try ignoreRules(folder + "/" + ignoreFile, place, files)
      return archive(of: folder, ignored, dockerfile: Array(text.utf8))
    }
    let path = PathText.joined(folder, dockerfile)
    let bytes = try read(path, "\(place).dockerfile", files)
    let own = try ignoreRules(path + ignoreFile, place, files)
    var ignored = own
    if ignored == nil { ignored = try ignoreRules(folder + "/" + ignoreFile, place, files) }
    let base = folder == "/" ? "/" : folder + "/"
    guard path.hasPrefix(base), own == nil else { return archive(of: folder, ignored, dockerfile: bytes) }
    let name = String(path.dropFirst(base.count))
    var source = FolderSource(root: folder, ignored: ignored?.rules ?? IgnorePatterns())
    source.kept = [name, ignoreFile]
    return .archive(FolderArchive([source]), dockerfile: name)
  }

  /// A Dockerfile that is not in the context goes in under a name that no instruction of it sees: the engine takes away what
  /// the context's `.dockerignore` names before it begins.
  private static func archive(
    of folder: String, _ ignored: (rules: IgnorePatterns, bytes: [UInt8])?, dockerfile: [UInt8]
  ) -> BuildContext {
    var archive = FolderArchive([FolderSource(root: folder, ignored: ignored?.rules ?? IgnorePatterns())])
    let name = ".dockerfile.\(ContentHash.hexadecimal(dockerfile).prefix(20))"
    archive.inserted[name] = dockerfile
    archive.inserted[ignoreFile] = (ignored?.bytes ?? Array(ignoreFile.utf8)) + Array("\n\(name)\n".utf8)
    return .archive(archive, dockerfile: name)
  }

  /// What the context of a build leaves out.
  static func ignored(
    of build: BuildSection, in folder: String, at place: String, _ files: some FileSource
  ) throws(OperationRefused) -> IgnorePatterns {
    var found: (rules: IgnorePatterns, bytes: [UInt8])?
    if build.inlineDockerfile == nil {
      found = try ignoreRules(PathText.joined(folder, build.dockerfile ?? "Dockerfile") + ignoreFile, place, files)
    }
    if found == nil { found = try ignoreRules(folder + "/" + ignoreFile, place, files) }
    return found?.rules ?? IgnorePatterns()
  }

  private static func ignoreRules(
    _ path: String, _ place: String, _ files: some FileSource
  ) throws(OperationRefused) -> (rules: IgnorePatterns, bytes: [UInt8])? {
    guard files.kind(of: path) == .file else { return nil }
    let bytes = try read(path, place, files)
    do {
      return (try IgnorePatterns(file: bytes), bytes)
    } catch {
      throw OperationRefused(description: "\(path): \(error)\n  fix: correct the line")
    }
  }

  private static func read(_ path: String, _ place: String, _ files: some FileSource) throws(OperationRefused) -> [UInt8] {
    do {
      return try files.read(path, limit: fileLimit)
    } catch {
      let reason =
        switch error {
        case .missing: "does not exist"
        case .isDirectory, .notRegular: "is not a regular file"
        case .tooLarge(let limit): "has more than \(limit) bytes"
        case .denied(let reason): "cannot be read: \(reason)"
        }
      throw OperationRefused(description: "\(place): the file \(path) \(reason)\n  fix: create it, or correct the path")
    }
  }
}
