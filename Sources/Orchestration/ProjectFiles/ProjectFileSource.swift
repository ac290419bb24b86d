import ComposeFile
import StackPlanning

/// A file or folder of this machine that containers mount and that a deploy brings to the server.
struct ProjectFileSource: Hashable, Sendable {
  /// As the model has it.
  var path: String
  /// From the project folder on; of a secret or config elsewhere, its whole path.
  var name: String
  /// A service may write to it, or to something in it: then its content on the server is data, and is never replaced as a whole.
  var isShared: Bool
}

/// What the services of a project mount from this machine.
struct ProjectFileSources: Hashable, Sendable {
  /// By path.
  private(set) var sent: [ProjectFileSource] = []
  /// Binds from outside the project folder, which mean a path on the server.
  private(set) var foreign: [String] = []
  private(set) var problems: [String] = []

  /// - Parameters:
  ///   - services: those that a deploy is about; nil: all.
  ///   - realPath: where a path leads to on this machine; nil: nowhere.
  init(of project: Project, services: Set<String>? = nil, realPath: (String) -> String?) {
    let folder = project.workingDirectory
    let root = realPath(folder) ?? folder
    var writable: [String: Bool] = [:]
    var objects: Set<String> = []
    for service in project.services where services?.contains(service.name) ?? true {
      let all = [service] + service.preStart.indices.compactMap(service.preStartService)
      for mount in all.flatMap(\.volumes) where mount.kind == .bind {
        guard let source = mount.source else { continue }
        guard Self.name(of: source, below: folder) != nil else {
          foreign.append(source)
          continue
        }
        if let real = realPath(source), Self.name(of: real, below: root) == nil {
          problems.append(
            "\(source) is a link out of the project folder (\(real)) and is not on the server\n  fix: mount \(real) itself, which must be there, or put the files into the project folder"
          )
          continue
        }
        if mount.bind?.createsHostPath == false, realPath(source) == nil {
          problems.append("\(source), which \(service.name) mounts, does not exist\n  fix: create it")
          continue
        }
        writable[source] = (writable[source] ?? false) || !mount.isReadOnly
      }
      for source in all.flatMap({ DeployPlanner.fileObjectSources(of: $0, in: project) }) {
        objects.insert(source)
        if writable[source] == nil { writable[source] = false }
      }
    }
    foreign = Array(Set(foreign)).sorted()
    // What lies in a folder that is written to, or around one, is the same files: they stay in one place.
    let shared = writable.filter(\.value).map(\.key)
    for (source, isWritable) in writable.sorted(by: { $0.key < $1.key }) {
      let isShared = isWritable || shared.contains { Self.isInside($0, source) || Self.isInside(source, $0) }
      guard let name = Self.name(of: source, below: folder) else {
        sent.append(ProjectFileSource(path: source, name: source, isShared: false))
        continue
      }
      if isShared, !Self.isPlain(name) {
        problems.append(
          "\(source) cannot be mounted on the server: its name holds a colon or a control character\n  fix: give it another name")
      }
      sent.append(ProjectFileSource(path: source, name: name, isShared: isShared))
    }
  }

  /// Those that are not inside another one.
  static func topmost(_ sources: [ProjectFileSource]) -> [ProjectFileSource] {
    sources.filter { one in !sources.contains { $0.path != one.path && isInside(one.path, $0.path) } }
  }

  private static func isInside(_ path: String, _ folder: String) -> Bool { path.hasPrefix(folder == "/" ? "/" : folder + "/") }

  /// `.` for the folder itself; nil when it is elsewhere.
  static func name(of path: String, below folder: String) -> String? {
    if path == folder { return "." }
    guard isInside(path, folder) else { return nil }
    let name = String(path.dropFirst(folder == "/" ? 1 : folder.count + 1))
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.contains { $0.isEmpty || $0 == "." || $0 == ".." } ? nil : name
  }

  /// The engine takes a mount as a text with colons in it.
  static func isPlain(_ name: String) -> Bool {
    name.unicodeScalars.allSatisfy { $0.value >= 32 && $0 != ":" && $0.value != 127 }
  }
}
