import ArgumentParser
import ComposeFile
import SlipwayClient

/// `slipway context`: the servers that commands may work through.
struct ContextCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "context", abstract: "List and choose the Slipway servers that commands work through.",
    discussion: """
      The strongest word first: --context, SLIPWAY_CONTEXT, SLIPWAY_URL with SLIPWAY_TOKEN, the current context; else the server \
      that owns the data directory, where one runs, for what changes a stack. The name embedded means: no server.
      """,
    subcommands: [
      ContextListCommand.self, ContextUseCommand.self, ContextShowCommand.self, ContextRemoveCommand.self,
    ])
}

/// The names of the contexts, for completion in a shell.
enum ContextNames {
  static let completion = CompletionKind.shellCommand("slipway context list --quiet 2>/dev/null")
}

struct ContextListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the contexts.", aliases: ["ls"])

  @OptionGroup var global: GlobalOptions

  @Flag(name: .customLong("quiet"), help: "Only names.")
  var quiet = false

  func run() async throws {
    let contexts = try ServerContexts.load(ProcessEnvironment.all)
    let sorted = contexts.contexts.sorted { $0.key < $1.key }
    if quiet { return StandardOutput.list(sorted.map(\.key), isJSON: global.isJSON) }
    if global.isJSON {
      let rows = sorted.map { ContextText.json($0.key, $0.value, isCurrent: $0.key == contexts.current) }
      StandardOutput.write(ComposeValue.list(rows).json(indented: true) + "\n")
      return
    }
    let rows = sorted.map { [$0.key == contexts.current ? "*" : " ", $0.key, $0.value.url, ContextText.proof($0.value)] }
    let embedded = [contexts.current == nil ? "*" : " ", ServerContexts.embedded, "-", "-"]
    StandardOutput.show(Table.text([["", "NAME", "URL", "KNOWN BY"], embedded] + rows))
  }
}

struct ContextUseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "use", abstract: "Work through this server from now on; embedded: through none.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Context, or embedded.", completion: ContextNames.completion)
  var name: String

  func run() async throws {
    let environment = ProcessEnvironment.all
    var contexts = try ServerContexts.load(environment)
    if name == ServerContexts.embedded {
      contexts.current = nil
    } else {
      _ = try contexts.context(name)
      contexts.current = name
    }
    try contexts.save(environment)
    StandardError.note("commands work \(name == ServerContexts.embedded ? "embedded" : "through \(name)") now")
  }
}

struct ContextShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what commands work through, and whether it answers.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Context; none: the one that commands would use.", completion: ContextNames.completion)
  var name: String?

  func run() async throws {
    var session = StackSession(global: global)
    if let name {
      var chosen = global
      chosen.context = name
      session = StackSession(global: chosen)
    }
    let kind: String
    var address: String?
    var answers: Bool?
    switch try await session.place() {
    case .embedded: kind = "embedded"
    case .local(let connection): (kind, address, answers) = ("local", connection.name, true)
    case .remote(let connection):
      kind = "server"
      address = connection.name
      answers = await connection.isAlive()
    }
    var named: String?
    if case .named(let name) = try session.contextChoice() { named = name }
    if global.isJSON {
      let fields = ComposeMap([
        ("kind", .string(kind)), ("name", named.map { .string($0) } ?? .null), ("url", address.map { .string($0) } ?? .null),
        ("answers", answers.map { .bool($0) } ?? .null),
      ])
      StandardOutput.write(ComposeValue.map(fields).json(indented: true) + "\n")
      return
    }
    let words =
      switch kind {
      case "embedded": "embedded: no server"
      case "local": "\(address ?? "") (the server that owns the data directory; what changes something goes through it)"
      default: "\(named.map { "\($0): " } ?? "")\(address ?? "")\(answers == true ? "" : " (does not answer)")"
      }
    StandardOutput.show(words + "\n")
  }
}

struct ContextRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Forget a context; its token goes on counting (slipway logout ends it).", aliases: ["rm"])

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Context.", completion: ContextNames.completion)
  var name: String

  func run() async throws {
    let environment = ProcessEnvironment.all
    var contexts = try ServerContexts.load(environment)
    _ = try contexts.context(name)
    contexts.forget(name)
    try contexts.save(environment)
    StandardError.note("forgot \(name)")
  }
}

/// Contexts as they are printed; never with their tokens.
private enum ContextText {
  static func proof(_ context: ServerContext) -> String {
    if let fingerprint = context.fingerprint { return "SHA256:\(fingerprint)" }
    return context.authority == nil ? "system" : "its authority"
  }

  static func json(_ name: String, _ context: ServerContext, isCurrent: Bool) -> ComposeValue {
    .map(
      ComposeMap([
        ("name", .string(name)), ("url", .string(context.url)), ("current", .bool(isCurrent)),
        ("knownBy", .string(proof(context))),
      ]))
  }
}
