import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import SlipwayServer

@Suite struct HTTPExchangesTests {
  private static let get = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
  private static let halfPost = "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"

  /// One connection, with bytes on its outside and parts of HTTP on its inside.
  private struct Connection {
    let channel = EmbeddedChannel()
    private let limits = HTTPLimits()

    init(_ parts: ServerParts) throws {
      let facts = ListenerFacts(isEncrypted: false, isLocal: false, trustedProxies: [])
      let gate = SocketGate(
        gate: RequestGate(hosts: ["localhost"], origins: [], accounts: parts.accounts), facts: facts, accounts: parts.accounts,
        sockets: parts.sockets, logger: Logger(label: "test"), serve: { _, _ in })
      let operations = channel.pipeline.syncOperations
      try operations.addHandler(HTTPResponseEncoder())
      try operations.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)))
      try operations.addHandler(
        HTTPExchanges(limits: limits, sockets: gate, headers: SecurityHeaders(isEncrypted: false)))
      try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
    }

    func receive(_ text: String) {
      // WHY try?: what cannot be parsed is an error here too.
      _ = try? channel.writeInbound(ByteBuffer(string: text))
    }

    func answer(_ status: HTTPResponseStatus, _ body: String) throws {
      let head = HTTPResponseHead(version: .http1_1, status: status, headers: ["Content-Length": "\(body.utf8.count)"])
      try channel.writeOutbound(HTTPServerResponsePart.head(head))
      try channel.writeOutbound(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: body))))
      try channel.writeOutbound(HTTPServerResponsePart.end(nil))
    }

    /// All that was sent.
    func sent() throws -> String {
      var text = ""
      while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
      return text
    }

    func statuses() throws -> [String] {
      try sent().split(separator: "HTTP/1.1 ").compactMap { $0.prefix(3).allSatisfy(\.isNumber) ? String($0.prefix(3)) : nil }
    }

    /// These answers were sent, and no others, since the last look.
    func expect(_ wanted: [String], _ place: SourceLocation = #_sourceLocation) throws {
      let found = try statuses()
      #expect(found == wanted, sourceLocation: place)
    }

    func wait(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }
  }

  private func with(_ body: @Sendable (Connection) throws -> Void) async throws {
    try await ServedParts.with { parts, _ in try body(try Connection(parts)) }
  }

  // S-WEB-6
  @Test func `A body that is broken has one answer, and what comes of it later is not sent`() async throws {
    try await with { connection in
      connection.receive(Self.halfPost + "zz\r\n")
      try connection.answer(.internalServerError, "no")
      try connection.expect(["400"])
      connection.wait(.seconds(2))
      #expect(!connection.channel.isActive)
    }
  }

  @Test func `What is broken behind a good request is told after that one's answer`() async throws {
    try await with { connection in
      connection.receive(Self.get + "nonsense\r\n\r\n")
      try connection.expect([])
      try connection.answer(.ok, "fine")
      try connection.expect(["200", "400"])
    }
  }

  @Test func `A body that is broken after its answer gets no second one`() async throws {
    try await with { connection in
      connection.receive(Self.halfPost)
      try connection.answer(.forbidden, "no")
      connection.receive("zz\r\n")
      try connection.expect(["403"])
    }
  }

  // RFC 9110, 9.3.2
  @Test func `The answer to HEAD has the length and no body`() async throws {
    try await with { connection in
      connection.receive(Self.get.replacing("GET", with: "HEAD") + Self.get)
      try connection.answer(.ok, "secret")
      let sent = try connection.sent()
      #expect(sent.contains("Content-Length: 6") && sent.hasSuffix("\r\n\r\n"))
      try connection.answer(.ok, "public")
      let second = try connection.sent()
      #expect(second.hasSuffix("public"))
    }
  }

  // R-STOP-1
  @Test func `At a stop a request that does not come to its end is told 503 after its time`() async throws {
    try await with { connection in
      connection.receive(Self.halfPost)
      connection.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
      connection.wait(.seconds(2))
      try connection.expect([])
      connection.wait(.seconds(1))
      try connection.expect(["503"])
      connection.wait(.seconds(2))
      #expect(!connection.channel.isActive)
    }
  }

  @Test func `At a stop a request that is all there is answered, and then the connection ends`() async throws {
    try await with { connection in
      connection.receive(Self.get)
      connection.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
      connection.wait(.seconds(20))
      #expect(connection.channel.isActive)
      try connection.answer(.ok, "fine")
      try connection.expect(["200"])
      connection.wait(.seconds(2))
      #expect(!connection.channel.isActive)
    }
  }

  @Test func `A request that came when the idle time was over is not cut off`() async throws {
    try await with { connection in
      connection.channel.close(promise: nil)
      connection.receive(Self.get)
      connection.wait(.seconds(1))
      #expect(connection.channel.isActive)
      try connection.answer(.ok, "fine")
      try connection.expect(["200"])
      connection.channel.close(promise: nil)
      connection.wait(.seconds(1))
      #expect(!connection.channel.isActive)
    }
  }

  // S-WEB-1
  @Test(arguments: [
    ("/a?b", "localhost", "/a?b", "localhost"), ("http://evil/a", "localhost", "/a", "evil"),
    ("HTTPS://x:1?q", "y", "/?q", "x:1"),
    ("*", "y", "*", "y"), ("http://u@evil#/", "y", "/#/", "u@evil"),
  ])
  func `The host of an absolute address is the one that is meant`(_ uri: String, _ host: String, _ path: String, _ meant: String)
    throws
  {
    let head = try RequestTarget.normalized(HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: ["Host": host]))
    #expect(head.uri == path)
    #expect(head.headers["Host"] == [meant])
  }

  @Test(arguments: ["ftp://a/b", "a/b", "a:22", "", "http:/a"])
  func `An address of another form is refused`(_ uri: String) {
    #expect(throws: Problem.self) {
      try RequestTarget.normalized(HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: ["Host": "a"]))
    }
  }

  // RFC 6455, 4.2.1
  @Test(arguments: [
    (HTTPMethod.GET, "13", "dGhlIHNhbXBsZSBub25jZQ==", nil as Int?), (.POST, "13", "dGhlIHNhbXBsZSBub25jZQ==", 405),
    (.GET, "12", "dGhlIHNhbXBsZSBub25jZQ==", 426), (.GET, "13", "c2hvcnQ=", 400), (.GET, "13", "", 400),
    (.GET, "13", "dGhlIHNhbXBsZSBub25jZQ=", 400), (.GET, "13", "dGhlIHNhbXBsZSBub25jZSE=", 400),
  ])
  func `A handshake is GET, of version 13, with a key of 16 bytes`(
    _ method: HTTPMethod, _ version: String, _ key: String, _ status: Int?
  ) {
    let head = HTTPRequestHead(
      version: .http1_1, method: method, uri: "/api/v1/socket",
      headers: ["Sec-WebSocket-Version": version, "Sec-WebSocket-Key": key])
    #expect(SocketHandshake.fault(in: head)?.status.code == status)
  }
}
