import Crypto
import FoundationEssentials

/// The host keys that a user's OpenSSH knows (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
package struct KnownHosts: Sendable {
  private struct Entry {
    var hosts: Substring
    var key: HostKey
    var isRevoked: Bool
  }

  private var entries: [Entry] = []

  package init(text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      var words = line.split(whereSeparator: \.isWhitespace)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      let isRevoked = first == "@revoked"
      // Certificates of hosts are signed by a key that stands here; Slipway compares keys only.
      if first.hasPrefix("@") {
        guard isRevoked else { continue }
        words.removeFirst()
      }
      guard words.count >= 3, let key = HostKey(base64: String(words[2])), key.type == words[1] else { continue }
      entries.append(Entry(hosts: words[0], key: key, isRevoked: isRevoked))
    }
  }

  /// The keys of a host, those revoked left out; the name is as the user wrote it.
  package func keys(host: String, port: UInt16) -> [HostKey] {
    let name = port == SSHAddress.standardPort ? host.lowercased() : "[\(host.lowercased())]:\(port)"
    let found = entries.filter { Self.matches(name, $0.hosts) }
    let revoked = Set(found.filter(\.isRevoked).map(\.key))
    var keys: [HostKey] = []
    for entry in found where !revoked.contains(entry.key) && !keys.contains(entry.key) { keys.append(entry.key) }
    return keys
  }

  private static func matches(_ name: String, _ hosts: Substring) -> Bool {
    guard hosts.hasPrefix("|1|") else {
      return OpenSSHConfig.matches(name, hosts.split(separator: ",").map(String.init))
    }
    // HashKnownHosts: the salt and HMAC-SHA-1 of the name under it.
    let parts = hosts.dropFirst(3).split(separator: "|")
    guard parts.count == 2, let salt = bytes(base64: String(parts[0])), let digest = bytes(base64: String(parts[1])) else {
      return false
    }
    var code = HMAC<Insecure.SHA1>(key: SymmetricKey(data: salt))
    code.update(data: Data(name.utf8))
    return Array(code.finalize()) == digest
  }
}
