/// A rule of the compose policy (S-POL): what a stack may not ask of the host without an admin's word.
package enum PolicyRule: String, Hashable, Sendable, Codable, CaseIterable {
  /// Privileged containers, and the sockets of engines: whoever has them is root on the host.
  case hostTakeover = "POL-1"
  /// Paths of the host outside of the stack's own folder.
  case hostPaths = "POL-2"
  /// Namespaces of the host, and what belongs to other stacks.
  case namespaces = "POL-3"
  case capabilities = "POL-4"
  /// Devices, and kernel settings that hold for the whole host.
  case devices = "POL-5"
  /// What takes away the engine's own protections.
  case confinement = "POL-6"
  /// Plugins, runtimes and what brings programs or rights from elsewhere.
  case extensions = "POL-7"
  /// Images that may change, ports open to everybody, no limits, secrets in the open.
  case advice = "POL-8"
}

/// How strict the policy is.
package enum PolicyLevel: String, Hashable, Sendable, Codable, CaseIterable {
  /// Everything is allowed; findings are shown.
  case open
  case standard
  case strict
}

/// What a finding comes to at each level: the columns of the table of S-POL.
struct PolicyWeight {
  var open: PolicyFinding.Severity?
  var standard: PolicyFinding.Severity?
  var strict: PolicyFinding.Severity?

  subscript(level: PolicyLevel) -> PolicyFinding.Severity? {
    switch level {
    case .open: open
    case .standard: standard
    case .strict: strict
    }
  }

  static let usual = PolicyWeight(open: .warn, standard: .deny, strict: .deny)
  /// POL-3 but for pid, ipc and userns; POL-5 but for devices.
  static let lenient = PolicyWeight(open: .warn, standard: .warn, strict: .deny)
  /// POL-4: capabilities that are not named there.
  static let strictOnly = PolicyWeight(open: nil, standard: nil, strict: .deny)
  /// POL-8: the image, and where it comes from.
  static let image = PolicyWeight(open: nil, standard: .warn, strict: .deny)
  static let hint = PolicyWeight(open: nil, standard: .warn, strict: .warn)
}
