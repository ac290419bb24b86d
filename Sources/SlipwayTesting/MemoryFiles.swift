package import ComposeFile

/// Files in memory.
package struct MemoryFiles: FileSource {
  package var files: [String: String]

  package init(files: [String: String]) { self.files = files }

  package func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
    guard let text = files[path] else { throw kind(of: path) == .directory ? .isDirectory : .missing }
    guard text.utf8.count <= limit else { throw .tooLarge(limit: limit) }
    return Array(text.utf8)
  }

  package func kind(of path: String) -> FileKind? {
    if files[path] != nil { return .file }
    return files.keys.contains { $0.hasPrefix(path + "/") } ? .directory : nil
  }
}
