package import RevisionStore
package import SSHTransport

/// Gives a server another key to log in with; whatever fails, the store holds a login that works.
package struct KeyRotation: Sendable {
  package struct Result: Sendable {
    package var key: HostKey
    /// What of the old key is left; nil: nothing.
    package var leftover: String?
  }

  private static let connectLimit = Duration.seconds(8)
  private static let comment = "slipway"

  private let directory: ServerDirectory

  package init(_ directory: ServerDirectory) { self.directory = directory }

  /// Takes a key that the server knows already.
  package func rotate(_ name: String, to credential: ServerCredential) async throws -> Result {
    let way = try await directory.way(to: name)
    let login = try SSHCredential(credential, environment: directory.environment)
    guard let key = try login.publicKey() else {
      throw OperationRefused(description: "only keys are rotated\n  fix: name a private key with --identity")
    }
    try await probe(way.hops, login)
    try await directory.change(.credential(ofServer: name, credential))
    return Result(key: key, leftover: nil)
  }

  /// Makes a new Ed25519 key, installs it with the old login, tries it, stores it, and removes the old key's line. Once begun it
  /// is not cancelled.
  package func rotate(_ name: String) async throws -> Result {
    let way = try await directory.way(to: name)
    let new = try SSHCredential.newKey()
    guard let last = way.hops.last, case .key(let text, _) = new, let newKey = try new.publicKey() else {
      throw OperationRefused(description: "no new key could be made\n  fix: give one with --identity FILE")
    }
    let oldKey = try last.credential.publicKey()
    let sessions = try await connect(way.hops)
    // WHY unstructured: a cancelled task opens no channels, and the file on the server must not be left half changed. Each
    // step has its limit.
    let result = await Task {
      do {
        let file = try AuthorizedKeys(session: sessions.last, hop: last.name)
        return Swift.Result<Result, any Error>.success(
          try await exchange(name, file, way.hops, oldKey, newKey, new, text))
      } catch {
        return .failure(error)
      }
    }.value
    await close(sessions)
    return try result.get()
  }

  private func exchange(
    _ name: String, _ file: AuthorizedKeys, _ hops: [SSHHop], _ oldKey: HostKey?, _ newKey: HostKey, _ new: SSHCredential,
    _ text: SSHSecret
  ) async throws -> Result {
    let before = try await file.read()
    let oldLine = oldKey.flatMap { key in before.lines.first { AuthorizedKeys.holds($0, key) } }
    // What restricts the old key restricts the new one.
    let options = oldLine.flatMap { line in oldKey.flatMap { AuthorizedKeys.options(line, before: $0) } } ?? ""
    let added = before.appending("\(options)\(newKey.line) \(Self.comment)")
    try await file.write(added)
    do {
      try await probe(hops, new)
    } catch {
      try await remove(newKey, file, after: error)
      throw OperationRefused(
        description:
          "\(hops.last?.name ?? name): the new key was written to ~/.ssh/authorized_keys, and the server did not take it: \((error as? SSHError)?.message ?? "\(error)"); the old login is kept\n  fix: see where its sshd_config has AuthorizedKeysFile, install a key there, and give it with --identity FILE"
      )
    }
    let credential = ServerCredential.key(text: Secret(text.reveal()), passphrase: nil)
    let others = try await self.others(than: name, with: oldKey)
    do {
      try await directory.change(.credential(ofServer: name, credential))
    } catch {
      try await remove(newKey, file, after: error)
      throw error
    }
    guard others.isEmpty else {
      return Result(
        key: newKey,
        leftover: "the old key is still let in: \(others.joined(separator: ", ")) may need it (rotate the key there too)")
    }
    return Result(key: newKey, leftover: await removeOldLine(oldLine, oldKey, file))
  }

  /// Other servers whose login is the same key: maybe the same account by another name.
  private func others(than name: String, with key: HostKey?) async throws -> [String] {
    guard let key else { return [] }
    var names: [String] = []
    for server in try await directory.servers() where server.name != name && server.ssh?.credential == .key {
      // WHY try?: a login that cannot be read needs no key.
      guard let credential = try? await directory.credential(ofServer: server.name),
        let other = try? SSHCredential(credential, environment: [:]).publicKey(), other == key
      else { continue }
      names.append(server.name)
    }
    return names
  }

  private func removeOldLine(
    _ oldLine: String?, _ oldKey: HostKey?, _ file: AuthorizedKeys
  ) async -> String? {
    guard let oldKey else {
      return "the login before is still let in; remove its line from ~/.ssh/authorized_keys when it was a key"
    }
    guard oldLine != nil else { return "the old key is not in ~/.ssh/authorized_keys; it may still be let in from elsewhere" }
    do {
      // Somebody may have added a line meanwhile.
      try await file.write(try await file.read().removing(oldKey))
      return nil
    } catch {
      return "the old key's line is still in ~/.ssh/authorized_keys: \((error as? SSHError)?.message ?? "\(error)")"
    }
  }

  /// Takes the new line out again.
  private func remove(_ newKey: HostKey, _ file: AuthorizedKeys, after reason: any Error) async throws {
    do {
      try await file.write(try await file.read().removing(newKey))
    } catch {
      throw OperationRefused(
        description:
          "\(reason); the new key's line is still in ~/.ssh/authorized_keys, and its private half is gone\n  fix: remove the last line of that file; the old login still works"
      )
    }
  }

  // MARK: Sessions

  /// Logs in with another credential at the last host.
  private func probe(_ hops: [SSHHop], _ credential: SSHCredential) async throws {
    var hops = hops
    hops[hops.count - 1].credential = credential
    await close(try await connect(hops))
  }

  private func connect(_ hops: [SSHHop]) async throws(SSHError) -> [SSHSession] {
    var sessions: [SSHSession] = []
    for hop in hops {
      do {
        sessions.append(try await SSHSession.connect(to: hop, through: sessions.last, limit: Self.connectLimit))
      } catch {
        await close(sessions)
        throw error
      }
    }
    return sessions
  }

  private func close(_ sessions: [SSHSession]) async {
    for session in sessions.reversed() { await session.close() }
  }
}

/// `~/.ssh/authorized_keys` on a server (sshd(8)), read and replaced by commands that hold no value.
struct AuthorizedKeys: Sendable {
  struct Text: Hashable, Sendable {
    var lines: [String]

    init(_ text: String) {
      lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if lines.last?.isEmpty == true { lines.removeLast() }
    }

    func appending(_ line: String) -> Text {
      var text = self
      text.lines.append(line)
      return text
    }

    func removing(_ key: HostKey) -> Text {
      var text = self
      text.lines.removeAll { AuthorizedKeys.holds($0, key) }
      return text
    }

    var bytes: [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }
  }

  private let session: SSHSession
  private let hop: String

  init(session: SSHSession?, hop: String) throws(SSHError) {
    guard let session else { throw .closed(hop: hop) }
    self.session = session
    self.hop = hop
  }

  /// Whether a line lets a key in: comments do not.
  static func holds(_ line: String, _ key: HostKey) -> Bool { place(of: key, in: line) != nil }

  /// What stands before the key, with the blank behind it.
  static func options(_ line: String, before key: HostKey) -> String? {
    place(of: key, in: line).map { String(line[..<$0]) }
  }

  private static func place(of key: HostKey, in line: String) -> String.Index? {
    guard line.first(where: { $0 != " " && $0 != "\t" }) != "#", let range = line.firstRange(of: key.line) else { return nil }
    let isWhole = range.upperBound == line.endIndex || line[range.upperBound].isWhitespace
    return isWhole ? range.lowerBound : nil
  }

  func read() async throws -> Text {
    guard try await session.run(.greet).output == "slipway\n" else {
      throw refusal("the server runs no commands for this login (its key may be restricted to one)")
    }
    switch try await session.run(.isKeyFileLink).exit.status {
    case 1: break
    case 0: throw refusal("it is a link, which would be replaced by a file")
    default: throw refusal("the server did not say whether it is a link")
    }
    let look = try await session.run(.isKeyFileThere).exit
    guard look.status == 0 else {
      // Anything but a clear no may hide a file full of keys.
      guard look.status == 1 else { throw refusal("the server did not say whether there is one: \(look.errorText)") }
      // There is none yet: the login is by a password, or its keys are kept elsewhere.
      _ = try await run(.makeKeyFolder)
      return Text("")
    }
    let output = try await run(.readKeys)
    guard output.utf8.count < SSHSession.outputLimit else { throw refusal("it has more than \(SSHSession.outputLimit) bytes") }
    guard !output.contains("\u{FFFD}"), !output.contains("\r") else { throw refusal("it is not plain UTF-8 text") }
    return Text(output)
  }

  /// Replaces the file as a whole, at one moment.
  func write(_ text: Text) async throws {
    let bytes = text.bytes
    guard bytes.count < SSHSession.outputLimit else { throw refusal("it would have more than \(SSHSession.outputLimit) bytes") }
    let echo = try await run(.writeKeys, input: bytes)
    guard Array(echo.utf8) == bytes else { throw refusal("the new file could not be written") }
    _ = try await run(.protectKeys)
    _ = try await run(.useKeys)
  }

  private func run(_ command: RemoteCommand, input: [UInt8] = []) async throws -> String {
    let (output, exit) = try await session.run(command, input: input)
    guard exit.status == 0 else {
      let said = exit.errorText.split(separator: "\n").first.map(String.init) ?? "no reason given"
      throw refusal(said)
    }
    return output
  }

  private func refusal(_ reason: String) -> OperationRefused {
    OperationRefused(
      description:
        "\(hop): ~/.ssh/authorized_keys cannot be changed: \(reason)\n  fix: install a key there yourself, and give it with --identity FILE"
    )
  }
}
