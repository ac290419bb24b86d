import ComposeFile
package import RevisionStore
import SSHTransport

/// Reads keys and passwords from the user's files.
package enum ServerIdentity {
  /// Bytes of a key file, or of one with a password.
  private static let fileLimit = 64 << 10

  /// The key in a file, with its passphrase when it is locked.
  ///
  /// - Parameter passphrase: called for a locked key only; nil when nobody gives one.
  package static func key(path: String, passphrase: () throws -> String?) throws -> ServerCredential {
    let text = try text(of: path, what: "the private key")
    if ["ssh-", "ecdsa-", "sk-"].contains(where: { text.hasPrefix($0) }) {
      let other = path.hasSuffix(".pub") ? String(path.dropLast(4)) : "the file without .pub"
      throw OperationRefused(description: "\(path) is the public half of a key\n  fix: name the private key: \(other)")
    }
    let phrase = SSHCredential.isLocked(key: SSHSecret(text)) ? try passphrase() : nil
    let key = SSHCredential.key(text: SSHSecret(text), passphrase: phrase.map { SSHSecret($0) })
    do {
      _ = try key.publicKey()
    } catch {
      guard case .badKey(let reason, let fix) = error else { throw error }
      throw OperationRefused(description: "the private key \(path) cannot be used: \(reason)\n  fix: \(fix)")
    }
    return .key(text: Secret(text), passphrase: phrase.map { Secret($0) })
  }

  /// The public half of a key, as in `authorized_keys`: of the file itself, or of the one beside it that ends with `.pub`.
  package static func publicKey(path: String) throws -> String {
    var path = path
    var text = try text(of: path, what: "the key")
    if SSHCredential.isPrivate(key: text) {
      path += ".pub"
      text = try self.text(of: path, what: "the public half of the key")
    }
    do {
      return try SSHCredential.publicKey(text).line
    } catch {
      guard case .badKey(let reason, let fix) = error else { throw error }
      throw OperationRefused(description: "the key \(path) cannot be used: \(reason)\n  fix: \(fix)")
    }
  }

  /// The first line of a file: a password or a passphrase.
  package static func word(path: String, what: String) throws -> String {
    let text = try text(of: path, what: what)
    let line = String(text.prefix { !$0.isNewline })
    guard !line.isEmpty else {
      throw OperationRefused(description: "\(path): \(what) is empty\n  fix: write it in the first line")
    }
    return line
  }

  private static func text(of path: String, what: String) throws -> String {
    do {
      return String(decoding: try DiskFiles().read(path, limit: fileLimit), as: UTF8.self)
    } catch {
      throw OperationRefused(description: "\(what) \(path): \(error.reason)\n  fix: name a file that you can read")
    }
  }
}
