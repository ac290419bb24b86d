import RevisionStore
import Testing

@testable import Accounts

/// S-OUT-3.
@Suite struct WebhookSignatureTests {
  private let secret = Secret<[UInt8]>(Array(0..<32))
  private let body = Array("{\"ref\":\"main\"}".utf8)
  private let now = Timestamp(milliseconds: 1_700_000_000_000)

  @Test func `What was signed with the secret is right, within five minutes`() {
    for seconds in [1_700_000_000 as Int64, 1_699_999_701, 1_700_000_299] {
      let header = WebhookSignature.header(body: body, secret: secret, seconds: seconds)
      #expect(WebhookSignature.checked(header, body: body, secret: secret, now: now) != nil)
    }
  }

  @Test func `Old, changed or foreign requests are not`() {
    let header = WebhookSignature.header(body: body, secret: secret, seconds: 1_700_000_000)
    #expect(WebhookSignature.checked(header, body: body + [32], secret: secret, now: now) == nil)
    #expect(WebhookSignature.checked(header, body: body, secret: Secret([1]), now: now) == nil)
    let old = WebhookSignature.header(body: body, secret: secret, seconds: 1_699_999_699)
    #expect(WebhookSignature.checked(old, body: body, secret: secret, now: now) == nil)
    let moved = header.replacing("t=1700000000", with: "t=1700000001")
    #expect(WebhookSignature.checked(moved, body: body, secret: secret, now: now) == nil)
  }

  /// Each has the right code for the text of its time.
  @Test(arguments: [
    "-9223372036854775808", "9223372036854775807", "+1700000000", "-0", "17000000000000000000", "000001700000000", "",
  ])
  func `A time that is no plain number of seconds is refused`(time: String) {
    let header = WebhookSignature.header(body: body, secret: secret, time: time)
    #expect(WebhookSignature.checked(header, body: body, secret: secret, now: now) == nil)
  }

  @Test(arguments: [
    "", "t=1", "v1=00", "t=x,v1=00", "t=1700000000,v1=zz", "t=1700000000,v1=" + String(repeating: "0", count: 63),
  ])
  func `A header of another shape is refused`(header: String) {
    #expect(WebhookSignature.checked(header, body: body, secret: secret, now: now) == nil)
  }
}
