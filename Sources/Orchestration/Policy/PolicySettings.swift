import ComposeFile
import RevisionStore
package import StackPlanning

/// What the server's settings say of the compose policy.
package struct PolicySettings: Hashable, Sendable {
  /// The keys in the store.
  package static let levelKey = "policy.level"
  package static let rootsKey = "policy.roots"
  package static let registriesKey = "policy.registries"

  package var level = PolicyLevel.standard
  /// Folders of the host that every stack may mount.
  package var roots: [String] = []
  package var registries: [String] = []

  /// As stored; what is missing or unusable has its default.
  init(in store: RevisionStore) async throws {
    func value(_ key: String) async throws -> ComposeValue? {
      // WHY try?: a value of another version that is no JSON counts as none; the default is the stricter one.
      try await store.setting(key).flatMap { try? ComposeValue(json: Array($0.utf8)) }
    }
    if let level = try await value(Self.levelKey)?.string.flatMap({ PolicyLevel(rawValue: $0) }) { self.level = level }
    roots = try await value(Self.rootsKey)?.list?.compactMap(\.string) ?? []
    registries = try await value(Self.registriesKey)?.list?.compactMap(\.string) ?? []
  }
}
