/// What the engine's own naming of volumes tells.
package enum VolumeName {
  /// The engine names volumes that were given no name by 64 hexadecimal digits.
  package static func isAnonymous(_ name: String) -> Bool { name.utf8.count == 64 && name.allSatisfy(\.isHexDigit) }
}
