import ArgumentParser
import ComposeFile
import DockerEngine
import Glibc
import SlipwayClient
import Synchronization

/// The command line: arguments in, text and exit code out.
@main
struct SlipwayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slipway",
    abstract: "Runs Docker Compose stacks with plans, revisions and rollbacks.",
    version: SlipwayVersion.text,
    subcommands: [
      AdminCommand.self,
      AdoptCommand.self,
      AttachCommand.self,
      AuditCommand.self,
      BackUpDataCommand.self,
      BuildCommand.self,
      CommitCommand.self,
      CompletionCommand.self,
      ConfigCommand.self,
      ContextCommand.self,
      CpCommand.self,
      CreateCommand.self,
      DeployCommand.self,
      DiffCommand.self,
      DoctorCommand.self,
      DownCommand.self,
      DriftCommand.self,
      EventsCommand.self,
      ExecCommand.self,
      ExportCommand.self,
      ImagesCommand.self,
      KillCommand.self,
      LoginCommand.self,
      LogoutCommand.self,
      LogsCommand.self,
      LsCommand.self,
      MoveCommand.self,
      NewCommand.self,
      PauseCommand.self,
      PlanCommand.self,
      PortCommand.self,
      PsCommand.self,
      PullCommand.self,
      PushCommand.self,
      RestartCommand.self,
      RestoreDataCommand.self,
      RevisionsCommand.self,
      RmCommand.self,
      RollbackCommand.self,
      RunCommand.self,
      ScaleCommand.self,
      SecretsCommand.self,
      ServeCommand.self,
      ServerCommand.self,
      SetCommand.self,
      StartCommand.self,
      StatsCommand.self,
      StopCommand.self,
      TopCommand.self,
      UnlockCommand.self,
      UnpauseCommand.self,
      UpCommand.self,
      VersionCommand.self,
      VolumesCommand.self,
      WaitCommand.self,
      WatchCommand.self,
    ]
  )

  static func main() async {
    StandardOutput.reserveStandardDescriptors()
    let arguments = ArgumentOrder.normalized(Array(CommandLine.arguments.dropFirst()))
    StandardError.isJSON.withLock { $0 = ArgumentOrder.asksForJSON(arguments) }
    do {
      if let name = arguments.first, !name.hasPrefix("-") { try requireCommand(name) }
      var command = try parseAsRoot(arguments)
      if let onStack = command as? any StackCommand {
        try await onStack.runOnServers()
      } else if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      end(0)
    } catch let code as ExitCode {
      // A command that Ctrl-C has ended says 130, whichever signal it was.
      end(code.rawValue == 130 ? Interruption.exitCode : code.rawValue)
    } catch is CancellationError {
      end(Interruption.exitCode)
    } catch EngineError.cancelled {
      end(Interruption.exitCode)
    } catch let problems as ComposeProblems {
      StandardError.fail(problems)
      end(1)
    } catch let problem as ServerProblem {
      if let problems = problem.composeProblems {
        StandardError.fail(problems)
      } else {
        StandardError.fail("\(problem)", people: "Error: \(problem)")
      }
      end(1)
    } catch {
      let text = fullMessage(for: error)
      guard exitCode(for: error) != .success else {
        StandardOutput.write(text + "\n")
        end(0)
      }
      StandardError.fail(message(for: error), people: (error as? EngineError)?.refusal.map { "Error: \($0)" } ?? text)
      end(1)
    }
  }

  /// Ends the process; output that was lost makes it a failure.
  private static func end(_ code: Int32) -> Never {
    switch StandardOutput.failure.withLock({ $0 }) {
    case nil: Glibc.exit(code)
    case EPIPE:
      // Nobody reads any more: as other programs, and Compose, end by the signal for that.
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
      Glibc.exit(128 + SIGPIPE)
    case let number?:
      StandardError.fail("standard output: cannot be written: \(StandardOutput.reason(number))")
      Glibc.exit(1)
    }
  }

  private static func requireCommand(_ name: String) throws {
    let names = configuration.subcommands.flatMap { command in
      [command.configuration.commandName ?? ""] + command.configuration.aliases
    }
    guard !names.contains(name), name != "help" else { return }
    if let reason = outOfScope[name] {
      throw CommandFailure("\(name) is not part of Slipway: \(reason)\n  fix: use docker compose \(name)")
    }
    let near = Spelling.nearest(to: name, among: names)
    throw CommandFailure(
      "unknown command: \"\(name)\"\n  fix: \(near.map { "did you mean \($0)?" } ?? "see the commands with slipway --help")")
  }
}

extension EngineError {
  /// The engine's own words, and then what it was asked; nil where it said nothing.
  fileprivate var refusal: String? {
    switch self {
    case .notFound(let call, let message), .conflict(let call, let message), .api(let call, _, let message),
      .failedInStream(let call, let message):
      "\(message)\n  asked: \(call)"
    default: nil
    }
  }
}

extension SlipwayCommand {
  /// Docker Compose's commands that make something else of a project than a running stack.
  private static let outOfScope = [
    "publish": "it puts compose files into a registry",
    "bridge": "it turns compose files into other formats",
    "alpha": "these commands are experiments of Docker Compose",
  ]
}

enum SlipwayVersion {
  static let text = "0.1.0"
}
