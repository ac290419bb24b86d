import ArgumentParser
import ComposeFile
import Orchestration
import RevisionStore
import SlipwayAPI
import SlipwayServer

/// `slipway server list`: from the store; no network.
struct ServerListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the servers.", aliases: ["ls"])

  @OptionGroup var global: GlobalOptions

  @Flag(name: .shortAndLong, help: "Only names.")
  var quiet = false

  func run() async throws {
    let session = StackSession(global: global)
    let servers: [ShownServer]
    if let served = try await session.servedServers() {
      servers = try await served.all().map { ShownServer($0) }
    } else {
      servers = try await session.servers().servers().map { ShownServer($0) }
    }
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
        server.name, server.address, server.jumps.isEmpty ? "-" : server.jumps.joined(separator: ","),
        server.dialText, server.proof,
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
    let isLocal = name == ServerName.local
    let server: ShownServer?
    let info: () async throws -> ServerInfoBody
    if let served = try await session.servedServers() {
      server = isLocal ? nil : ShownServer(try await served.server(named: name))
      info = { try await Interruption.cancelling(notice: nil) { [name] in try await served.info(of: name) } }
    } else {
      let settings = try session.settings()
      let directory = try await session.servers()
      server = isLocal ? nil : ShownServer(try await directory.server(named: name))
      info = {
        try await session.withTarget(try await directory.target(named: name) { StandardError.warn($0) }, settings) {
          ServerInfoBody(try await SystemInfo.gather($0, target: $1, dataDirectory: settings.dataDirectory), nil)
        }
      }
    }
    // Printed before the way there is tried: it may be what one came for.
    if let server, !global.isJSON { StandardOutput.show(Self.table(stored(server))) }
    guard server?.isJumpOnly != true else {
      if let server, global.isJSON { StandardOutput.write(ServerText.json(server).json(indented: true) + "\n") }
      return
    }
    let system = try await info()
    guard global.isJSON else { return _ = StandardOutput.show(Self.table(ServerText.rows(system))) }
    var fields = server.map(ServerText.fields) ?? ComposeMap([("name", .string(name))])
    fields["system"] = ServerText.json(system)
    StandardOutput.write(ComposeValue.map(fields).json(indented: true) + "\n")
  }

  private func stored(_ server: ShownServer) -> [[String]] {
    let rows = [["name", server.name], ["address", server.address]]
    guard server.isSSH else { return rows + [["login", "by certificate"], ["known by", server.proof]] }
    return rows + [
      ["jump hosts", server.jumps.isEmpty ? "none" : server.jumps.joined(separator: ", ")],
      ["login", server.login], ["host key", server.proof], ["socket", "\(server.socket ?? ""), by \(server.dialText)"],
    ]
  }

  /// All tables of the command have one width of labels.
  private static func table(_ rows: [[String]]) -> String {
    rows.map { row in
      row[0] + String(repeating: " ", count: 13 - row[0].count) + TerminalText.line(row[1]) + "\n"
    }.joined()
  }
}
