import ComposeFile
import SlipwayAPI

/// Servers as they are printed.
enum ServerText {
  static func json(_ server: ShownServer) -> ComposeValue { .map(fields(server)) }

  /// What only servers over SSH have is null for others.
  static func fields(_ server: ShownServer) -> ComposeMap {
    func text(_ value: String?) -> ComposeValue { value.map { .string($0) } ?? .null }
    return ComposeMap([
      ("name", .string(server.name)), ("address", .string(server.address)), ("socket", text(server.socket)),
      ("jumps", .list(server.jumps.map { .string($0) })), ("jumpOnly", .bool(server.isJumpOnly)),
      ("login", .string(server.login)), ("dial", text(server.dial)),
      ("hostKeyType", text(server.hostKeyType)), ("fingerprint", text(server.fingerprint)),
    ])
  }

  // MARK: System

  /// Label and value of each line.
  static func rows(_ system: ServerInfoBody) -> [[String]] {
    let product = system.podman ? "Podman" : "Docker Engine"
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

  static func json(_ system: ServerInfoBody) -> ComposeValue {
    func number(_ value: Int64?) -> ComposeValue { value.map { .int(Int($0)) } ?? .null }
    func disk(_ disk: ServerInfoBody.Disk?) -> ComposeValue {
      guard let disk else { return .null }
      return .map(
        ComposeMap([
          ("path", .string(disk.path)), ("sizeBytes", number(disk.sizeBytes)), ("freeBytes", number(disk.freeBytes)),
        ]))
    }
    return .map(
      ComposeMap([
        ("engineVersion", .string(system.engineVersion)), ("apiVersion", .string(system.apiVersion)),
        ("isPodman", .bool(system.podman)), ("operatingSystem", .string(system.operatingSystem)),
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

  /// With a blank between its words, as it is shown.
  private static func outcome(_ step: ServerTestBody.Step) -> String { step.outcome == "not_tried" ? "not tried" : step.outcome }

  static func text(_ test: ServerTestBody) -> String {
    let hops = Set(test.steps.map(\.host))
    var text = "\(test.server)\n"
    for step in test.steps {
      let place = hops.count > 1 ? "\(step.host): " : ""
      let time = step.milliseconds.map { " (\($0) ms)" } ?? ""
      let words = step.outcome == "not_tried" ? "" : "\(place)\(step.message)\(time)"
      text += "  \(padded(outcome(step), 11))\(padded(step.name, 13))\(words)".trimmedEnd + "\n"
      if let remedy = step.remedy { text += "    fix: \(remedy)\n" }
    }
    return text
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  static func json(_ test: ServerTestBody) -> ComposeValue {
    let steps = test.steps.map { step in
      ComposeValue.map(
        ComposeMap([
          ("name", .string(step.name)), ("host", .string(step.host)), ("outcome", .string(outcome(step))),
          ("message", .string(step.message)), ("remedy", step.remedy.map { .string($0) } ?? .null),
          ("milliseconds", step.milliseconds.map { .int($0) } ?? .null),
        ]))
    }
    return .map(
      ComposeMap([
        ("server", .string(test.server)), ("ok", .bool(test.ok)), ("dial", test.dial.map { .string($0) } ?? .null),
        ("steps", .list(steps)),
      ]))
  }
}

extension String {
  fileprivate var trimmedEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
