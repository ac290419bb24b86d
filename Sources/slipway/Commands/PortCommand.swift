import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration

/// `slipway port`: as `docker compose port`.
struct PortCommand: StackCommand {
  static let serverUse = ServerUse.one
  static let configuration = CommandConfiguration(
    commandName: "port", abstract: "Show where the ports of a service are published.",
    discussion: "With a port of the container only its address here; without one all of them.")

  @OptionGroup var global: GlobalOptions

  @Option(name: .customLong("index"), help: ArgumentHelp("Which container of the service.", valueName: "number"))
  var index: Int?

  @Option(name: .customLong("protocol"), help: "tcp, udp or sctp; tcp.")
  var transport: String?

  @Argument(help: "Service.")
  var service: String

  @Argument(help: "Port of the container.")
  var privatePort: Int?

  private struct Binding {
    var port: Int
    var transport: String
    var address: String
    var published: Int

    /// `0.0.0.0:8080`, `[::]:8080`
    var host: String { (address.contains(":") ? "[\(address)]" : address) + ":\(published)" }
  }

  func run() async throws {
    if let privatePort, !(1...65_535).contains(privatePort) {
      throw CommandFailure("\(privatePort) is not a port\n  fix: give 1 to 65535")
    }
    let session = StackSession(global: global)
    let project = try session.projectName()
    let (service, index) = (service, index)
    let (name, all) = try await session.withOperations(notice: nil) { operations in
      let container = try await ServiceExec(operations.engine).container(of: service, index: index, in: project)
      return (container.name, Self.bindings(try await operations.engine.inspectContainer(container.id)))
    }
    let wanted = transport?.lowercased() ?? (privatePort == nil ? nil : "tcp")
    let found = all.filter { binding in
      (privatePort.map { binding.port == $0 } ?? true) && (wanted.map { binding.transport == $0 } ?? true)
    }
    if let privatePort, found.isEmpty {
      let others = all.map { "\($0.port)/\($0.transport)" }
      let unique = others.enumerated().filter { others.firstIndex(of: $1) == $0 }.map(\.element)
      throw CommandFailure(
        "no port \(privatePort)/\(wanted ?? "tcp") for container \(name)"
          + (unique.isEmpty ? ": it publishes none" : "\n  fix: it publishes \(unique.joined(separator: ", "))"))
    }
    if global.isJSON {
      let rows = found.map { binding in
        ComposeValue.map(
          ComposeMap([
            ("port", .int(binding.port)), ("protocol", .string(binding.transport)), ("address", .string(binding.address)),
            ("published", .int(binding.published)),
          ]))
      }
      StandardOutput.write(ComposeValue.list(rows).json(indented: true) + "\n")
    } else if privatePort != nil {
      StandardOutput.show((found.first?.host ?? "") + "\n")
    } else {
      StandardOutput.show(found.map { "\($0.port)/\($0.transport) -> \($0.host)\n" }.joined())
    }
  }

  private static func bindings(_ container: ContainerInspection) -> [Binding] {
    var bindings: [Binding] = []
    for (key, published) in container.networkSettings.ports {
      let parts = key.split(separator: "/").map(String.init)
      guard let port = parts.first.flatMap({ Int($0) }) else { continue }
      for binding in published ?? [] {
        guard let outside = Int(binding.hostPort) else { continue }
        bindings.append(
          Binding(
            port: port, transport: parts.count > 1 ? parts[1] : "tcp",
            address: binding.hostIP.isEmpty ? "0.0.0.0" : binding.hostIP, published: outside))
      }
    }
    return bindings.sorted { ($0.port, $0.transport, $0.address) < ($1.port, $1.transport, $1.address) }
  }
}
