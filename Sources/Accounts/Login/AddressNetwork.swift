import Glibc

/// The network that failures are counted for: a whole IPv4 address, the first half of an IPv6 one (S-AUTH-4), since one host
/// has as many of the second half as it likes.
package enum AddressNetwork {
  /// Of all that comes by the unix socket, or has no address.
  package static let local = "local"

  package static func name(of address: String?) -> String {
    guard let address, !address.isEmpty else { return local }
    // A zone is of this host only.
    let plain = String(address.prefix { $0 != "%" })
    var four = in_addr()
    // SAFETY: the text for the call only; the call fills one `in_addr` that we own.
    if unsafe inet_pton(AF_INET, plain, &four) == 1 { return plain }
    var six = in6_addr()
    // SAFETY: as above.
    guard unsafe inet_pton(AF_INET6, plain, &six) == 1 else { return local }
    let bytes = unsafe withUnsafeBytes(of: six) { unsafe Array($0) }
    // ::ffff:0:0/96 are IPv4 addresses (RFC 4291, section 2.5.5.2).
    if bytes.prefix(10).allSatisfy({ $0 == 0 }) && bytes[10] == 255 && bytes[11] == 255 {
      return bytes.suffix(4).map(String.init).joined(separator: ".")
    }
    let groups = stride(from: 0, to: 8, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
    return groups.joined(separator: ":") + "::/64"
  }
}
