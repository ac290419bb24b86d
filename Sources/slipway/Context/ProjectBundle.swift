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
  private var variables: [String: String] = [:]

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
      throw CommandFailure(
        "\(outside) is outside the project's folder \(folder): a server takes what is inside only\n  fix: move it into the folder, or deploy with --context embedded"
      )
    }
    for service in project.services {
      for mount in service.volumes where mount.kind == .bind {
        guard let source = mount.source, Self.relative(source, to: folder) != nil else { continue }
        let found = try Self.files(at: source)
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
    variables["COMPOSE_FILE"] = compose.joined(separator: ":")
    variables["COMPOSE_PATH_SEPARATOR"] = ":"
    let named = request.project.environmentFiles.compactMap { Self.relative($0, to: folder) }
    if !named.isEmpty {
      variables["COMPOSE_ENV_FILES"] = named.joined(separator: ",")
    } else if !request.inputs.contains(where: { $0.path == folder + "/.env" }) {
      variables["COMPOSE_DISABLE_ENV_FILE"] = "1"
    }
    variables["COMPOSE_PROJECT_NAME"] = request.project.name
  }

  /// What brings the files of the project to a stack's folder. Nothing is taken away: what runs may need it, and the way back too.
  func changes(to known: [FileBody]) -> [FileChangesBody.Change] {
    let found = Dictionary(known.filter { !$0.folder }.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    return files.filter { $0.isOther(than: found[$0.path]) }.map { file in
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

  /// The choices of the deploy, with the variables.
  func options(_ request: DeployRequest) -> DeployBody {
    var options = DeployBody(request)
    options.variables = variables
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

  /// The regular files at and below a path; a folder that is not there has none.
  private static func files(at path: String) throws -> [String] {
    switch DiskFiles().kind(of: path) {
    case .file: return [path]
    case .directory:
      var found: [String] = []
      for name in FolderNames.sorted(in: path) ?? [] where name != ".git" {
        found += try files(at: path + "/" + name)
        guard found.count <= fileCountLimit else {
          throw CommandFailure("\(path) has more than \(fileCountLimit) files\n  fix: bring data in by a volume or an image")
        }
      }
      return found
    case .other, nil: return []
    }
  }
}
