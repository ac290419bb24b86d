import ArgumentParser
import DockerEngine
import Glibc

/// The command line: arguments in, text and exit code out.
@main
struct SlipwayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slipway",
    abstract: "Runs Docker Compose stacks with plans, revisions and rollbacks.",
    version: SlipwayVersion.text,
    subcommands: [
      CompletionCommand.self,
      ConfigCommand.self,
      DeployCommand.self,
      DiffCommand.self,
      DoctorCommand.self,
      DownCommand.self,
      EventsCommand.self,
      ExecCommand.self,
      ImagesCommand.self,
      KillCommand.self,
      LogsCommand.self,
      LsCommand.self,
      NewCommand.self,
      PauseCommand.self,
      PlanCommand.self,
      PsCommand.self,
      PullCommand.self,
      RestartCommand.self,
      RevisionsCommand.self,
      RmCommand.self,
      RollbackCommand.self,
      StartCommand.self,
      StopCommand.self,
      TopCommand.self,
      UnlockCommand.self,
      UnpauseCommand.self,
      UpCommand.self,
      VersionCommand.self,
    ]
  )

  static func main() async {
    let arguments = ArgumentOrder.normalized(Array(CommandLine.arguments.dropFirst()))
    do {
      var command = try parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let code as ExitCode {
      Glibc.exit(code.rawValue)
    } catch is CancellationError {
      Glibc.exit(130)
    } catch EngineError.cancelled {
      Glibc.exit(130)
    } catch {
      let text = fullMessage(for: error)
      guard exitCode(for: error) != .success else {
        print(text)
        return
      }
      StandardError.write(text)
      Glibc.exit(1)
    }
  }
}

enum SlipwayVersion {
  static let text = "0.1.0"
}
