import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore
import SSHTransport

/// Servers as they are printed.
enum ServerText {
  static func address(_ server: Server) -> String {
    switch server.way {
    case .ssh(let ssh):
      let host = ssh.host.contains(":") ? "[\(ssh.host)]" : ssh.host
      return "ssh://\(ssh.user)@\(host)" + (ssh.port == SSHAddress.standardPort ? "" : ":\(ssh.port)")
    case .tls(let tls): return TCPAddress(host: tls.host, port: Int(tls.port)).description
    }
  }

  /// How we know that it is the right one.
  static func proof(_ server: Server) -> String {
    switch server.way {
    case .ssh(let ssh): "\(ssh.hostKeyType) \(fingerprint(ssh))"
    case .tls: "a certificate of its authority"
    }
  }

  private static func fingerprint(_ ssh: Server.SSH) -> String { HostKey(blob: ssh.hostKey)?.fingerprint ?? "damaged" }

  static func dial(_ server: Server) -> String {
    switch server.way {
    case .ssh(let ssh): ssh.dial ?? (ssh.isJumpOnly ? "jump only" : "not known yet")
    case .tls: "tls"
    }
  }

  static func json(_ server: Server) -> ComposeValue { .map(fields(server)) }

  /// What only servers over SSH have is null for others.
  static func fields(_ server: Server) -> ComposeMap {
    let ssh = server.ssh
    func text(_ value: String?) -> ComposeValue { value.map { .string($0) } ?? .null }
    return ComposeMap([
      ("name", .string(server.name)), ("address", .string(address(server))), ("socket", text(ssh?.socket)),
      ("jumps", .list(server.jumps.map { .string($0) })), ("jumpOnly", .bool(server.isJumpOnly)),
      ("login", .string(ssh?.credential.rawValue ?? "certificate")), ("dial", text(ssh.map { $0.dial } ?? "tls")),
      ("hostKeyType", text(ssh?.hostKeyType)), ("fingerprint", text(ssh.map(fingerprint))),
    ])
  }

  // MARK: System

  /// Label and value of each line.
  static func rows(_ system: SystemInfo) -> [[String]] {
    let product = system.isPodman ? "Podman" : "Docker Engine"
    var rows = [
      ["engine", "\(product) \(system.engineVersion), API \(system.apiVersion)"],
      ["system", "\(system.operatingSystem), kernel \(system.kernelVersion), \(system.architecture)"],
      ["processors", "\(system.processors)" + (system.load.map { ", load \($0.map { "\($0)" }.joined(separator: " "))" } ?? "")],
    ]
    let total = size(system.memoryBytes)
    rows.append(["memory", system.availableMemoryBytes.map { "\(size($0)) of \(total) available" } ?? total])
    for (label, disk) in [("engine disk", system.rootDisk), ("files disk", system.filesDisk)] {
      rows.append([label, disk.map { "\(size($0.freeBytes)) of \(size($0.sizeBytes)) free (\($0.path))" } ?? "not known"])
    }
    if let seconds = system.uptimeSeconds { rows.append(["up for", HumanText.duration(seconds: seconds)]) }
    rows += [
      ["storage", system.storageDriver], ["cgroup", "version \(system.cgroupVersion), driver \(system.cgroupDriver)"],
      ["clock", system.clockSkewMilliseconds.map(skew) ?? "not known"],
      ["containers", "\(system.containersRunning) of \(system.containers) running"], ["images", "\(system.images)"],
    ]
    return rows
  }

  private static func size(_ bytes: Int64) -> String { HumanText.binarySize(UInt64(max(0, bytes))) }

  private static func skew(_ milliseconds: Int64) -> String {
    // Less than what a call's own time hides.
    guard abs(milliseconds) >= 1000 else { return "with ours" }
    return "\(abs(milliseconds) / 1000) s \(milliseconds > 0 ? "ahead of" : "behind") ours"
  }

  static func json(_ system: SystemInfo) -> ComposeValue {
    func number(_ value: Int64?) -> ComposeValue { value.map { .int(Int($0)) } ?? .null }
    func disk(_ disk: SystemInfo.Disk?) -> ComposeValue {
      guard let disk else { return .null }
      return .map(
        ComposeMap([
          ("path", .string(disk.path)), ("sizeBytes", number(disk.sizeBytes)), ("freeBytes", number(disk.freeBytes)),
        ]))
    }
    return .map(
      ComposeMap([
        ("engineVersion", .string(system.engineVersion)), ("apiVersion", .string(system.apiVersion)),
        ("isPodman", .bool(system.isPodman)), ("operatingSystem", .string(system.operatingSystem)),
        ("kernelVersion", .string(system.kernelVersion)), ("architecture", .string(system.architecture)),
        ("processors", .int(system.processors)), ("memoryBytes", number(system.memoryBytes)),
        ("availableMemoryBytes", number(system.availableMemoryBytes)),
        ("load", system.load.map { .list($0.map { .string("\($0)") }) } ?? .null),
        ("uptimeSeconds", number(system.uptimeSeconds)), ("storageDriver", .string(system.storageDriver)),
        ("cgroupVersion", .string(system.cgroupVersion)), ("cgroupDriver", .string(system.cgroupDriver)),
        ("rootDisk", disk(system.rootDisk)), ("filesDisk", disk(system.filesDisk)),
        ("clockSkewMilliseconds", number(system.clockSkewMilliseconds)), ("containers", .int(system.containers)),
        ("containersRunning", .int(system.containersRunning)), ("images", .int(system.images)),
      ]))
  }

  // MARK: Tests

  static func text(_ name: String, _ test: ServerTest) -> String {
    let hops = Set(test.steps.map(\.hop))
    var text = "\(name)\n"
    for step in test.steps {
      let place = hops.count > 1 ? "\(step.hop): " : ""
      let time = step.milliseconds.map { " (\($0) ms)" } ?? ""
      let words = step.outcome == .notTried ? "" : "\(place)\(step.message)\(time)"
      text += "  \(padded(step.outcome.rawValue, 11))\(padded(step.name, 13))\(words)".trimmedEnd + "\n"
      if let remedy = step.remedy { text += "    fix: \(remedy)\n" }
    }
    return text
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  static func json(_ name: String, _ test: ServerTest) -> ComposeValue {
    let steps = test.steps.map { step in
      ComposeValue.map(
        ComposeMap([
          ("name", .string(step.name)), ("host", .string(step.hop)), ("outcome", .string(step.outcome.rawValue)),
          ("message", .string(step.message)), ("remedy", step.remedy.map { .string($0) } ?? .null),
          ("milliseconds", step.milliseconds.map { .int($0) } ?? .null),
        ]))
    }
    return .map(
      ComposeMap([
        ("server", .string(name)), ("ok", .bool(test.failure == nil)),
        ("dial", test.dial.map { .string($0.rawValue) } ?? .null), ("steps", .list(steps)),
      ]))
  }
}

extension String {
  fileprivate var trimmedEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
