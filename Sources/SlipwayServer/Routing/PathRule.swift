import Orchestration
import RevisionStore
import SlipwayAPI

/// What the parameters of paths may be: nothing else reaches a handler, a folder or an engine (S-IN-1).
enum PathRule {
  static func schema(of name: String) -> Schema {
    switch name {
    case "stack": .text("^[a-z0-9][a-z0-9_-]{0,62}(@[a-z0-9][a-z0-9_-]{0,62})?$", limit: 127) { StackReference($0) != nil }
    case "server": .text("^[a-z0-9][a-z0-9_-]{0,62}$", limit: 63) { $0 == ServerName.local || ServerName($0) != nil }
    case "service": .text("^[a-zA-Z0-9._-]{1,255}$", limit: 255) { isWord($0, limit: 255) }
    case "image": .text("^[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,254}$", limit: 255, isImage)
    case "container", "network", "volume": .text("^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,254}$", limit: 255, isEngineName)
    case "number", "operation_number": .text("^[1-9][0-9]{0,8}$", limit: 9) { Int($0).map { $0 > 0 } ?? false }
    case "user": .text(minimumText, limit: 64) { isWord($0, limit: 64) }
    default: .text(minimumText, limit: 128) { isWord($0, limit: 128) }
    }
  }

  static func about(_ name: String) -> String {
    switch name {
    case "stack": "NAME, or NAME@SERVER where the name is on several servers"
    case "server": "a server's name; local is the engine of this machine"
    case "container", "network", "volume": "its id or name"
    case "image": "its id, or a reference with %2F for each slash"
    case "number": "a revision's number"
    default: ""
    }
  }

  private static let minimumText = "^[A-Za-z0-9._-]{1,128}$"

  private static func isWord(_ text: String, limit: Int) -> Bool {
    !text.isEmpty && text.utf8.count <= limit
      && text.utf8.allSatisfy { byte in isAlphanumeric(byte) || byte == 46 || byte == 95 || byte == 45 }
      && text != "." && text != ".."
  }

  /// As the engine names its objects; ids and digests too.
  @Sendable private static func isEngineName(_ text: String) -> Bool {
    guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= 255 else { return false }
    return text.utf8.allSatisfy { isAlphanumeric($0) || [46, 95, 45, 58, 64].contains($0) }
  }

  /// An id, or a reference by the strict grammar (S-IN-6).
  @Sendable private static func isImage(_ text: String) -> Bool {
    guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= 255 else { return false }
    return (try? ImageName.checked(text)) != nil
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }
}

/// A stack as a path names it: `NAME`, or `NAME@SERVER`.
struct StackReference: Hashable, Sendable {
  let name: String
  /// Nil: wherever it is.
  let server: String?

  init?(_ text: String) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let name = StackName(String(first)) else { return nil }
    self.name = name.text
    guard parts.count == 2 else {
      server = nil
      return
    }
    let server = String(parts[1])
    guard server == ServerName.local || ServerName(server) != nil else { return nil }
    self.server = server
  }
}

/// Keys that make a call safe to send again.
enum IdempotencyRule {
  static let schema = Schema.text("^[A-Za-z0-9_-]{8,128}$", limit: 128, isUsable)

  @Sendable static func isUsable(_ text: String) -> Bool {
    (8...128).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 || byte == 45
      }
  }
}
