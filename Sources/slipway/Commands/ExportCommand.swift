import ArgumentParser
import DockerEngine
import Glibc
import Orchestration

/// `slipway export`: as `docker compose export`.
struct ExportCommand: StackCommand {
  static let serverUse = ServerUse.one
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the file system of a service's container as a tar archive, without its volumes.")

  @OptionGroup var global: GlobalOptions

  @Option(name: .customLong("index"), help: ArgumentHelp("Which container of the service.", valueName: "number"))
  var index: Int?

  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file, not to standard output.", valueName: "path"))
  var output: String?

  @Flag(name: .customLong("dry-run"), help: "Say which container it would be, and write nothing.")
  var isDryRun = false

  @Argument(help: "Service.")
  var service: String

  func run() async throws {
    guard output != nil || isDryRun || isatty(STDOUT_FILENO) == 0 else {
      throw CommandFailure("an archive is not for a terminal\n  fix: name a file with -o")
    }
    let session = StackSession(global: global)
    let project = try session.projectName()
    let (service, index, path, isDryRun) = (service, index, output, isDryRun)
    let name = try await session.withContainers(of: project) { access in
      let container = try await access.container(of: service, index: index, in: project)
      guard !isDryRun else { return container.name }
      let queue = OutputQueue()
      let file = try path.map { try NewFile($0) }
      try await access.export(container.id) { chunk in
        guard await queue.write(chunk, to: file?.descriptor ?? STDOUT_FILENO) else {
          throw CommandFailure("\(path ?? "standard output"): cannot be written: \(StandardOutput.lastError)")
        }
      }
      try file?.keep()
      return container.name
    }
    if isDryRun {
      StandardError.note(" \(name)  Would be exported to \(output ?? "standard output")")
    } else if let output {
      StandardError.note(" \(name)  Exported to \(output)")
    }
  }
}

/// A file that appears under its name when it is whole, and not before; a device or pipe of that name is written to.
private final class NewFile: Sendable {
  let descriptor: CInt
  private let path: String
  /// nil: nothing is to be renamed.
  private let temporary: String?

  init(_ given: String) throws {
    var info = stat()
    let isThere = unsafe stat(given, &info) == 0
    if isThere, info.st_mode & S_IFMT != S_IFREG {
      path = given
      temporary = nil
      descriptor = unsafe open(given, O_WRONLY | O_CLOEXEC)
    } else {
      // The end of a link is what is replaced.
      path = DiskFiles.realPath(given) ?? given
      let beside = "\(path).slipway-\(getpid())"
      temporary = beside
      descriptor = unsafe open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    }
    guard descriptor >= 0 else { throw CommandFailure("\(path): cannot be written: \(StandardOutput.lastError)") }
  }

  deinit {
    close(descriptor)
    // Not there any more when the file was kept.
    if let temporary { unsafe unlink(temporary) }
  }

  func keep() throws {
    guard let temporary else { return }
    guard fsync(descriptor) == 0, unsafe rename(temporary, path) == 0 else {
      throw CommandFailure("\(path): cannot be written: \(StandardOutput.lastError)")
    }
  }
}
