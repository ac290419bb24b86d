/// Unix paths as text; nothing here looks at a disk.
package enum PathText {
  /// Without `.`, `..` (as far as the text tells), doubled and trailing `/`. The empty path is `.`.
  package static func cleaned(_ path: String) -> String {
    if isClean(path) { return path }
    let isAbsolute = path.utf8.first == UInt8(ascii: "/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part != ".." {
        parts.append(part)
      } else if let last = parts.last, last != ".." {
        parts.removeLast()
      } else if !isAbsolute {
        parts.append(part)
      }
    }
    let body = parts.joined(separator: "/")
    if isAbsolute { return "/" + body }
    return body.isEmpty ? "." : body
  }

  /// Nothing is to be cleaned for sure: no part begins with a dot or is empty.
  private static func isClean(_ path: String) -> Bool {
    var previous = UInt8(ascii: "/")
    for (index, byte) in path.utf8.enumerated() {
      if previous == UInt8(ascii: "/"), byte == UInt8(ascii: ".") || (byte == previous && index > 0) { return false }
      previous = byte
    }
    return previous != UInt8(ascii: "/")
  }

  /// `path` as seen from `directory`, cleaned. An absolute path stays where it is.
  package static func joined(_ directory: String, _ path: String) -> String {
    cleaned(isAbsolute(path) ? path : directory + "/" + path)
  }

  package static func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

  /// `C:\…`, `C:/…` or `\\server\…`.
  static func isWindowsAbsolute(_ path: String) -> Bool {
    let bytes = Array(path.utf8.prefix(3))
    if bytes.starts(with: [92, 92]) { return true }
    guard bytes.count == 3, bytes[1] == UInt8(ascii: ":") else { return false }
    let isLetter = (65...90).contains(bytes[0]) || (97...122).contains(bytes[0])
    return isLetter && (bytes[2] == UInt8(ascii: "\\") || bytes[2] == UInt8(ascii: "/"))
  }

  package static func directory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : cleaned(String(path[..<slash]))
  }

  package static func lastComponent(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? ""
  }
}
