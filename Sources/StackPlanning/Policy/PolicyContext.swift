/// What the policy must know and no compose file says: only the engine and the host do.
package struct PolicyContext: Hashable, Sendable {
  /// A volume that the engine has.
  package struct HeldVolume: Hashable, Sendable {
    package var driver: String
    package var options: [String: String]
    /// The stack that it was made for; nil: none.
    package var owner: String?

    package init(driver: String, options: [String: String], owner: String?) {
      self.driver = driver
      self.options = options
      self.owner = owner
    }
  }

  /// The stack's own folder, without links; nil: it has none.
  package var ownFolder: String?
  /// Other folders that stacks may mount from.
  package var allowedRoots: [String] = []
  /// Where Slipway keeps its own things: never for a stack, but for its own folder.
  package var dataDirectories: [String] = []
  /// Where the engine in use listens, links followed too.
  package var engineSockets: [String] = []
  /// Where a path leads to with all links followed, of those that lead elsewhere.
  package var resolvedPaths: [String: String] = [:]
  /// By name.
  package var volumes: [String: HeldVolume] = [:]
  /// The stack of each network that belongs to one, by its name in the engine.
  package var networkOwners: [String: String] = [:]
  /// The stack of each container that belongs to one, by the name or id that was asked for.
  package var containerOwners: [String: String] = [:]
  /// Registries that images may come from; empty: any.
  package var registries: [String] = []
  /// Services whose images are pinned by the operation, whatever the file says.
  package var pinnedServices: Set<String> = []
  /// Names of environment variables that hold secrets.
  package var secretNames: Set<String> = []

  package init() {}
}
