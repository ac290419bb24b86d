import FoundationEssentials
import NIOPosix

/// A program `docker-credential-NAME` that keeps secrets for the Docker CLI (docker-credential-helpers' protocol).
struct CredentialHelper {
  static let limit: Duration = .seconds(10)
  static let maximumOutputBytes = 64 << 10

  let name: String
  let searchPath: String
  var limit = Self.limit

  /// Asks the helper; nil when it has nothing for the registry.
  func credentials(for registry: String) async throws(EngineError) -> RegistryAuth? {
    let allowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard allowed, !name.isEmpty else {
      throw .credentials(registry: registry, reason: "\"\(name)\" is not the name of a credential helper")
    }
    let program = "docker-credential-\(name)"
    let output = try await run(program, registry: registry)
    guard output.status == 0 else {
      // The protocol's own text, on standard output, for an unknown server.
      let text = String(decoding: output.bytes, as: UTF8.self)
      if text.contains("credentials not found") { return nil }
      throw .credentials(registry: registry, reason: "\(program) failed (\(output.status)): \(printable(text, limit: 300))")
    }
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(output.bytes)) else {
      throw .credentials(registry: registry, reason: "\(program) answered something that is not JSON credentials")
    }
    if answer.secret.isEmpty { return nil }
    // The protocol's mark for a token in place of a password.
    if answer.username == "<token>" { return RegistryAuth(identityToken: answer.secret, serverAddress: registry) }
    return RegistryAuth(username: answer.username, password: answer.secret, serverAddress: registry)
  }

  private func run(_ program: String, registry: String) async throws(EngineError) -> HelperOutput {
    let limit = limit
    let folders = searchPath.split(separator: ":").filter { $0.hasPrefix("/") }
    guard let file = folders.map({ "\($0)/\(program)" }).first(where: isExecutable) else {
      throw .credentials(registry: registry, reason: "\(program) is not on the PATH; install it or remove it from config.json")
    }
    do {
      // Waiting for a process blocks a thread, so it is one of the pool for that.
      return try await NIOThreadPool.singleton.runIfActive {
        try runHelper([file, "get"], input: Array(registry.utf8), limit: limit, outputBytes: Self.maximumOutputBytes)
      }
    } catch let failure as HelperFailure {
      throw .credentials(registry: registry, reason: "\(program): \(failure.reason)")
    } catch {
      throw .credentials(registry: registry, reason: "\(program): \(error)")
    }
  }

  private struct Answer: WireValue {
    @OrDefault var username: String
    @OrDefault var secret: String

    private enum CodingKeys: String, CodingKey {
      case username = "Username"
      case secret = "Secret"
    }
  }
}
