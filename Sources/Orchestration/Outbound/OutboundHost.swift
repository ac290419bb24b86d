import Subprocess

/// A machine that is to be called in somebody's name: its addresses are looked up once, and what was checked is what is called
/// (S-OUT-1).
struct OutboundHost: Sendable {
  enum Refusal: Error { case unknown, inside(NetworkAddress), slow }

  /// Name servers may be slow, and asking them cannot be called off but by ending who asks.
  static let limit: Duration = .seconds(10)
  private static let answerBytes = 64 << 10

  /// At least one; each is one of the internet's, and none of this machine's.
  let addresses: [NetworkAddress]

  /// - Throws: `Refusal`, also when only one of several addresses is inside.
  static func lookedUp(_ name: String) async throws -> OutboundHost {
    let addresses = if let address = NetworkAddress(name) { [address] } else { try await found(name) }
    let own = NetworkAddress.own()
    if let inside = addresses.first(where: { !$0.isPublic || own.contains($0) }) { throw Refusal.inside(inside) }
    return OutboundHost(addresses: addresses)
  }

  /// As the machine's own configuration has it (nsswitch.conf(5)).
  private static func found(_ name: String) async throws -> [NetworkAddress] {
    let answer = try await withThrowingTaskGroup(of: String??.self) { group in
      group.addTask {
        let result = try await run(
          .name("getent"), arguments: ["ahosts", name], environment: .custom(["PATH": "/usr/bin:/bin", "LC_ALL": "C"]),
          output: .string(limit: answerBytes), error: .discarded)
        return .some(result.terminationStatus.isSuccess ? result.standardOutput : nil)
      }
      group.addTask {
        try await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
    guard let answer else { throw Refusal.slow }
    var addresses: [NetworkAddress] = []
    for line in (answer ?? "").split(separator: "\n") {
      guard let word = line.split(separator: " ").first, let address = NetworkAddress(word), !addresses.contains(address) else {
        continue
      }
      addresses.append(address)
    }
    guard !addresses.isEmpty else { throw Refusal.unknown }
    return addresses
  }
}
