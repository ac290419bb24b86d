import ComposeFile

/// A tar archive of the secrets and configs of a service that are not files on the host.
enum FileArchive {
  /// Of an archive without a file.
  static let emptyBytes = TarHeader.end.count

  struct Missing: Error, CustomStringConvertible {
    var name: String
    var variable: String
    var description: String {
      "\(name) takes its value from the environment variable \(variable), which is not set\n  fix: set \(variable) and try again"
    }
  }

  /// A secret or config as it appears in a container.
  struct File: Sendable {
    /// Absolute.
    var path: String
    var content: [UInt8]
    var mount: FileMount
  }

  /// - Throws: `Missing` when an environment variable has no value.
  static func bytes(of service: Service, in project: Project) throws -> [UInt8] {
    var archive: [UInt8] = []
    for file in try files(of: service, in: project) {
      let header = TarHeader(
        path: String(file.path.drop { $0 == "/" }), kind: .file(bytes: file.content.count),
        mode: UInt32(truncatingIfNeeded: file.mount.mode ?? 0o444),
        uid: file.mount.uid.flatMap { Int($0) } ?? 0, gid: file.mount.gid.flatMap { Int($0) } ?? 0)
      archive += header.bytes + file.content + TarHeader.padding(after: file.content.count)
    }
    archive += TarHeader.end
    return archive
  }

  /// - Throws: `Missing` when an environment variable has no value.
  static func files(of service: Service, in project: Project) throws -> [File] {
    let secrets = try service.secrets.compactMap { mount -> File? in
      guard let object = project.secrets[mount.source], let content = try content(of: object, "secret") else { return nil }
      return File(path: FileMountTarget.path(mount, fallback: "/run/secrets/"), content: content, mount: mount)
    }
    let configs = try service.configs.compactMap { mount -> File? in
      guard let object = project.configs[mount.source], let content = try content(of: object, "config") else { return nil }
      return File(path: FileMountTarget.path(mount, fallback: "/"), content: content, mount: mount)
    }
    return secrets + configs
  }

  /// Why the secrets and configs of a service cannot be given to a container.
  ///
  /// - Parameter restored: files that will be written before.
  static func problems(of service: Service, in project: Project, restored: Set<String>) -> [String] {
    let used =
      service.secrets.map { (kind: "secret", object: project.secrets[$0.source]) }
      + service.configs.map { (kind: "config", object: project.configs[$0.source]) }
    return used.compactMap { kind, object in
      guard let object else { return nil }
      let name = "\(kind) \(object.key)"
      switch object.source {
      case .external: return nil
      case .file(let path):
        guard DiskFiles().kind(of: path) == nil, !restored.contains(path) else { return nil }
        return
          "\(name) of service \(service.name): the file \(path) does not exist\n  fix: create it, or correct \(kind)s.\(object.key).file"
      case .environment(let variable, nil): return Missing(name: name, variable: variable).description
      case .environment, .content:
        guard service.isReadOnly else { return nil }
        return
          "\(name) cannot be put into service \(service.name), which is read_only\n  fix: take it from a file (\(kind)s.\(object.key).file)"
      }
    }
  }

  private static func content(of object: FileObject, _ kind: String) throws -> [UInt8]? {
    switch object.source {
    case .content(let text): return Array(text.utf8)
    case .environment(let name, let value):
      guard let value else { throw Missing(name: "\(kind) \(object.key)", variable: name) }
      return Array(value.utf8)
    case .file, .external: return nil
    }
  }
}
