import ArgumentParser

/// What the commands that change running services have in common.
struct ServiceOptions: ParsableArguments {
  @Flag(name: .customLong("dry-run"), help: "Print the steps and change nothing.")
  var isDryRun = false

  @Argument(help: "Services; none: all.")
  var services: [String] = []
}
