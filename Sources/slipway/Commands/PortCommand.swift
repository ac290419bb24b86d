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
    let (name, all) = try await session.withContainers(of: project) { access in
      let summaries = try await access.summaries(all: true)
      let container = try ServiceExec.container(
        of: service, index: index, in: project,
        among: summaries.compactMap { ServiceContainer($0) }.sorted { ($0.number, $0.name) < ($1.number, $1.name) })
      return (container.name, Self.bindings(summaries.first { $0.id == container.id }?.ports ?? []))
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

  private static func bindings(_ ports: [PublishedPort]) -> [Binding] {
    let bindings = ports.compactMap { port in
      port.publicPort.map {
        Binding(
          port: port.privatePort, transport: port.kind, address: port.ip.isEmpty ? "0.0.0.0" : port.ip, published: $0)
      }
    }
    return bindings.sorted { ($0.port, $0.transport, $0.address) < ($1.port, $1.transport, $1.address) }
  }
}
