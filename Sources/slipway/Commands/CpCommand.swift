import ArgumentParser
import ComposeFile
import Glibc
import Orchestration

/// `slipway cp`: as `docker compose cp`.
struct CpCommand: StackCommand {
  static let serverUse = ServerUse.one
  static let configuration = CommandConfiguration(
    commandName: "cp", abstract: "Copy files between a service's containers and this machine.",
    usage: "slipway cp [<options>] <service>:<path> <path>|-\n       slipway cp [<options>] <path>|- <service>:<path>",
    discussion: """
      `-` is a tar archive on standard input or output. A folder that exists gets the source into it, one that does not becomes \
      the source; `/.` at the end of the source means what is in it.
      """)

  @OptionGroup var global: GlobalOptions

  @Flag(name: .customLong("all"), help: "Also containers that run has made.")
  var includesOneOffs = false

  @Flag(name: [.customShort("a"), .customLong("archive")], help: "Keep the owners.")
  var keepsOwners = false

  @Flag(name: [.customShort("L"), .customLong("follow-link")], help: "Copy what a link leads to.")
  var followsLink = false

  @Option(name: .customLong("index"), help: ArgumentHelp("Which container of the service.", valueName: "number"))
  var index: Int?

  @Flag(name: .customLong("dry-run"), help: "Say what would be copied, and copy nothing.")
  var isDryRun = false

  @Argument(help: "What to copy.")
  var source: String

  @Argument(help: "Where to.")
  var destination: String

  func run() async throws {
    let session = StackSession(global: global)
    let project = try session.projectName()
    let (from, to) = (CopyPlace(source), CopyPlace(destination))
    if to == .stream, isatty(STDOUT_FILENO) == 1 {
      throw CommandFailure("an archive is not for a terminal\n  fix: send it to a file or a command")
    }
    var options = ServiceCopy.Options()
    options.index = index
    options.includesOneOffs = includesOneOffs
    options.keepsOwners = keepsOwners
    options.followsLink = followsLink
    options.isDryRun = isDryRun
    options.currentDirectory = ProcessEnvironment.currentDirectory
    let chosen = options
    let done = try await session.withContainers(of: project) { access in
      let copy = ServiceCopy(access.files, chosen) { StandardError.warn($0) }
      return try await copy.run(from, to: to, in: project, input: StandardInput(), output: OutputQueue().sink(""))
    }
    if global.isJSON, to != .stream {
      let rows = done.map { copy in
        ComposeValue.map(
          ComposeMap([
            ("container", .string(copy.container)), ("source", .string(copy.source)),
            ("destination", .string(copy.destination)),
          ]))
      }
      StandardOutput.write(ComposeValue.list(rows).json(indented: true) + "\n")
    } else if global.progress != "quiet" {
      let verb = isDryRun ? "Would copy" : "Copied"
      for copy in done { StandardError.note(" \(copy.container)  \(verb) \(copy.source) to \(copy.destination)") }
    }
  }
}
