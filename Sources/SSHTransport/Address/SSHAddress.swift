/// Where an SSH server is and as whom to log in; only checked texts reach libssh (S-SSH-1).
package struct SSHAddress: Hashable, Sendable {
  package static let standardPort: UInt16 = 22

  /// A letter, digit or `_` first, then also `.` and `-`; at most 32 characters.
  package let user: String
  /// A host name, an IPv4 address, or an IPv6 address without brackets; at most 253 characters.
  package let host: String
  package let port: UInt16

  package init(user: String, host: String, port: UInt16 = standardPort) throws(SSHError) {
    guard Self.isUser(user) else {
      throw .badAddress(
        text: user, reason: "is not a user name: letters, digits, `_`, `.` and `-`, not beginning with `-` or `.`, at most 32")
    }
    guard Self.isHost(host) else {
      throw .badAddress(text: host, reason: "is not a host: a name such as server1.example.org, or an IP address")
    }
    guard port > 0 else { throw .badAddress(text: "\(port)", reason: "is not a port: 1 to 65535") }
    self.user = user
    self.host = host
    self.port = port
  }

  /// What an `ssh://` address holds; the user may be left out there.
  package struct Parts: Hashable, Sendable {
    package var user: String?
    package var host: String
    package var port: UInt16?
    /// The path after the host, such as the engine's socket; nil when there is none.
    package var path: String?
  }

  /// Takes `ssh://[USER@]HOST[:PORT][/PATH]` apart; the parts are checked when an address is made of them.
  package static func parts(of text: String) throws(SSHError) -> Parts {
    guard text.hasPrefix("ssh://") else { throw .badAddress(text: text, reason: "does not begin with ssh://") }
    var rest = text.dropFirst("ssh://".count)
    var path: String?
    if let slash = rest.firstIndex(of: "/") {
      path = rest[slash...] == "/" ? nil : String(rest[slash...])
      rest = rest[..<slash]
    }
    var user: String?
    if let at = rest.lastIndex(of: "@") {
      user = String(rest[..<at])
      if user?.contains(":") == true {
        throw .badAddress(text: "ssh://…", reason: "holds a password; name a key with --identity, or give --password-file")
      }
      rest = rest[rest.index(after: at)...]
    }
    var port: UInt16?
    if rest.hasPrefix("[") {
      guard let close = rest.firstIndex(of: "]") else { throw .badAddress(text: text, reason: "has no ] after the IPv6 address") }
      let after = rest[rest.index(after: close)...]
      if !after.isEmpty { port = try Self.port(after, in: text) }
      rest = rest[rest.index(after: rest.startIndex)..<close]
    } else if let colon = rest.lastIndex(of: ":") {
      port = try Self.port(rest[colon...], in: text)
      rest = rest[..<colon]
    }
    return Parts(user: user, host: String(rest), port: port, path: path)
  }

  /// Reads `ssh://USER@HOST[:PORT]`.
  package init(parsing text: String) throws(SSHError) {
    let parts = try Self.parts(of: text)
    guard let user = parts.user else { throw .badAddress(text: text, reason: "has no user: write ssh://USER@HOST") }
    guard parts.path == nil else {
      throw .badAddress(text: text, reason: "has a path after the host: name the engine's socket with --socket")
    }
    try self.init(user: user, host: parts.host, port: parts.port ?? Self.standardPort)
  }

  private static func port(_ text: Substring, in whole: String) throws(SSHError) -> UInt16 {
    guard text.hasPrefix(":"), let port = UInt16(text.dropFirst()), port > 0 else {
      throw .badAddress(text: whole, reason: "has no usable port: 1 to 65535")
    }
    return port
  }

  private static func isUser(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isLetterOrDigit || first == UInt8(ascii: "_") else { return false }
    return text.utf8.count <= 32
      && text.utf8.allSatisfy { $0.isLetterOrDigit || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")].contains($0) }
  }

  private static func isHost(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, bytes.count <= 253 else { return false }
    if bytes.contains(UInt8(ascii: ":")) {
      return bytes.count <= 45 && bytes.allSatisfy { $0.isHexadecimal || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
    }
    return first.isLetterOrDigit
      && bytes.allSatisfy { $0.isLetterOrDigit || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")].contains($0) }
  }
}

extension SSHAddress: CustomStringConvertible {
  /// `user@host`, with the port when it is not the standard one.
  package var description: String {
    let host = host.contains(":") ? "[\(host)]" : host
    return port == Self.standardPort ? "\(user)@\(host)" : "\(user)@\(host):\(port)"
  }

  package var url: String { "ssh://\(description)" }
}

extension UInt8 {
  var isLetterOrDigit: Bool { (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self) }
  fileprivate var isHexadecimal: Bool { (48...57).contains(self) || (65...70).contains(self) || (97...102).contains(self) }
}

/// The path of a socket on a server; only checked ones reach commands there.
package struct RemotePath: Hashable, Sendable {
  /// Absolute; letters, digits and `/._-+@` only; at most 107 bytes, what a unix socket's address holds on Linux (unix(7)).
  package let text: String

  package static let dockerSocket = RemotePath(checked: "/var/run/docker.sock")

  private init(checked: String) { text = checked }

  package init(socket text: String) throws(SSHError) {
    let other = Array("/._-+@".utf8)
    guard text.hasPrefix("/"), text.utf8.count <= 107, text.utf8.allSatisfy({ $0.isLetterOrDigit || other.contains($0) }) else {
      throw .badAddress(
        text: text, reason: "is not a socket's path: absolute, at most 107 letters, digits and / . _ - + @")
    }
    self.text = text
  }
}
