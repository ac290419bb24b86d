import Glibc

/// Where a Git repository is: `https://HOST/PATH`, `ssh://[USER@]HOST[:PORT]/PATH` or `USER@HOST:PATH`.
///
/// Nothing else gets as far as `git`: no local paths, no helpers by name (`ext::`), no options (S-IN-5).
package struct GitAddress: Hashable, Sendable, CustomStringConvertible {
  package enum Scheme: String, Sendable { case https, http, ssh }

  package let text: String
  package let scheme: Scheme
  package let host: String
  package let port: Int

  /// Bytes of a whole address.
  private static let limitBytes = 2048

  /// Nil: another scheme, a password in it, or letters that no address has.
  package init?(_ text: String) {
    guard text.utf8.count <= Self.limitBytes, !text.hasPrefix("-"), text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }),
      !text.contains(where: { "\"'`\\$;&|<>(){}*?".contains($0) })
    else { return nil }
    self.text = text
    guard let separator = text.firstRange(of: "://") else {
      // As ssh takes it: USER@HOST:PATH.
      let words = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard words.count == 2, !words[1].isEmpty, !words[1].hasPrefix("-"),
        let host = Self.host(ofLogin: words[0], needsUser: true)
      else { return nil }
      (scheme, self.host, port) = (.ssh, host, 22)
      return
    }
    guard let scheme = Scheme(rawValue: String(text[..<separator.lowerBound])) else { return nil }
    let rest = text[separator.upperBound...]
    guard let slash = rest.firstIndex(of: "/"), rest.index(after: slash) < rest.endIndex else { return nil }
    var authority = rest[..<slash]
    var port = scheme == .https ? 443 : scheme == .http ? 80 : 22
    if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
      guard let number = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(number) else { return nil }
      port = number
      authority = authority[..<colon]
    }
    guard let host = Self.host(ofLogin: authority, needsUser: false), scheme == .ssh || !authority.contains("@") else {
      return nil
    }
    (self.scheme, self.host, self.port) = (scheme, host, port)
  }

  package var description: String { text }

  private static func host(ofLogin text: Substring, needsUser: Bool) -> String? {
    var host = text
    if let at = text.lastIndex(of: "@") {
      let user = text[..<at]
      // A password here would stand in lists and logs.
      guard !user.isEmpty, !user.hasPrefix("-"), user.utf8.allSatisfy({ isWord($0) }) else { return nil }
      host = text[text.index(after: at)...]
    } else if needsUser {
      return nil
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard let first = host.utf8.first, first != 45, host.utf8.count <= 253, host.utf8.allSatisfy({ isWord($0) || $0 == 58 })
    else {
      return nil
    }
    return String(host)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 46 || byte == 95
  }

  /// For whom a token is, as the store keeps it.
  package var authority: String { "\(host):\(port)" }

  /// Whether a token may go there: encrypted, or without leaving this machine.
  package var keepsTokens: Bool {
    scheme == .https || scheme == .http && (host == "localhost" || host == "::1" || host.hasPrefix("127."))
  }
}

/// Why a repository could not be read.
package enum GitProblem: Error, Hashable, Sendable, CustomStringConvertible {
  case noGit
  case unknownHost(String)
  /// It is on this machine or in a private network, and not allowed.
  case forbiddenHost(String, address: String)
  /// A token would go over the network in the open.
  case openToken(String)
  case failed(what: String, words: String)
  case timedOut(what: String, limit: Duration)
  case tooMuch(String)
  case tooLarge(megabytes: Int)
  case noSuchPath(path: String, commit: String)

  package var description: String {
    switch self {
    case .noGit: "there is no program git here\n  fix: install git on the server"
    case .unknownHost(let host): "the host \(host) is not known\n  fix: check the address"
    case .forbiddenHost(let host, let address):
      "\(host) is this machine or in a private network (\(address))\n  fix: who runs the server may allow it with --git-host \(host)"
    case .openToken(let host): "a token goes to \(host) encrypted, or not at all\n  fix: give an address with https://"
    case .failed(let what, let words): "\(what) failed: \(words)"
    case .timedOut(let what, let limit): "\(what) took longer than \(limit)"
    case .tooLarge(let megabytes):
      "a commit of the repository has more than \(megabytes) MiB\n  fix: keep large files elsewhere, or the stack in a repository of its own"
    case .tooMuch(let what): "\(what)\n  fix: name a smaller folder of the repository"
    case .noSuchPath(let path, let commit): "there is no folder \(path) in commit \(commit.prefix(12))"
    }
  }
}
