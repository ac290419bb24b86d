import Testing

@testable import SlipwayTesting

@Suite struct ScannerTests {
  @Test(arguments: [1, 2, 5, 1000])
  func `Requests are told apart over any cuts and no byte is lost`(cut: Int) throws {
    let wire = Array(
      ("GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n" + "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
        + "PUT /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n"
        + "POST /c HTTP/1.1\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}GET /raw").utf8)
    var scanner = HTTPRequestScanner()
    var heads: [String] = []
    var ends = 0
    var passed: [UInt8] = []
    var rest = wire[...]
    while !rest.isEmpty {
      for event in try scanner.take(Array(rest.prefix(cut))) {
        switch event {
        case .head(let head, let bytes):
          heads.append("\(head.method) \(head.target)")
          passed += bytes
        case .body(let bytes), .raw(let bytes): passed += bytes
        case .end: ends += 1
        }
      }
      rest = rest.dropFirst(cut)
    }
    #expect(heads == ["GET /_ping", "POST /a", "PUT /b", "POST /c"])
    #expect(passed == wire)
    #expect(ends == 4)
  }
}
