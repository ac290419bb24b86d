import ArgumentParser

/// `slipway completion`: scripts that complete commands and options in a shell.
struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print a completion script for bash, zsh or fish.",
    discussion: """
      bash: slipway completion bash > /etc/bash_completion.d/slipway
      zsh:  slipway completion zsh > "${fpath[1]}/_slipway"
      fish: slipway completion fish > ~/.config/fish/completions/slipway.fish
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

  @OptionGroup var global: GlobalOptions

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() throws {
    let kind: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    StandardOutput.write(SlipwayCommand.completionScript(for: kind) + "\n")
  }
}
