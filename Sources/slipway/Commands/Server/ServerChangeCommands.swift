import ArgumentParser
import ComposeFile
import Orchestration
import RevisionStore
import SSHTransport
import SlipwayAPI

/// `slipway server remove`: forgets a server.
struct ServerRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Forget a server and its secrets.",
    discussion:
      "Nothing changes on the server. The history of its stacks stays, and counts again when it is added by the same name.",
    aliases: ["rm"])

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Server.", completion: ServerNames.completion)
  var name: String

  func run() async throws {
    let session = StackSession(global: global)
    let jumps: [String]
    let others: [ShownServer]
    if let served = try await session.servedServers() {
      jumps = try await served.server(named: name).jumps
      try await served.remove(name)
      StandardError.note("removed \(name)")
      others = try await served.all().map { ShownServer($0) }
    } else {
      let directory = try await session.servers()
      jumps = try await directory.server(named: name).jumps
      try await directory.change(.remove(name))
      StandardError.note("removed \(name)")
      others = try await directory.servers().map { ShownServer($0) }
    }
    let idle = jumps.filter { jump in
      others.contains { $0.name == jump && $0.isJumpOnly } && !others.contains { $0.jumps.contains(jump) }
    }
    for jump in idle { StandardError.note("no server is reached through \(jump) any more: slipway server remove \(jump)") }
  }
}

/// `slipway server rename`: another name; the stacks' history goes along.
struct ServerRenameCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename", abstract: "Give a server another name; its stacks and their revisions go along.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Server.", completion: ServerNames.completion)
  var name: String

  @Argument(help: "New name.")
  var newName: String

  func run() async throws {
    let new = try ServerName(argument: newName)
    let session = StackSession(global: global)
    if let served = try await session.servedServers() {
      _ = try await served.server(named: name)
      try await served.rename(name, to: new)
    } else {
      let directory = try await session.servers()
      _ = try await directory.server(named: name)
      try await directory.change(.rename(name, to: new))
    }
    StandardError.note("\(name) is \(new) now")
  }
}

/// `slipway server rotate-key`: another key to log in with.
struct ServerRotateKeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate-key", abstract: "Log in with another key from now on.",
    discussion: """
      Without --identity a new Ed25519 key is made, written to ~/.ssh/authorized_keys on the server with the old login, tried \
      and stored; then the old key's line is removed there. With --identity the server must know the key already. Whatever \
      fails leaves a login that works.
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Server.", completion: ServerNames.completion)
  var name: String

  @Option(
    name: .customLong("identity"), help: ArgumentHelp("Private key that the server takes already.", valueName: "file"),
    completion: .file())
  var identity: String?

  @Option(
    name: .customLong("passphrase-file"),
    help: ArgumentHelp("File whose first line is the key's passphrase; asked for on a terminal.", valueName: "file"),
    completion: .file())
  var passphraseFile: String?

  func run() async throws {
    let session = StackSession(global: global)
    let (name, identity, file) = (name, identity, passphraseFile)
    let credential = try identity.map { path in
      try ServerIdentity.key(path: path) {
        if let file { return try ServerIdentity.word(path: file, what: "the passphrase") }
        return Question.isPossible ? Question.secretAnswer("passphrase of \(path): ") : nil
      }
    }
    let rotate: @Sendable () async throws -> RotatedKeyBody
    if let served = try await session.servedServers() {
      rotate = { try await served.rotateKey(of: name, to: credential) }
    } else {
      let rotation = KeyRotation(try await session.servers())
      rotate = {
        let made: KeyRotation.Result
        if let credential {
          made = try await rotation.rotate(name, to: credential)
        } else {
          made = try await rotation.rotate(name)
        }
        return RotatedKeyBody(server: name, key: made.key.line, fingerprint: made.key.fingerprint, leftover: made.leftover)
      }
    }
    let result = try await Interruption.cancelling(notice: "the change of keys is finished first") { try await rotate() }
    if global.isJSON {
      let fields = ComposeMap([
        ("server", .string(name)), ("key", .string(result.key)), ("fingerprint", .string(result.fingerprint)),
        ("leftover", result.leftover.map { .string($0) } ?? .null),
      ])
      StandardOutput.write(ComposeValue.map(fields).json(indented: true) + "\n")
    } else {
      let type = result.key.prefix { $0 != " " }
      StandardOutput.show("\(name) is logged in to with \(type) \(result.fingerprint) now\n")
      if let leftover = result.leftover { StandardError.warn(leftover) }
    }
  }
}
