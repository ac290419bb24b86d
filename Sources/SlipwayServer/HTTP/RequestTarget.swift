import HTTPTypes
import NIOHTTP1

/// What a request is for, by its address and its `Host` (RFC 9112, 3.2).
enum RequestTarget {
  /// The same request with a path as its address, and with one host: that of the address where it has one.
  ///
  /// - Throws: a `Problem` for an address of another form, and for more than one `Host`.
  static func normalized(_ sent: HTTPRequestHead) throws(Problem) -> HTTPRequestHead {
    guard sent.headers["host"].count <= 1 else {
      throw Problem(.badRequest, "host_ambiguous", "the request names several hosts")
    }
    if sent.uri.utf8.first == UInt8(ascii: "/") || sent.uri == "*" { return sent }
    guard let (authority, path) = absolute(sent.uri) else {
      throw Problem(.badRequest, "invalid_target", "the request's address is no path", remedy: "send GET /path and a Host")
    }
    var head = sent
    head.uri = path
    // Else its host would be checked, and another one be meant (S-WEB-1).
    head.headers.replaceOrAdd(name: "Host", value: authority)
    return head
  }

  /// The authority and the path of `http://host/path`; nil for anything else.
  private static func absolute(_ uri: String) -> (authority: String, path: String)? {
    let start = uri.prefix(8).lowercased()
    guard let scheme = ["http://", "https://"].first(where: { start.hasPrefix($0) }) else { return nil }
    let rest = uri.dropFirst(scheme.count)
    let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    guard end != rest.startIndex else { return nil }
    let path = rest[end...]
    return (String(rest[..<end]), path.hasPrefix("/") ? String(path) : "/" + path)
  }
}

extension Problem {
  /// What the decoder of HTTP found wrong.
  init(_ fault: HTTPParserError) {
    self =
      switch fault {
      case .headerOverflow:
        Problem(
          HTTPResponse.Status(code: 431, reasonPhrase: "Request Header Fields Too Large"), "header_too_large",
          "the request's header has too many or too long fields", remedy: "send at most 16 KiB and 100 fields")
      default: Problem(.badRequest, "invalid_http", "the request is no HTTP/1.1: \(fault.debugDescription)")
      }
  }
}
