/// Where a server is: an address of the network, or the unix socket of a data directory.
package enum ServerAddress: Hashable, Sendable, CustomStringConvertible {
  case network(host: String, port: Int, isEncrypted: Bool)
  case unixSocket(path: String)

  /// Reads `https://HOST[:PORT]`, `http://HOST[:PORT]` or `unix:///PATH`; the ports are those of HTTP (RFC 9110, 4.2).
  ///
  /// Nil: it is none of these, or has a path, a query or a user in it.
  package init?(_ text: String) {
    if text.hasPrefix("unix:///") {
      self = .unixSocket(path: String(text.dropFirst("unix://".count)))
      return
    }
    let lower = text.lowercased()
    guard let scheme = ["https://", "http://"].first(where: lower.hasPrefix) else { return nil }
    var place = text.dropFirst(scheme.count)
    while place.hasSuffix("/") { place = place.dropLast() }
    guard !place.isEmpty, place.utf8.count <= 260, !place.contains(where: { "/?#@ ".contains($0) }) else { return nil }
    let isEncrypted = scheme == "https://"
    var port = isEncrypted ? 443 : 80
    var host = place
    let afterHost = place.hasPrefix("[") ? place.lastIndex(of: "]") ?? place.startIndex : place.startIndex
    if let colon = place[afterHost...].lastIndex(of: ":"), place.hasPrefix("[") || !place[..<colon].contains(":") {
      guard let number = Int(place[place.index(after: colon)...]), (1...65_535).contains(number) else { return nil }
      port = number
      host = place[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { return nil }
    self = .network(host: String(host).lowercased(), port: port, isEncrypted: isEncrypted)
  }

  /// As people write it, and as a context keeps it.
  package var description: String {
    switch self {
    case .unixSocket(let path): "unix://\(path)"
    case .network(let host, let port, let isEncrypted):
      "\(isEncrypted ? "https" : "http")://\(Self.bracketed(host))\(port == (isEncrypted ? 443 : 80) ? "" : ":\(port)")"
    }
  }

  /// Whether what is sent stays on this machine, or is encrypted: anything else would show the token to whoever listens.
  package var keepsSecrets: Bool {
    switch self {
    case .unixSocket: true
    case .network(let host, _, let isEncrypted):
      isEncrypted || host == "localhost" || host == "::1" || Self.isLoopbackV4(host)
    }
  }

  private static func isLoopbackV4(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// The `Host` of a request. The server knows the name `slipway` on its unix socket.
  var authority: String {
    switch self {
    case .unixSocket: "slipway"
    case .network(let host, let port, let isEncrypted):
      Self.bracketed(host) + (port == (isEncrypted ? 443 : 80) ? "" : ":\(port)")
    }
  }

  private static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}
