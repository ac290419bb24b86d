import FoundationEssentials
import HTTPTypes
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// The opening handshake of a WebSocket, as the client sends it (RFC 6455, 4.2.1).
enum SocketHandshake {
  private static let version = "13"
  /// Bytes that the client has made up.
  private static let keySize = 16

  /// Whether the client asks for another protocol on this connection (RFC 9110, 7.8).
  static func isUpgrade(_ head: HTTPRequestHead) -> Bool { head.headers.contains(name: "upgrade") }

  /// Whether that is a WebSocket, where there is one.
  static func isWanted(_ head: HTTPRequestHead) -> Bool {
    has("websocket", in: "upgrade", head) && has("upgrade", in: "connection", head)
      && SocketKind(path: head.uri.prefix { $0 != "?" }) != nil
  }

  /// The same request as a plain call, the last one of its connection: behind the wish for another protocol the decoder reads
  /// no further.
  static func without(_ head: HTTPRequestHead) -> HTTPRequestHead {
    var head = head
    head.headers.remove(name: "upgrade")
    head.headers.replaceOrAdd(name: "connection", value: "close")
    return head
  }

  /// What is wrong with it; nil: nothing.
  static func fault(in head: HTTPRequestHead) -> Problem? {
    guard head.method == .GET else {
      var problem = Problem(.methodNotAllowed, "method_not_allowed", "a WebSocket is opened with GET")
      problem.headers[.allow] = "GET"
      return problem
    }
    guard head.version == .http1_1 else {
      return Problem(.badRequest, "invalid_handshake", "a WebSocket is opened with HTTP/1.1")
    }
    guard head.headers["sec-websocket-version"] == [version] else {
      var problem = Problem(
        HTTPResponse.Status(code: 426, reasonPhrase: "Upgrade Required"), "websocket_version",
        "this server speaks version \(version) of the WebSocket protocol")
      problem.headers[.secWebSocketVersion] = version
      return problem
    }
    let keys = head.headers["sec-websocket-key"]
    guard keys.count == 1, Data(base64Encoded: keys[0])?.count == keySize else {
      return Problem(.badRequest, "invalid_handshake", "Sec-WebSocket-Key is not \(keySize) bytes in base64")
    }
    return nil
  }

  private static func has(_ word: String, in name: String, _ head: HTTPRequestHead) -> Bool {
    head.headers[canonicalForm: name].contains { $0.lowercased() == word }
  }
}
