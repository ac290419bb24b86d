import ComposeFile
package import DockerEngine
import Glibc

/// Copies files between containers of a service and this machine, streamed in both directions.
package struct ServiceCopy: Sendable {
  package struct Options: Sendable {
    /// nil: the first container to copy from, all of them to copy to.
    package var index: Int?
    /// Also containers of `run`.
    package var includesOneOffs = false
    /// The owners of the source stay.
    package var keepsOwners = false
    /// A link as source stands for what it leads to.
    package var followsLink = false
    package var isDryRun = false
    /// What relative paths of this machine count from.
    package var currentDirectory = "/"

    package init() {}
  }

  /// One copy that was made.
  package struct Done: Hashable, Sendable {
    package var container: String
    package var source: String
    package var destination: String
  }

  private let engine: any ContainerFiles
  private let options: Options
  /// Told what was left out.
  private let warn: @Sendable (String) -> Void

  package init(_ engine: any ContainerFiles, _ options: Options, warn: @escaping @Sendable (String) -> Void) {
    self.engine = engine
    self.options = options
    self.warn = warn
  }

  /// Copies; throws `CopyProblem`, `FolderProblem`, `TarProblem` or what the engine says.
  ///
  /// - Parameters:
  ///   - input: the archive of `-` as source.
  ///   - output: takes in the archive of `-` as destination.
  package func run<Input: AsyncSequence & Sendable>(
    _ source: CopyPlace, to destination: CopyPlace, in project: String, input: Input,
    output: @escaping @Sendable (LogFrame) async throws -> Void
  ) async throws -> [Done] where Input.Element == [UInt8], Input.Failure == Never {
    switch (source, destination) {
    case (.service, .service): throw CopyProblem("copying between services is not supported\n  fix: copy to this machine first")
    case (.local, .local), (.local, .stream), (.stream, .local), (.stream, .stream):
      throw CopyProblem("neither side is SERVICE:PATH\n  fix: name the service, as in web:/etc/hosts")
    case (.service(let service, let path), _):
      let container = try await containers(of: service, in: project)[0]
      let shown: String
      if case .local(let text) = destination { shown = text } else { shown = "-" }
      if !options.isDryRun { try await copy(path, from: container, to: destination, output) }
      return [Done(container: container.name, source: "\(container.name):\(path)", destination: shown)]
    case (.stream, .service(let service, let path)):
      let container = try await containers(of: service, in: project)
      guard container.count == 1 else {
        throw CopyProblem(
          "service \(service) has \(container.count) containers, and standard input can be read once\n  fix: choose one with --index"
        )
      }
      if !options.isDryRun { try await put(input, to: path, in: container[0]) }
      return [Done(container: container[0].name, source: "-", destination: "\(container[0].name):\(path)")]
    case (.local(let text), .service(let service, let path)):
      let containers = try await self.containers(of: service, in: project)
      if !options.isDryRun {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for container in containers { group.addTask { try await put(text, to: path, in: container) } }
          try await group.waitForAll()
        }
      }
      return containers.map { Done(container: $0.name, source: text, destination: "\($0.name):\(path)") }
    }
  }

  private func containers(of service: String, in project: String) async throws -> [ServiceContainer] {
    let all = try await engine.containers(of: project)
      .filter { $0.service == service && (options.includesOneOffs || !$0.isOneOff) }
    guard let index = options.index else {
      guard !all.isEmpty else {
        throw CopyProblem(
          "no container found for service \"\(service)\"\n  fix: see what there is with: slipway ps -a -p \(project)")
      }
      return all
    }
    let one = all.filter { $0.number == index && !$0.isOneOff }
    guard !one.isEmpty else {
      throw CopyProblem(
        "service \"\(service)\" has no container #\(index)\n  fix: see what there is with: slipway ps -a -p \(project)")
    }
    return one
  }

  // MARK: To a container

  private func put(_ text: String, to path: String, in container: ServiceContainer) async throws {
    let source = CopyTarget.absolute(text, from: options.currentDirectory)
    // A path that says that it is a folder leads through a link.
    let follows = options.followsLink || CopyTarget.namesFolder(source)
    guard let kind = try Self.kind(PathText.cleaned(source), follows: follows) else {
      throw CopyProblem("\(text): no such file or folder")
    }
    let destination = try await end(of: Self.rooted(path), in: container)
    let target = try CopyTarget(of: source, isFolder: kind == .folder, to: destination.path, destination.kind)
    var tree = FolderSource(root: PathText.cleaned(source), place: target.name ?? "")
    tree.followsLink = follows
    tree.keepsOwners = true
    let archive = FolderArchive([tree])
    do {
      try await engine.put(
        archive, to: target.folder, in: container.id, keepsKinds: true, copiesOwners: options.keepsOwners)
    } catch {
      if let problem = archive.problem { throw problem }
      throw error
    }
    for path in archive.skipped { warn("\(path) is no file, folder or link, and was left out") }
  }

  private func put<Input: AsyncSequence & Sendable>(
    _ input: Input, to path: String, in container: ServiceContainer
  ) async throws where Input.Element == [UInt8], Input.Failure == Never {
    let destination = try await end(of: Self.rooted(path), in: container)
    guard destination.kind == .folder else {
      throw CopyProblem("\(container.name):\(path) is not a folder\n  fix: an archive goes into a folder that is there")
    }
    let judged = JudgedArchive(input)
    do {
      try await engine.put(
        judged, to: destination.path, in: container.id, keepsKinds: true, copiesOwners: options.keepsOwners)
    } catch {
      if let problem = judged.problem { throw problem }
      throw error
    }
    if let problem = judged.problem { throw problem }
  }

  /// What stands at a path of a container, where a link leads to.
  private func end(of path: String, in container: ServiceContainer) async throws -> (path: String, kind: CopyTarget.Kind) {
    guard let seen = try await engine.seen(at: path, in: container.id) else { return (path, .absent) }
    guard seen.isSymbolicLink else { return (path, try Self.kind(seen, path, container)) }
    let target = PathText.joined(PathText.directory(of: PathText.cleaned(path)), seen.linkTarget)
    guard let end = try await engine.seen(at: target, in: container.id) else { return (path, .absent) }
    return (target, try Self.kind(end, target, container))
  }

  private static func kind(
    _ seen: ArchivePathStat, _ path: String, _ container: ServiceContainer
  ) throws(CopyProblem) -> CopyTarget.Kind {
    if seen.isDirectory { return .folder }
    // Go's `ModeType` without the bits of folders and links: devices, pipes, sockets and what is not known.
    guard seen.mode & (1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19) == 0 else {
      throw CopyProblem("\(container.name):\(path) is a device, a pipe or a socket\n  fix: name a folder or a file")
    }
    return .file
  }

  private static func rooted(_ path: String) -> String { path.hasPrefix("/") ? path : "/" + path }

  // MARK: From a container

  private func copy(
    _ path: String, from container: ServiceContainer, to destination: CopyPlace,
    _ output: @escaping @Sendable (LogFrame) async throws -> Void
  ) async throws {
    var source = Self.rooted(path)
    if options.followsLink {
      if let seen = try await engine.seen(at: source, in: container.id), seen.isSymbolicLink {
        source = PathText.joined(PathText.directory(of: PathText.cleaned(source)), seen.linkTarget)
      }
    }
    guard case .local(let text) = destination else {
      return try await engine.withArchive(at: source, of: container.id) { _, archive in
        for try await chunk in archive { try await output(LogFrame(stream: .stdout, bytes: chunk)) }
      }
    }
    let given = CopyTarget.absolute(text, from: options.currentDirectory)
    // A file that a link leads to is written, and the link stays.
    let place = try CopyTarget.namesFolder(given) ? given : Self.end(of: given)
    let kind = try Self.kind(PathText.cleaned(place), follows: true)
    let parent = PathText.directory(of: PathText.cleaned(place))
    if kind == nil, try Self.kind(parent, follows: true) != .folder {
      throw CopyProblem("the folder \(parent) does not exist\n  fix: make it first")
    }
    try await engine.withArchive(at: source, of: container.id) { seen, archive in
      // The name is that of the path as given, also where it was a link.
      let target = try CopyTarget(of: Self.rooted(path), isFolder: seen.isDirectory, to: place, kind ?? .absent)
      var extraction = try ArchiveExtraction(into: target)
      for try await chunk in archive { try extraction.take(chunk) }
      try extraction.finish()
      for path in extraction.skipped { warn("\(path) is a device, a pipe or the like, and was left out") }
    }
  }

  /// nil: nothing is there.
  private static func kind(_ path: String, follows: Bool) throws(CopyProblem) -> CopyTarget.Kind? {
    var info = stat()
    guard unsafe (follows ? stat(path, &info) : lstat(path, &info)) == 0 else {
      if errno == ENOENT { return nil }
      throw CopyProblem("\(path) cannot be looked at: \(unsafe String(cString: strerror(errno)))")
    }
    switch info.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG, S_IFLNK: return .file
    default:
      throw CopyProblem("\(path) is a device, a pipe or a socket\n  fix: name a folder or a file, or - for standard output")
    }
  }

  /// Where a link of this machine leads to, through all links; another path as it is.
  private static func end(of path: String) throws(CopyProblem) -> String {
    var end = path
    for _ in 0..<40 {
      var info = stat()
      guard unsafe lstat(end, &info) == 0, info.st_mode & S_IFMT == S_IFLNK else { return end }
      // WHY try?: what cannot be read is not followed.
      guard let target = try? FolderWalk.target(of: end) else { return end }
      end = PathText.joined(PathText.directory(of: end), target)
    }
    throw CopyProblem("\(path): too many links lead to each other")
  }
}
