import Foundation
import Synchronization
package import Testing

extension Trait where Self == ConditionTrait {
  /// Runs only where `SLIPWAY_TEST_REMOTES` names a file that lists remote hosts which tests may disturb.
  package static var needsRemotes: Self {
    .enabled("set SLIPWAY_TEST_REMOTES to a JSON array of what scripts/remote-host prints") { RemoteHost.list != nil }
  }
}

/// An OpenSSH server in front of a private engine, as `scripts/remote-host` prints its settings.
///
/// The hosts are shared by all tests: one that disturbs a host borrows it, and leaves it as it was.
package struct RemoteHost: Decodable, Hashable, Sendable {
  /// Private keys, without a passphrase except `locked`; the host admits all but `stranger`.
  package struct Keys: Decodable, Hashable, Sendable {
    package let ed25519, ecdsa, rsa, locked, stranger: String
  }

  /// `SHA256:` and the hash of each host key, as `ssh-keygen -l` prints it.
  package struct Fingerprints: Decodable, Hashable, Sendable {
    package let ed25519, ecdsa, rsa: String
  }

  /// Home folders by user; the engine sees them under the same path. `guest` may not open the engine's socket.
  package struct Homes: Decodable, Hashable, Sendable {
    package let root, deploy, guest: String
  }

  package let name: String
  package let address: String
  package let port: Int
  package let homes: Homes
  /// Of every user.
  package let password: String
  /// Of the key `locked`.
  package let passphrase: String
  package let keys: Keys
  package let fingerprints: Fingerprints
  /// A file with the host's present keys, in the form of OpenSSH.
  package let knownHosts: String
  /// A client configuration of OpenSSH that knows the host by its name, and logs in as deploy.
  package let configuration: String
  /// Path of the engine's socket on the host.
  package let socket: String
  /// Address of the same engine for a direct look from here, without SSH.
  package let engine: String
  private let script: String
  private let root: String

  /// Path of the file that lists the hosts.
  fileprivate static var list: String? {
    guard let path = ProcessInfo.processInfo.environment["SLIPWAY_TEST_REMOTES"], !path.isEmpty else { return nil }
    return path
  }

  /// The hosts as they are now; an earlier test may have given them new keys.
  package static func all() async throws -> [RemoteHost] {
    let listed = try JSONDecoder().decode([RemoteHost].self, from: try Data(contentsOf: URL(fileURLWithPath: list ?? "")))
    var hosts: [RemoteHost] = []
    for host in listed { hosts.append(try await host.printed(by: "settings")) }
    return hosts
  }

  /// Runs `body` with hosts that no other test of this process uses meanwhile.
  package static func borrowing<Value>(_ count: Int = 1, _ body: ([RemoteHost]) async throws -> Value) async throws -> Value {
    let taken = await RemoteHostLoans.shared.take(count, of: try await all().map(\.name))
    defer { RemoteHostLoans.shared.give(taken) }
    let hosts = try await all()
    return try await body(hosts.filter { taken.contains($0.name) })
  }

  /// Packets vanish in both directions, and neither side is told.
  package func cut() async throws { try await run("cut") }

  /// Packets pass again after `cut`.
  package func heal() async throws { try await run("heal") }

  /// Ends all SSH sessions at once; what they run is left alone.
  package func reset() async throws { try await run("reset") }

  /// Stops the processes behind the present sessions: the connections stay, and nobody answers.
  package func freeze() async throws { try await run("freeze") }

  /// Lets frozen sessions go on.
  package func thaw() async throws { try await run("thaw") }

  /// Ends the listening server and starts it again; sessions go on.
  package func restart() async throws { try await run("restart") }

  /// Gives the host new host keys, and answers the host with their fingerprints.
  package func rekey() async throws -> RemoteHost { try await printed(by: "rekey") }

  /// Restarts the server with lines of `sshd_config` that count before its own, such as `AllowStreamLocalForwarding=no`.
  ///
  /// None brings the usual settings back.
  package func restart(with options: [String]) async throws { try await run("up", options.flatMap { ["-o", $0] }) }

  @discardableResult
  private func run(_ action: String, _ more: [String] = []) async throws -> String {
    let program = try await FinishedProgram.running(script, [action, name, "--root", root] + more)
    guard program.code == 0 else { throw Failure(host: name, action: action, code: program.code, errors: program.errors) }
    return program.output
  }

  private func printed(by action: String) async throws -> RemoteHost {
    try JSONDecoder().decode(RemoteHost.self, from: Data(try await run(action).utf8))
  }

  /// `scripts/remote-host` failed.
  package struct Failure: Error, CustomStringConvertible {
    let host: String
    let action: String
    let code: Int32
    let errors: String

    package var description: String { "remote-host \(action) \(host) ended with \(code): \(errors)" }
  }
}

/// Which hosts are lent, and who waits for one.
private final class RemoteHostLoans: Sendable {
  static let shared = RemoteHostLoans()

  private struct Wait {
    var count: Int
    var names: [String]
    var continuation: CheckedContinuation<[String], Never>
  }
  private let state = Mutex<(lent: Set<String>, waits: [Wait])>(([], []))

  func take(_ count: Int, of names: [String]) async -> [String] {
    precondition(count <= names.count, "scripts/test makes three hosts")
    return await withCheckedContinuation { continuation in
      serve { $0.append(Wait(count: count, names: names, continuation: continuation)) }
    }
  }

  func give(_ names: [String]) { serve(freeing: names) { _ in } }

  /// In the order of asking, so that nobody who wants many waits for ever.
  private func serve(freeing names: [String] = [], _ change: (inout [Wait]) -> Void) {
    let served = state.withLock { state -> [(Wait, [String])] in
      state.lent.subtract(names)
      change(&state.waits)
      var served: [(Wait, [String])] = []
      while let first = state.waits.first {
        let free = first.names.filter { !state.lent.contains($0) }
        guard free.count >= first.count else { break }
        let chosen = Array(free.prefix(first.count))
        state.lent.formUnion(chosen)
        served.append((state.waits.removeFirst(), chosen))
      }
      return served
    }
    for (wait, chosen) in served { wait.continuation.resume(returning: chosen) }
  }
}
