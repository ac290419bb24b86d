import ComposeFile
import Glibc

extension StackTemplate {
  /// Files of one template, and bytes of one file.
  static let filesLimit = 256
  static let copiedFileLimitBytes = 1 << 20

  /// Makes a stack's folder of the template; gives the files made, by their paths in it.
  ///
  /// Nothing is overwritten: when a name is taken already, a `Refusal` lists all such and nothing is made. `.env` gets mode
  /// 0600. What was made is removed again when a file cannot be written.
  package func make(in folder: String, values: [(name: String, value: String)]) throws -> [String] {
    let sources = try sourceFiles()
    let names = (sources + [".env"]).sorted()
    let taken = names.filter { Self.exists("\(folder)/\($0)") }
    guard taken.isEmpty else {
      throw Refusal(
        description:
          "\(folder) has \(taken.joined(separator: ", ")) already; nothing was made\n  fix: choose another folder, or move them away"
      )
    }
    var made: [String] = []
    do {
      for name in sources {
        let bytes = try DiskFiles().read("\(self.folder)/\(name)", limit: Self.copiedFileLimitBytes)
        let isProgram = unsafe access("\(self.folder)/\(name)", X_OK) == 0 && Self.isExecutable("\(self.folder)/\(name)")
        try Self.write(bytes, to: "\(folder)/\(name)", mode: isProgram ? 0o755 : 0o644)
        made.append(name)
      }
      try Self.write(Array(Self.environmentFile(values).utf8), to: "\(folder)/.env", mode: 0o600)
      made.append(".env")
    } catch {
      for name in made { unsafe unlink("\(folder)/\(name)") }
      throw error
    }
    return names
  }

  /// A file that a template makes.
  package struct MadeFile: Hashable, Sendable {
    /// Within the stack's folder.
    package var path: String
    package var bytes: [UInt8]
  }

  /// The files that `make` would write, `.env` with these values among them; nothing is written.
  package func files(values: [(name: String, value: String)]) throws -> [MadeFile] {
    let made = try sourceFiles().map { name in
      MadeFile(path: name, bytes: try DiskFiles().read("\(folder)/\(name)", limit: Self.copiedFileLimitBytes))
    }
    return (made + [MadeFile(path: ".env", bytes: Array(Self.environmentFile(values).utf8))]).sorted { $0.path < $1.path }
  }

  /// All regular files of the template but `template.yaml`, by their paths in it.
  private func sourceFiles() throws -> [String] {
    var files: [String] = []
    var pending = [""]
    while let prefix = pending.popLast() {
      for name in FolderNames.sorted(in: "\(folder)/\(prefix)") ?? [] {
        let path = prefix + name
        switch DiskFiles().kind(of: "\(folder)/\(path)") {
        case .directory: pending.append(path + "/")
        case .file: if path != Self.fileName { files.append(path) }
        case .other, nil: throw Refusal(description: "the template \(self.name) has \(path), which is no regular file")
        }
        guard files.count <= Self.filesLimit, pending.count <= Self.filesLimit else {
          throw Refusal(description: "the template \(self.name) has more than \(Self.filesLimit) files")
        }
      }
    }
    return files.sorted()
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  private static func isExecutable(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & 0o111 != 0
  }

  /// Makes a file that was not there, with the folders above it.
  private static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      if unsafe mkdir(folder, 0o755) != 0, errno != EEXIST { throw Self.failure(folder) }
    }
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw Self.failure(path) }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let failure = Self.failure(path)
        unsafe unlink(path)
        throw failure
      }
      rest = rest.dropFirst(count)
    }
  }

  private static func failure(_ path: String) -> Refusal {
    let reason = unsafe String(cString: strerror(errno))
    return Refusal(description: "\(path) cannot be written: \(reason)\n  fix: check the folder's permissions and the free space")
  }
}
