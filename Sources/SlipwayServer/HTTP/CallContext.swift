import HTTPTypes
import Hummingbird
import NIOCore

/// What Hummingbird hands on with each request: the connection that it came by, and what is known of that.
struct CallContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// Reading a body past this is refused by Hummingbird itself; the calls have limits of their own below it.
  var maxUploadSize: Int { 16 << 20 }
}

/// What a listener knows of the connections that it takes.
struct ListenerFacts: Sendable {
  /// Whether it speaks TLS.
  var isEncrypted: Bool
  /// Whether it is the unix socket of the data directory.
  var isLocal: Bool
  /// Addresses of proxies whose word on the client counts (S-AUTH-11).
  var trustedProxies: Set<String>

  /// Where a request came from.
  func origin(_ fields: HTTPFields, _ channel: any Channel) async -> RequestOrigin {
    let agent = String((fields[.userAgent] ?? "").prefix(200))
    if isLocal { return RequestOrigin(userAgent: agent, isSecure: true, localUser: await PeerUser.name(of: channel)) }
    let peer = channel.remoteAddress?.ipAddress
    var origin = RequestOrigin(address: peer, userAgent: agent, isSecure: isEncrypted)
    guard let peer, trustedProxies.contains(peer) else { return origin }
    // The last entry is the one that the proxy itself has written.
    if let client = fields[values: .forwardedFor].last?.split(separator: ",").last?.trimmingPrefix(while: { $0 == " " }) {
      origin.address = (try? SocketAddress(ipAddress: String(client), port: 0))?.ipAddress ?? peer
    }
    if fields[.forwardedProto]?.lowercased() == "https" { origin.isSecure = true }
    return origin
  }
}
