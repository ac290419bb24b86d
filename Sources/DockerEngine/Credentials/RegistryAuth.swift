import FoundationEssentials

/// Credentials for one registry, as the engine takes them in `X-Registry-Auth`. Prints as dots.
package struct RegistryAuth: Hashable, Sendable {
  package var username: String
  package var serverAddress: String
  private var password: String
  private var identityToken: String

  package init(username: String, password: String, serverAddress: String) {
    self.username = username
    self.password = password
    self.serverAddress = serverAddress
    identityToken = ""
  }

  package init(identityToken: String, serverAddress: String) {
    username = ""
    password = ""
    self.serverAddress = serverAddress
    self.identityToken = identityToken
  }

  /// What the engine accepts in place of credentials.
  static let anonymous = RegistryAuth(username: "", password: "", serverAddress: "")

  /// Base64 with the URL alphabet over JSON (Engine API, "Authentication"). Secret.
  package var headerValue: String { Self.encoded(fields) }

  /// What `X-Registry-Config` takes: credentials for several registries, by address. Secret.
  static func configHeader(_ auths: [String: RegistryAuth]) -> String { encoded(auths.mapValues(\.fields)) }

  private var fields: [String: String] {
    var fields: [String: String] = [:]
    if !username.isEmpty { fields["username"] = username }
    if !password.isEmpty { fields["password"] = password }
    if !identityToken.isEmpty { fields["identitytoken"] = identityToken }
    if !serverAddress.isEmpty { fields["serveraddress"] = serverAddress }
    return fields
  }

  private static func encoded(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Dictionaries of strings always encode; were it not so, the engine would answer as to anonymous.
    let json = (try? encoder.encode(value)) ?? Data("{}".utf8)
    return String(json.base64EncodedString().map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
  }

  /// The secret itself, for tests and for other clients of the registry.
  package var secret: String { identityToken.isEmpty ? password : identityToken }
}

extension RegistryAuth: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "RegistryAuth(\(serverAddress), ••••)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["serverAddress": serverAddress]) }
}
