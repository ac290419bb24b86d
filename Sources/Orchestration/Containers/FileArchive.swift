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

  /// - Throws: `Missing` when an environment variable has no value.
  static func bytes(of service: Service, in project: Project) throws -> [UInt8] {
    var archive: [UInt8] = []
    for mount in service.secrets {
      guard let object = project.secrets[mount.source], let content = try content(of: object, "secret") else { continue }
      append(FileMountTarget.path(mount, fallback: "/run/secrets/"), content, mount, to: &archive)
    }
    for mount in service.configs {
      guard let object = project.configs[mount.source], let content = try content(of: object, "config") else { continue }
      append(FileMountTarget.path(mount, fallback: "/"), content, mount, to: &archive)
    }
    archive += TarHeader.end
    return archive
  }

  /// The secrets and configs of a service whose environment variable is not set.
  static func missing(in service: Service, of project: Project) -> [Missing] {
    let used =
      service.secrets.map { (kind: "secret", object: project.secrets[$0.source]) }
      + service.configs.map { (kind: "config", object: project.configs[$0.source]) }
    return used.compactMap { kind, object in
      guard let object, case .environment(let name, nil) = object.source else { return nil }
      return Missing(name: "\(kind) \(object.key)", variable: name)
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

  private static func append(_ path: String, _ content: [UInt8], _ mount: FileMount, to archive: inout [UInt8]) {
    let header = TarHeader(
      path: String(path.drop { $0 == "/" }), kind: .file(bytes: content.count),
      mode: UInt32(truncatingIfNeeded: mount.mode ?? 0o444),
      uid: mount.uid.flatMap { Int($0) } ?? 0, gid: mount.gid.flatMap { Int($0) } ?? 0)
    archive += header.bytes + content + TarHeader.padding(after: content.count)
  }
}
