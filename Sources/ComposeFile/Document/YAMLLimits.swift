/// Bounds on what one YAML text may cost (rule S-IN-4), checked on libyaml's events so that reading stops early.
package struct YAMLLimits: Sendable {
  /// Bytes of one file.
  package var fileBytes = 1 << 20
  /// Documents of one file; each is merged onto those before it.
  package var documents = 100
  /// Nesting of mappings and lists.
  package var depth = 64
  /// Nodes as written.
  package var nodes = 100_000
  /// Uses of anchors.
  package var aliases = 1_000
  /// Nodes after aliases and merge keys are resolved.
  package var expandedNodes = 500_000
  /// Bytes of one scalar.
  package var scalarBytes = 256 << 10

  package init() {}
}
