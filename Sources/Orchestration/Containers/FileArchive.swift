import ComposeFile

/// A tar archive (ustar, POSIX.1-1988) of the secrets and configs of a service that are not files on the host.
enum FileArchive {
  /// Of an archive without a file.
  static let emptyBytes = 1024

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
    archive += [UInt8](repeating: 0, count: emptyBytes)
    return archive
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
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int, width: Int) {
      for (index, byte) in text.utf8.prefix(width).enumerated() { header[offset + index] = byte }
    }
    func octal(_ value: Int, width: Int) -> String {
      let digits = String(value, radix: 8)
      return String(repeating: "0", count: max(0, width - 1 - digits.count)) + digits
    }
    put(String(path.drop { $0 == "/" }), at: 0, width: 100)
    put(octal(mount.mode ?? 0o444, width: 8), at: 100, width: 8)
    put(octal(mount.uid.flatMap { Int($0) } ?? 0, width: 8), at: 108, width: 8)
    put(octal(mount.gid.flatMap { Int($0) } ?? 0, width: 8), at: 116, width: 8)
    put(octal(content.count, width: 12), at: 124, width: 12)
    put(octal(0, width: 12), at: 136, width: 12)
    put("        ", at: 148, width: 8)
    put("0", at: 156, width: 1)
    put("ustar", at: 257, width: 5)
    put("00", at: 263, width: 2)
    let sum = header.reduce(0) { $0 + Int($1) }
    put(octal(sum, width: 7), at: 148, width: 7)
    header[154] = 0
    archive += header + content
    archive += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }
}
