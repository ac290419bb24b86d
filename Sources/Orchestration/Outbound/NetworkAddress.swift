import Glibc

/// An address of a machine, IPv4 or IPv6; one of IPv4 that is written as IPv6 (`::ffff:…`) is that of IPv4.
struct NetworkAddress: Hashable, Sendable, CustomStringConvertible {
  /// 4 or 16, in the network's order.
  let bytes: [UInt8]

  /// Nil: a name, or nothing of the kind. A zone (`%eth0`) is left out.
  init?(_ text: some StringProtocol) {
    let text = String(text.prefix { $0 != "%" })
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: count)
      // SAFETY: the array has as many bytes as inet_pton(3) writes for the family.
      if unsafe inet_pton(family, text, &bytes) == 1 {
        self.init(bytes)
        return
      }
    }
    return nil
  }

  private init(_ bytes: [UInt8]) {
    let isMapped = bytes.count == 16 && bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
  }

  /// Whether it is one of the internet's, for everybody (RFC 6890): not this machine's, its link's, of a private network, of a
  /// group, or set aside.
  var isPublic: Bool { bytes.count == 4 ? Self.isPublic4(bytes) : isPublic6 }

  private static func isPublic4(_ bytes: [UInt8]) -> Bool {
    switch (bytes[0], bytes[1]) {
    case (0, _), (10, _), (127, _), (169, 254), (192, 168), (224..., _): false
    case (100, 64...127): false  // RFC 6598
    case (172, 16...31): false
    case (192, 0): bytes[2] != 0
    case (198, 18...19): false  // RFC 2544
    default: true
    }
  }

  private var isPublic6: Bool {
    // RFC 6052: an address of IPv4, behind the translator of an IPv6 network.
    if bytes.starts(with: [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) { return Self.isPublic4(Array(bytes.suffix(4))) }
    // RFC 3056: one of IPv4 in a tunnel.
    if bytes.starts(with: [0x20, 0x02]) { return Self.isPublic4(Array(bytes[2..<6])) }
    // RFC 4380 (another tunnel) and RFC 3849 (documentation) are within 2000::/3, which is all that is given out.
    return bytes[0] & 0xE0 == 0x20 && !bytes.starts(with: [0x20, 0x01, 0, 0]) && !bytes.starts(with: [0x20, 0x01, 0x0D, 0xB8])
  }

  var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    // SAFETY: the buffer has the length that inet_ntop(3) wants for the longer of the two families.
    unsafe inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Those of this machine.
  static func own() -> Set<NetworkAddress> {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard unsafe getifaddrs(&list) == 0 else { return [] }
    defer { unsafe freeifaddrs(list) }
    var found: Set<NetworkAddress> = []
    var next = unsafe list
    while let entry = unsafe next {
      unsafe next = entry.pointee.ifa_next
      guard let address = unsafe entry.pointee.ifa_addr else { continue }
      switch CInt(unsafe address.pointee.sa_family) {
      case AF_INET:
        // SAFETY: getifaddrs(3) gives a `sockaddr_in` for this family.
        let address = unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self).sin_addr
        found.insert(NetworkAddress(unsafe withUnsafeBytes(of: address) { unsafe Array($0) }))
      case AF_INET6:
        // SAFETY: and a `sockaddr_in6` for this one.
        let address = unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self).sin6_addr
        found.insert(NetworkAddress(unsafe withUnsafeBytes(of: address) { unsafe Array($0) }))
      default: continue
      }
    }
    return found
  }
}
