import Accounts
import ArgumentParser
import RevisionStore
import SlipwayClient

/// `slipway admin reset`: gives an account back to who owns the data directory (S-AUTH-9).
struct AdminResetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reset", abstract: "Give an admin a new password, and take the second factor away.",
    discussion: """
      The account is made when it is missing, enabled when it was disabled, and an admin of everything afterwards; its sessions \
      end. Works with and without a running server, as the user that owns the data directory.
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var directory: DataDirectoryOptions

  @Option(help: ArgumentHelp("Whose; not needed where there is one admin.", valueName: "name"))
  var username: String?

  @Flag(name: .customLong("password-stdin"), help: "Read the new password from the first line of standard input.")
  var readsPassword = false

  func run() async throws {
    let path = try directory.path()
    let name = try await userName()
    guard UserName(name) != nil else { throw CommandFailure("\"\(name)\" is no name for a user\n  fix: \(UserName.rule)") }
    let password = try password(for: name)
    if let server = await ServerConnection.owner(ofDataDirectory: path) {
      _ = try await server.value(.post, "/api/v1/admin/reset", sending: ["username": name, "password": password])
    } else {
      // Owned, so that no server starts meanwhile with what it read before.
      let store = try RevisionStore.own(dataDirectory: path)
      let accounts = AccountService(store: store, dataDirectory: path)
      try await accounts.reset(userName: name, password: password, by: .local(user: Settings.accountName))
      try await store.close()
    }
    StandardError.note("\(name) is an admin with the new password; its sessions have ended, and it has no second factor")
  }

  private func userName() async throws -> String {
    if let username { return username }
    let admins = try await directory.store().users().filter { user in
      user.grants.contains { $0.role == .admin && $0.scope == .global }
    }
    guard let only = admins.first, admins.count == 1 else {
      let known =
        admins.isEmpty ? "there is no admin yet" : "there are several admins: \(admins.map(\.name).joined(separator: ", "))"
      throw CommandFailure("\(known)\n  fix: name one with --username")
    }
    return only.name
  }

  private func password(for name: String) throws -> String {
    if readsPassword {
      guard let line = readLine(), !line.isEmpty else {
        throw CommandFailure("standard input has no password\n  fix: give it in the first line")
      }
      return line
    }
    guard Question.isPossible else {
      throw CommandFailure("there is no terminal to ask for the password\n  fix: give it with --password-stdin")
    }
    guard let first = Question.secretAnswer("New password of \(name): "), !first.isEmpty,
      let second = Question.secretAnswer("The same again: ")
    else { throw CommandFailure("no password was given; nothing was changed") }
    guard first == second else { throw CommandFailure("both are not the same; nothing was changed\n  fix: try again") }
    return first
  }
}
