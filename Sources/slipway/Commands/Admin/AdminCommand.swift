import ArgumentParser
import ComposeFile
import RevisionStore
import SlipwayClient

/// `slipway admin`: what the owner of the data directory may do without a password.
struct AdminCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admin", abstract: "Give accounts of the server back, and see them, as the owner of its data directory.",
    subcommands: [AdminResetCommand.self, AdminUsersCommand.self, AdminReadyCommand.self])
}

/// The data directory that a command of the host works on.
struct DataDirectoryOptions: ParsableArguments {
  @Option(
    name: .customLong("data"), help: ArgumentHelp("Data directory of the server.", valueName: "folder"), completion: .directory)
  var data: String?

  func path() throws -> String {
    try data.map { Settings.absolute($0) } ?? Settings.load(environment: ProcessEnvironment.all).dataDirectory
  }

  /// The store for reading, which a running server does not mind.
  func store() throws -> RevisionStore {
    let path = try path()
    guard let store = try RevisionStore.openForReading(dataDirectory: path) else {
      throw CommandFailure("\(path) has no data of Slipway\n  fix: name the server's data directory with --data")
    }
    return store
  }
}

/// `slipway admin users`: from the store.
struct AdminUsersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "users", abstract: "List the accounts and what they may.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var directory: DataDirectoryOptions

  func run() async throws {
    let users = try await directory.store().users()
    if global.isJSON {
      StandardOutput.write(ComposeValue.list(users.map(Self.json)).json(indented: true) + "\n")
      return
    }
    let rows = users.map { user in
      [
        user.name, user.grants.isEmpty ? "-" : user.grants.map(Self.text).joined(separator: " "),
        user.secondFactor == .confirmed ? "on" : user.mustHaveSecondFactor ? "missing" : "off",
        user.isDisabled ? "disabled" : "enabled", user.lastLoginAt?.secondsText ?? "never",
      ]
    }
    StandardOutput.show(Table.text([["NAME", "MAY", "SECOND FACTOR", "STATE", "LAST LOGIN"]] + rows))
  }

  /// As in `admin`, `operator@alpha` or `viewer+exec@alpha/shop`.
  private static func text(_ grant: Grant) -> String {
    let place = [grant.scope.server, grant.scope.stack].compactMap(\.self).joined(separator: "/")
    return grant.role.rawValue + (grant.mayExec ? "+exec" : "") + (grant.mayRestore ? "+restore" : "")
      + (place.isEmpty ? "" : "@\(place)")
  }

  private static func json(_ user: User) -> ComposeValue {
    let grants = user.grants.map { grant in
      ComposeValue.map(
        ComposeMap([
          ("role", .string(grant.role.rawValue)), ("server", grant.scope.server.map { .string($0) } ?? .null),
          ("stack", grant.scope.stack.map { .string($0) } ?? .null), ("may_exec", .bool(grant.mayExec)),
          ("may_restore", .bool(grant.mayRestore)),
        ]))
    }
    return .map(
      ComposeMap([
        ("id", .int(Int(user.id))), ("username", .string(user.name)), ("grants", .list(grants)),
        ("second_factor", .bool(user.secondFactor == .confirmed)), ("must_have_second_factor", .bool(user.mustHaveSecondFactor)),
        ("disabled", .bool(user.isDisabled)), ("created_at", .string(user.createdAt.text)),
        ("last_login_at", user.lastLoginAt.map { .string($0.text) } ?? .null),
      ]))
  }
}

/// `slipway admin ready`: for the health check of a container, or a script that waits for the server.
struct AdminReadyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ready", abstract: "Say whether the server of this data directory can serve calls; exit code 0 or 1.")

  @OptionGroup var directory: DataDirectoryOptions

  func run() async throws {
    let path = try directory.path()
    guard let server = await ServerConnection.owner(ofDataDirectory: path) else {
      throw CommandFailure("no server runs on \(path)\n  fix: start it: slipway serve --data \(path)")
    }
    _ = try await server.call(.get, "/readyz")
    StandardOutput.show("ready\n")
  }
}
