import ArgumentParser
import ComposeFile
import Orchestration
import RevisionStore

/// `slipway backup-data`: a copy of the server's data directory, also while it runs.
struct BackUpDataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup-data", abstract: "Copy the server's data directory into one tar file; the server may run.",
    discussion: """
      The copy has the database, the files of the stacks and the server's certificate, and a list of SHA-256. It has no \
      master.key: keep that somewhere else, because without it no secret of the copy can be opened.
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var directory: DataDirectoryOptions

  @Option(name: .customLong("to"), help: ArgumentHelp("A file that is not there, or a folder.", valueName: "file|folder"))
  var destination: String

  @Option(
    name: .customLong("stacks-root"), help: ArgumentHelp("As for serve: the folder of the stacks.", valueName: "folder"),
    completion: .directory)
  var stacksRoot: String?

  @Flag(name: .customLong("with-key"), help: "Put master.key into the copy: who has the copy then has every secret in it.")
  var hasKey = false

  func run() async throws {
    let copy = try DataCopy(
      dataDirectory: directory.path(), stacksRoot: stacksRoot.map { Settings.absolute($0) }, hasKey: hasKey,
      version: SlipwayVersion.text, now: .systemNow())
    let outcome = try await copy.write(to: Settings.absolute(destination))
    for path in outcome.skipped { StandardError.warn("\(path) is no file and no folder, and is not in the copy") }
    if hasKey {
      StandardError.warn(
        "\(outcome.path) HAS THE MASTER KEY IN IT: whoever reads this file reads every secret of every stack and server; keep it like a password"
      )
    } else {
      StandardError.note("without master.key: keep a copy of that in another place, or the secrets in this one are lost with it")
    }
    if global.isJSON {
      let fields: [(String, ComposeValue)] = [
        ("path", .string(outcome.path)), ("files", .int(outcome.files)), ("size_bytes", .int(outcome.sizeBytes)),
        ("with_key", .bool(hasKey)),
      ]
      StandardOutput.write(ComposeValue.map(ComposeMap(fields)).json(indented: false) + "\n")
    } else {
      StandardOutput.show("\(outcome.path): \(outcome.files) files, \(outcome.sizeBytes) bytes\n")
    }
  }
}

/// `slipway restore-data`: a data directory of a copy.
struct RestoreDataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore-data", abstract: "Make a data directory of a copy, once all of it has been verified.")

  @OptionGroup var global: GlobalOptions

  @Option(name: .customLong("from"), help: ArgumentHelp("What backup-data has made.", valueName: "file"), completion: .file())
  var file: String

  @Option(
    name: .customLong("data"), help: ArgumentHelp("Folder that is not there, or is empty.", valueName: "folder"),
    completion: .directory)
  var data: String

  func run() async throws {
    let path = Settings.absolute(data)
    let outcome = try await DataRestoration(file: Settings.absolute(file), dataDirectory: path).run()
    if !outcome.hasKey {
      StandardError.note("the copy has no master.key: put yours to \(path)/master.key (mode 600) before the server starts")
    }
    if global.isJSON {
      let fields: [(String, ComposeValue)] = [
        ("data", .string(path)), ("made_at", .string(outcome.madeAt)), ("slipway", .string(outcome.version)),
        ("files", .int(outcome.files)), ("size_bytes", .int(outcome.sizeBytes)), ("with_key", .bool(outcome.hasKey)),
      ]
      StandardOutput.write(ComposeValue.map(ComposeMap(fields)).json(indented: false) + "\n")
    } else {
      StandardOutput.show(
        "\(path): \(outcome.files) files, \(outcome.sizeBytes) bytes, as of \(outcome.madeAt) by Slipway \(outcome.version)\n")
    }
  }
}
