import Accounts
import ArgumentParser
import ComposeFile
import RevisionStore
import SlipwayClient

/// `slipway secrets`: the keys of the secrets, as the owner of the data directory.
struct SecretsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secrets", abstract: "Make new keys for stored secrets, as the owner of the data directory.",
    subcommands: [SecretsRotateCommand.self])
}

/// `slipway secrets rotate`: with and without a running server (S-SEC-2).
struct SecretsRotateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Put a new master.key in the place of the old one.",
    discussion: """
      The new key wraps the keys of all stacks and servers; the values themselves stay as they are, unless --data is given. \
      It may be ended at any moment: then the old key or the new one is in its place and opens everything, and the command can be \
      run again. Copies of the data directory made before need the key from before: keep that with them.
      """)

  /// With --data all values are read and written once.
  private static let limit: Duration = .seconds(3600)

  @OptionGroup var global: GlobalOptions

  @Flag(name: .customLong("data"), help: "Seal every value with a new key too.")
  var hasValues = false

  @Option(
    name: .customLong("data-directory"), help: ArgumentHelp("Data directory of the server.", valueName: "folder"),
    completion: .directory)
  var directory: String?

  func run() async throws {
    let path =
      try directory.map { Settings.absolute($0) } ?? Settings.load(environment: ProcessEnvironment.all).dataDirectory
    let (dataKeys, values, damaged) = try await rotated(path)
    for row in damaged { StandardError.warn("the stored secret \(row) does not open, and was left as it is; set it again") }
    if global.isJSON {
      let fields: [(String, ComposeValue)] = [
        ("data_keys", .int(dataKeys)), ("values", .int(values)), ("damaged", .list(damaged.map { .string($0) })),
      ]
      StandardOutput.write(ComposeValue.map(ComposeMap(fields)).json(indented: false) + "\n")
    } else {
      StandardOutput.show(
        "a new master.key is in its place: it wraps \(dataKeys) keys" + (hasValues ? "; \(values) values were sealed anew" : "")
          + "\n")
    }
    StandardError.note("copies made before need the key from before; put a copy of the new one where you keep it")
  }

  private func rotated(_ path: String) async throws -> (dataKeys: Int, values: Int, damaged: [String]) {
    if var server = await ServerConnection.owner(ofDataDirectory: path) {
      server.limits.call = Self.limit
      let answer = try await server.value(.post, "/api/v1/admin/secrets/rotate", sending: ["values": hasValues])
      return (
        answer["data_keys"]?.int ?? 0, answer["values"]?.int ?? 0, answer["damaged"]?.list?.compactMap(\.string) ?? []
      )
    }
    guard try RevisionStore.openForReading(dataDirectory: path) != nil else {
      throw CommandFailure("\(path) has no data of Slipway\n  fix: name the server's data directory with --data-directory")
    }
    do {
      let store = try RevisionStore.open(dataDirectory: path)
      let principal = Principal.local(user: Settings.accountName)
      var rotated = try await store.rotateMasterKey(principal.entry("secrets.rotate", target: "master.key"))
      if hasValues {
        let values = try await store.resealValues(principal.entry("secrets.rotate", target: "values"))
        (rotated.values, rotated.damaged) = (values.values, values.damaged)
      }
      try await store.close()
      return (rotated.dataKeys, rotated.values, rotated.damaged)
    } catch {
      throw StoreOwner.explained(error, dataDirectory: path)
    }
  }
}
