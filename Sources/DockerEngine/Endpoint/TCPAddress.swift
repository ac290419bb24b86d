import Glibc

/// Where an engine listens on TCP: a name or an address, and a port.
package struct TCPAddress: Hashable, Sendable {
  /// Of engines without TLS and with it, where an address names none (IANA: docker, docker-s).
  package static let plainPort = 2375
  package static let securePort = 2376

  /// A name, or an IP address without brackets.
  package let host: String
  package let port: Int

  /// Whether an engine's address is one of TCP: `tcp://…`, or `HOST:PORT` alone as Docker's own tools take it.
  package static func isMeant(by text: String) -> Bool {
    if text.hasPrefix("tcp://") { return true }
    guard !text.contains("/"), let colon = text.lastIndex(of: ":") else { return false }
    return Int(text[text.index(after: colon)...]) != nil
  }

  /// One that was read before.
  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `tcp://HOST:PORT`; an IPv6 address stands in brackets. No host means `localhost`, as for Docker's own tools.
  ///
  /// A user and a password in it are not used and not kept.
  ///
  /// - Parameter isSecure: which port counts where none is named.
  package init(parsing text: String, isSecure: Bool) throws(EngineError) {
    func bad(_ reason: String) -> EngineError {
      // What stands before an @ may be a password.
      let shown = text.lastIndex(of: "@").map { "tcp://…" + text[$0...] } ?? text
      return .badEndpoint(text: printable(shown, limit: 200), reason: reason)
    }
    var rest = text.hasPrefix("tcp://") ? text.dropFirst("tcp://".count) : text[...]
    if rest.hasSuffix("/") { rest.removeLast() }
    if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    guard !rest.contains(where: { "/?#".contains($0) }) else { throw bad("a path is not possible; use tcp://HOST:PORT") }

    let name: Substring
    var digits: Substring?
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else { throw bad("the IPv6 address has no closing bracket") }
      name = rest[rest.index(after: rest.startIndex)..<end]
      let behind = rest[rest.index(after: end)...]
      guard behind.isEmpty || behind.hasPrefix(":") else { throw bad("only a port may follow the IPv6 address") }
      digits = behind.isEmpty ? nil : behind.dropFirst()
      guard Self.isIPv6(name) else { throw bad("[\(name)] is no IPv6 address") }
    } else if Self.isIPv6(rest) {
      name = rest
    } else {
      let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2 else { throw bad("an IPv6 address stands in brackets: tcp://[2001:db8::1]:2376") }
      name = parts.first.flatMap { $0.isEmpty ? nil : $0 } ?? "localhost"
      digits = parts.count == 2 ? parts[1] : nil
      guard name.utf8.count <= 253, name.utf8.allSatisfy(Self.isNameByte), !name.hasPrefix("-") else {
        throw bad("\"\(printable(String(name), limit: 100))\" is no name of a host")
      }
    }
    if let digits {
      guard let number = Int(digits), (1...65535).contains(number), digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
        throw bad("the port is not a number from 1 to 65535")
      }
      port = number
    } else {
      port = isSecure ? Self.securePort : Self.plainPort
    }
    host = String(name)
  }

  /// Whether the host is an IP address: then a certificate must name the address, not a name.
  package var isNumeric: Bool { Self.isIPv4(host) || host.contains(":") }

  /// Whether nobody but this machine's own users can reach it (RFC 1122 3.2.1.3, RFC 4291 2.5.3, RFC 6761 6.3).
  package var isLoopback: Bool {
    if Self.isIPv4(host) { return host.hasPrefix("127.") }
    if host.contains(":") {
      var address = in6_addr()
      guard unsafe inet_pton(AF_INET6, host, &address) == 1 else { return false }
      let bytes = unsafe withUnsafeBytes(of: &address) { unsafe Array($0) }
      let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
      return isMapped ? bytes[12] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }
    let name = host.lowercased()
    return name == "localhost" || name.hasSuffix(".localhost")
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func isIPv4(_ text: some StringProtocol) -> Bool {
    var address = in_addr()
    return unsafe inet_pton(AF_INET, String(text), &address) == 1
  }

  /// A zone (`fe80::1%eth0`) may follow.
  private static func isIPv6(_ text: some StringProtocol) -> Bool {
    var address = in6_addr()
    let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, parts.dropFirst().allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isNameByte) }) else {
      return false
    }
    return unsafe inet_pton(AF_INET6, String(first), &address) == 1
  }
}

extension TCPAddress: CustomStringConvertible {
  package var description: String { "tcp://" + (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}
