import ComposeFile

/// What a volume gives to who mounts it, by its driver and that driver's options.
struct VolumeJudgement {
  struct Judged {
    var rule: PolicyRule
    var subject: String
    var message: String
    var remedy: String
  }

  let policy: ComposePolicy

  /// File systems of other machines and of memory: they show nothing of the host (mount(8)).
  private static let foreignTypes: Set<String> = ["nfs", "nfs4", "cifs", "smb3", "tmpfs"]

  func findings(_ name: String, _ driver: String, _ options: [String: String]) -> [Judged] {
    guard driver.isEmpty || driver == "local" else {
      return [
        Judged(
          rule: .extensions, subject: "volume \(name) \(driver)",
          message: "the volume \(name) has a driver that Docker does not bring: \(driver)", remedy: "use the driver local")
      ]
    }
    // As the engine reads them: `type`, `o` and `device` go to mount(2).
    let values = Dictionary(options.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
    let type = values["type"]?.lowercased() ?? ""
    let flags = (values["o"] ?? "").lowercased().split(separator: ",").map { $0.trimmingWhitespace() }
    guard let device = values["device"] ?? (values["type"] ?? values["o"]).map({ _ in "" }) else { return [] }
    let isBound = flags.contains { ["bind", "rbind"].contains($0) || $0.hasPrefix("bind=") || $0.hasPrefix("rbind=") }
    if !isBound, Self.foreignTypes.contains(type) { return [] }
    guard isBound || ["none", "bind", ""].contains(type) else {
      return [mounts(name, device.isEmpty ? type : device, "has the host mount \(type) \(device)")]
    }
    guard !device.isEmpty else { return [] }
    switch HostPath(context: policy.context).reach(of: device) {
    case nil: return []
    case .engine(let socket):
      var judged = mounts(name, device, "binds \(device), which gives the socket of an engine (\(socket))")
      judged.rule = .hostTakeover
      return [judged]
    case .outside(let reason): return [mounts(name, device, "binds \(device), which \(reason)")]
    }
  }

  private func mounts(_ name: String, _ device: String, _ what: String) -> Judged {
    Judged(
      rule: .hostPaths, subject: "volume \(name) \(device)", message: "the volume \(name) \(what)",
      remedy: "take the options out, or use a folder of the stack's own")
  }
}

extension Substring {
  fileprivate func trimmingWhitespace() -> String {
    var text = self
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }
}
