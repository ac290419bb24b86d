import ArgumentParser
import ComposeFile
import Orchestration
import RevisionStore

/// `slipway server list`: from the store; no network.
struct ServerListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the servers.", aliases: ["ls"])

  @OptionGroup var global: GlobalOptions

  @Flag(name: .shortAndLong, help: "Only names.")
  var quiet = false

  func run() async throws {
    let servers = try await StackSession(global: global).servers().servers()
    if quiet {
      StandardOutput.list(servers.map(\.name), isJSON: global.isJSON)
      return
    }
    if global.isJSON {
      StandardOutput.write(ComposeValue.list(servers.map(ServerText.json)).json(indented: true) + "\n")
      return
    }
    let rows = servers.map { server in
      [
        server.name, ServerText.address(server), server.jumps.isEmpty ? "-" : server.jumps.joined(separator: ","),
        ServerText.dial(server), ServerText.proof(server),
      ]
    }
    StandardOutput.show(Table.text([["NAME", "ADDRESS", "JUMP", "DIAL", "KNOWN BY"]] + rows))
  }
}

/// `slipway server show`: what is stored of a server, and how its machine is.
struct ServerShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a server and the state of its machine; local is this one.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Server.", completion: ServerNames.completion)
  var name: String

  func run() async throws {
    let session = StackSession(global: global)
    let settings = try session.settings()
    let directory = try session.servers()
    let server = name == ServerName.local ? nil : try await directory.server(named: name)
    // Printed before the way there is tried: it may be what one came for.
    if let server, !global.isJSON { StandardOutput.show(Self.table(stored(server))) }
    guard server?.isJumpOnly != true else {
      if let server, global.isJSON { StandardOutput.write(ServerText.json(server).json(indented: true) + "\n") }
      return
    }
    let system = try await session.withTarget(try await directory.target(named: name) { StandardError.warn($0) }, settings) {
      try await SystemInfo.gather($0, target: $1, dataDirectory: settings.dataDirectory)
    }
    guard global.isJSON else { return _ = StandardOutput.show(Self.table(ServerText.rows(system))) }
    var fields = server.map(ServerText.fields) ?? ComposeMap([("name", .string(name))])
    fields["system"] = ServerText.json(system)
    StandardOutput.write(ComposeValue.map(fields).json(indented: true) + "\n")
  }

  private func stored(_ server: Server) -> [[String]] {
    let rows = [["name", server.name], ["address", ServerText.address(server)]]
    guard let ssh = server.ssh else { return rows + [["login", "by certificate"], ["known by", ServerText.proof(server)]] }
    return rows + [
      ["jump hosts", ssh.jumps.isEmpty ? "none" : ssh.jumps.joined(separator: ", ")],
      ["login", ssh.credential.rawValue], ["host key", ServerText.proof(server)],
      ["socket", "\(ssh.socket), by \(ServerText.dial(server))"],
    ]
  }

  /// All tables of the command have one width of labels.
  private static func table(_ rows: [[String]]) -> String {
    rows.map { row in
      row[0] + String(repeating: " ", count: 13 - row[0].count) + TerminalText.line(row[1]) + "\n"
    }.joined()
  }
}
