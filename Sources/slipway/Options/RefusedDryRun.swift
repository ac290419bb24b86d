import ArgumentParser

/// `--dry-run` of the commands that have no answer to it; they say so, as Docker Compose does.
struct RefusedDryRun: ParsableArguments {
  @Flag(name: .customLong("dry-run"), help: .hidden)
  var isWanted = false

  func validate() throws {
    guard !isWanted else {
      throw CommandFailure(
        "--dry-run cannot tell what a program would do: run, exec, attach and wait have none\n  fix: leave --dry-run out")
    }
  }
}
