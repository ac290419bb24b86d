import ComposeFile
import FoundationEssentials
import Orchestration
import SlipwayAPI
import SlipwayServer
import StackPlanning

/// The files of a project as they are sent to a server, which keeps them as a folder of its own: read here, with the user's
/// rights, and nothing from outside the project's folder (S-IN-2).
struct ProjectBundle: Sendable {
  struct File: Sendable {
    /// Within the folder.
    var path: String
    var tag: String
    /// The model is made of it: the server's is as it is here, whoever has changed it there. Others are data of services: what was
    /// changed there since it came stays until it is changed here.
    var isInput: Bool
    var content: FileContentBody

    /// Whether the server's is to be replaced.
    func isOther(than known: FileBody?) -> Bool {
      guard let known, known.sent == tag else { return true }
      guard isInput || known.tag == tag else { return false }
      return known.tag != tag || (content.mode.map { $0 != known.mode } ?? false)
    }
  }

  private(set) var files: [File] = []
  /// All that the folder's own compose files name, as they are found without being named.
  private let isWhole: Bool
  /// What the files use of this process's environment, and what says there which files count.
  private(set) var variables: [String: String] = [:]

  /// Files of one bundle (S-IN-4).
  private static let fileCountLimit = 256
  /// Of all files together; what is sent as base64 must still fit the server's 16 MiB (S-WEB-6).
  private static let bundleLimitBytes = 11 << 20

  /// - Throws: `CommandFailure` for files outside the folder, and for too many or too large ones.
  init(_ request: DeployRequest, _ session: StackSession) throws {
    let project = request.project
    let folder = project.workingDirectory
    isWhole =
      session.global.files.isEmpty && session.environment["COMPOSE_FILE"]?.isEmpty ?? true && request.options.services.isEmpty
      && project.inactiveServices.isEmpty
    var paths: [String] = []
    for input in request.inputs { paths.append(input.path) }
    // Containers see these as they are, with their permission bits.
    var mounted: Set<String> = []
    for object in Array(project.secrets.values) + Array(project.configs.values) {
      if case .file(let path) = object.source {
        paths.append(path)
        mounted.insert(path)
      }
    }
    let named = Set(paths)
    if let outside = paths.first(where: { Self.relative($0, to: folder) == nil }) {
      throw Self.outside(outside, folder)
    }
    for service in project.services {
      for mount in service.volumes where mount.kind == .bind {
        guard let source = mount.source, Self.relative(source, to: folder) != nil else { continue }
        let found = try Self.files(at: source, in: folder)
        paths += found
        mounted.formUnion(found)
      }
    }
    var seen: Set<String> = []
    var total = 0
    let inputs = Dictionary(request.inputs.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    for path in paths where seen.insert(path).inserted {
      guard let own = Self.relative(path, to: folder) else { continue }
      let bytes = try inputs[path] ?? Self.read(path)
      total += bytes.count
      guard bytes.count <= StackFolders.fileLimitBytes else {
        throw CommandFailure(
          "\(path) has more than \(StackFolders.fileLimitBytes >> 20) MiB\n  fix: bring large data in by a volume")
      }
      guard files.count < Self.fileCountLimit, total <= Self.bundleLimitBytes else {
        throw CommandFailure(
          "the project has more than \(Self.fileCountLimit) files or \(Self.bundleLimitBytes >> 20) MiB to send\n  fix: bring data in by a volume or an image"
        )
      }
      let text = String(validating: bytes, as: UTF8.self)
      files.append(
        File(
          path: own, tag: StackFolders.tag(of: bytes), isInput: named.contains(path),
          content: FileContentBody(
            path: own, text: text, base64: text == nil ? Data(bytes).base64EncodedString() : nil,
            mode: mounted.contains(path) ? DiskFiles.mode(of: path).map { FileMode.text($0 | 0o600) } : nil)))
    }
    setVariables(request, session, folder)
  }

  /// What the files use of this process's environment, and what of the command line the server cannot see in them.
  private mutating func setVariables(_ request: DeployRequest, _ session: StackSession, _ folder: String) {
    for name in request.variables.keys { variables[name] = session.environment[name] }
    for object in Array(request.project.secrets.values) + Array(request.project.configs.values) {
      if case .environment(let name, _) = object.source { variables[name] = session.environment[name] }
    }
    for name in ["COMPOSE_PROFILES", "COMPOSE_DISABLE_ENV_FILE"] { variables[name] = session.environment[name] }
    // What counts here counts there: somebody may have put others beside them.
    let compose = request.project.configFiles.compactMap { Self.relative($0, to: folder) }
    let separator = Self.separators.first { separator in !compose.contains { $0.contains(separator) } } ?? ":"
    variables["COMPOSE_FILE"] = compose.joined(separator: separator)
    variables["COMPOSE_PATH_SEPARATOR"] = separator
    let found = Self.environmentFiles(request, session, folder)
    if !found.isEmpty {
      variables["COMPOSE_ENV_FILES"] = found.joined(separator: ",")
    } else {
      variables["COMPOSE_DISABLE_ENV_FILE"] = "1"
    }
    variables["COMPOSE_PROJECT_NAME"] = request.project.name
  }

  private static let separators = [":", ";", "|", "//"]

  /// The environment files that count, the last one most: those that are named, or the project's own and, before it, that of the
  /// folder that the command was given in.
  private static func environmentFiles(_ request: DeployRequest, _ session: StackSession, _ folder: String) -> [String] {
    let named = request.project.environmentFiles.compactMap { relative($0, to: folder) }
    guard named.isEmpty else { return named }
    let asked = session.global
    let isFound = asked.files.isEmpty && asked.projectDirectory?.isEmpty ?? true
    let here = isFound ? ProcessEnvironment.currentDirectory : folder
    let usual = here == folder ? [folder] : [folder, here]
    let read = Set(request.inputs.map(\.path))
    return usual.map { $0 + "/.env" }.filter { read.contains($0) }.compactMap { relative($0, to: folder) }
  }

  /// What brings the files of the project to a stack's folder. Nothing is taken away but what is in the way, a file where a folder is
  /// to be or the other way round: what runs may need it, and the way back too.
  func changes(to known: [FileBody]) -> [FileChangesBody.Change] {
    let found = Dictionary(known.filter { !$0.folder }.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    let inTheWay = removals(from: known).filter { gone in
      files.contains { $0.path.hasPrefix(gone.path + "/") || gone.path.hasPrefix($0.path + "/") }
    }
    return inTheWay
      + files.filter { $0.isOther(than: found[$0.path]) }.map { file in
        FileChangesBody.Change(
          path: file.path, text: file.content.text, base64: file.content.base64, remove: nil, tag: found[file.path]?.tag ?? "",
          mode: file.content.mode, sent: true)
      }
  }

  /// What takes away, once it runs, what a client's project has brought and this one has no more, but for what was changed there since.
  ///
  /// Nothing where this is not the whole project: with files named, services chosen, or profiles that are not active.
  func removals(from known: [FileBody]) -> [FileChangesBody.Change] {
    guard isWhole else { return [] }
    let own = Set(files.map(\.path))
    return known.sorted { $0.path < $1.path }.compactMap { gone in
      guard !gone.folder, !own.contains(gone.path), let tag = gone.tag, tag == gone.sent else { return nil }
      return FileChangesBody.Change(path: gone.path, text: nil, base64: nil, remove: true, tag: tag, sent: true)
    }
  }

  var contents: [FileContentBody] { files.map(\.content) }

  /// The choices of the deploy, with the variables, and without the files that it does not have and that are taken away after it.
  ///
  /// - Parameter known: of the stack's folder before anything was sent.
  func options(_ request: DeployRequest, _ known: [FileBody]) -> DeployBody {
    var options = DeployBody(request)
    options.variables = variables
    options.absent = removals(from: known).map(\.path)
    return options
  }

  private static func relative(_ path: String, to folder: String) -> String? {
    guard path.hasPrefix(folder + "/") else { return nil }
    let own = String(path.dropFirst(folder.utf8.count + 1))
    return FolderPath(own) == nil ? nil : own
  }

  private static func read(_ path: String) throws -> [UInt8] {
    do {
      return try DiskFiles().read(path, limit: StackFolders.fileLimitBytes)
    } catch {
      switch error {
      case .tooLarge:
        throw CommandFailure(
          "\(path) has more than \(StackFolders.fileLimitBytes >> 20) MiB\n  fix: bring large data in by a volume")
      case .missing: throw CommandFailure("\(path) is not there\n  fix: make it, or correct the compose file")
      case .isDirectory, .notRegular: throw CommandFailure("\(path) is no regular file\n  fix: name one")
      case .denied(let reason): throw CommandFailure("\(path) cannot be read: \(reason)\n  fix: make it readable for you")
      }
    }
  }

  private static func outside(_ path: String, _ folder: String) -> CommandFailure {
    CommandFailure(
      "\(path) is outside the project's folder \(folder): a server takes what is inside only\n  fix: move it into the folder, or deploy with --context embedded"
    )
  }

  /// The regular files at and below a path; a folder that is not there has none. Links are sent as what they lead to, which is in the
  /// project's folder.
  private static func files(at path: String, in folder: String) throws -> [String] {
    guard let kind = DiskFiles().kind(of: path) else { return [] }
    if let real = DiskFiles.realPath(path), let root = DiskFiles.realPath(folder), real != root, !real.hasPrefix(root + "/") {
      throw outside("\(path) leads to \(real), which", folder)
    }
    switch kind {
    case .file: return [path]
    case .directory:
      var found: [String] = []
      for name in FolderNames.sorted(in: path) ?? [] where name != ".git" {
        found += try files(at: path + "/" + name, in: folder)
        guard found.count <= fileCountLimit else {
          throw CommandFailure("\(path) has more than \(fileCountLimit) files\n  fix: bring data in by a volume or an image")
        }
      }
      return found
    case .other: return []
    }
  }
}
