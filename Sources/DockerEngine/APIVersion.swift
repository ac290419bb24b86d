/// A version of the Engine API, such as 1.41.
package struct APIVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var major: Int
  package var minor: Int

  /// Docker Engine 20.10 and Podman 3.0: the oldest that Slipway speaks.
  package static let oldest = APIVersion(major: 1, minor: 41)
  /// Docker Engine 28.5: the newest that Slipway knows; newer engines are spoken to in this one.
  package static let newest = APIVersion(major: 1, minor: 51)

  package init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Reads `1.41`; nil when it is not two numbers.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), (0...999).contains(major),
      (0...9999).contains(minor)
    else { return nil }
    self.init(major: major, minor: minor)
  }

  package var description: String { "\(major).\(minor)" }

  package static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }
}

/// What a ping tells about an engine.
package struct EngineIdentity: Hashable, Sendable {
  /// The version that both sides speak, and that all calls use.
  package var apiVersion: APIVersion
  /// The newest version that the engine serves.
  package var servedVersion: APIVersion
  /// The `Server` header, such as `Docker/28.5.2 (linux)`.
  package var server: String
  package var osType: String
  package var isPodman: Bool
}
