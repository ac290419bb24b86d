import FoundationEssentials
package import RevisionStore
import Subprocess
import SystemPackage

/// A copy of a repository from which a stack's files are taken; only `git` itself is run, by its arguments (decision 1).
///
/// Nothing of the repository is executed: no hooks, no filters, no submodules; links in it are left out.
package struct GitRepository: Sendable {
  /// A commit, and the files of one folder of it.
  package struct Snapshot: Sendable {
    package var commit: String
    package var author: String
    package var subject: String
    package var files: [StackFolders.NewFile]
    /// What is there and was left out: links, submodules, names that cannot be used.
    package var skipped: [String]
  }

  private struct TreeEntry {
    var mode: Substring
    var kind: Substring
    var object: Substring
    var sizeBytes: Int
    var path: String
  }

  private static let fetchLimit: Duration = .seconds(120)
  private static let localLimit: Duration = .seconds(30)
  private static let fileLimit = 256

  /// The bare repository's folder.
  private let folder: String
  private var copy: GitCopy { GitCopy(folder: folder) }
  private let address: GitAddress
  private let allowedHosts: Set<String>
  private let home: String
  private let token: GitToken?

  /// - Parameters:
  ///   - allowedHosts: of this machine or its link, as `HOST` or `HOST:PORT`.
  ///   - home: where `git` and `ssh` find keys and settings of the user that the server runs as.
  ///   - token: for an address over https; left out where it was given for another host.
  package init(folder: String, address: GitAddress, allowedHosts: Set<String>, home: String, token: GitToken? = nil) {
    self.folder = folder
    self.address = address
    self.allowedHosts = allowedHosts
    self.home = home
    self.token = token?.host == address.authority && address.scheme != .ssh ? token : nil
  }

  /// Fetches a branch, tag or commit, and reads the files below `path`.
  package func fetch(_ reference: String, path: String) async throws -> Snapshot {
    let way = try await way()
    try await makeCopy()
    _ = try await git(
      [
        "fetch", "--quiet", "--depth", "1", "--no-tags", "--no-recurse-submodules", "--force", "--end-of-options", address.text,
        reference,
      ],
      what: "fetching \(address) \(reference)", limit: Self.fetchLimit, by: way)
    defer { copy.tidy() }
    let commit = try await word(["rev-parse", "--verify", "--end-of-options", "FETCH_HEAD^{commit}"])
    let log = try await word(["log", "-1", "--format=%an%x00%s", commit]).split(separator: "\0", omittingEmptySubsequences: false)
    var snapshot = Snapshot(
      commit: commit, author: log.first.map { String($0.prefix(100)) } ?? "",
      subject: log.dropFirst().first.map { String($0.prefix(200)) } ?? "",
      files: [], skipped: [])
    try await read(path, into: &snapshot)
    return snapshot
  }

  /// The commit that a reference names now, without fetching it.
  package func head(_ reference: String) async throws -> String? {
    let way = try await way()
    try await makeCopy()
    let answer = try await git(
      ["ls-remote", "--quiet", "--end-of-options", address.text, reference], what: "asking \(address)", limit: Self.fetchLimit,
      by: way)
    let lines = String(decoding: answer ?? [], as: UTF8.self).split(separator: "\n")
    // Of an annotated tag the commit it stands for comes last, as `^{}`.
    let line = lines.last { $0.hasSuffix("^{}") } ?? lines.first
    return line?.split(separator: "\t").first.map(String.init)
  }

  private func makeCopy() async throws {
    guard try await git(["rev-parse", "--git-dir"], what: "looking at the copy", mayFail: true) == nil else { return }
    _ = try await git(["init", "--quiet", "--bare"], what: "making the copy", inFolder: false)
  }

  /// How the host is called: at the addresses that were checked, whatever its name leads to a moment later.
  private struct Way {
    var settings: [String] = []
    var ssh = "ssh -oBatchMode=yes -oStrictHostKeyChecking=yes"
  }

  private func way() async throws -> Way {
    guard token == nil || address.keepsTokens else { throw GitProblem.openToken(address.host) }
    guard !allowedHosts.contains(address.host), !allowedHosts.contains("\(address.host):\(address.port)") else { return Way() }
    let host: OutboundHost
    do {
      host = try await OutboundHost.lookedUp(address.host)
    } catch let refusal as OutboundHost.Refusal {
      switch refusal {
      case .unknown: throw GitProblem.unknownHost(address.host)
      case .inside(let inside): throw GitProblem.forbiddenHost(address.host, address: "\(inside)")
      case .slow: throw GitProblem.timedOut(what: "looking up \(address.host)", limit: OutboundHost.limit)
      }
    }
    var way = Way()
    switch address.scheme {
    case .https, .http:
      // git-config(1), as curl's --resolve; nothing is looked up for an address.
      if NetworkAddress(address.host) == nil {
        let list = host.addresses.map { $0.bytes.count == 4 ? "\($0)" : "[\($0)]" }.joined(separator: ",")
        way.settings.append("http.curloptResolve=\(address.host):\(address.port):\(list)")
      }
    case .ssh:
      // Its key is known by its name (ssh_config(5)); one of another port is written with that (sshd(8)).
      let alias = address.port == 22 ? address.host : "[\(address.host)]:\(address.port)"
      way.ssh += " '-oHostName=\(host.addresses[0])' '-oHostKeyAlias=\(alias)' -oCheckHostIP=no"
    }
    return way
  }

  // MARK: Files

  private func read(_ path: String, into snapshot: inout Snapshot) async throws {
    var arguments = ["ls-tree", "-r", "-z", "-l", "--full-tree", snapshot.commit]
    if !path.isEmpty { arguments += ["--", path + "/"] }
    let listing = try await git(arguments, what: "listing the files") ?? []
    let entries = listing.split(separator: 0).compactMap { Self.entry(String(decoding: $0, as: UTF8.self)) }
    guard !entries.isEmpty || path.isEmpty else { throw GitProblem.noSuchPath(path: path, commit: snapshot.commit) }
    var total = 0
    for entry in entries {
      let name = path.isEmpty ? entry.path : String(entry.path.dropFirst(path.utf8.count + 1))
      guard entry.kind == "blob", entry.mode == "100644" || entry.mode == "100755", let place = FolderPath(name),
        place.parts.first != ".git"
      else {
        snapshot.skipped.append(name)
        continue
      }
      total += entry.sizeBytes
      guard snapshot.files.count < Self.fileLimit else {
        throw GitProblem.tooMuch("the folder has more than \(Self.fileLimit) files")
      }
      guard entry.sizeBytes <= StackFolders.fileLimitBytes, total <= StackFolders.bundleLimitBytes else {
        throw GitProblem.tooMuch(
          "\(name) is too large: a file may have \(StackFolders.fileLimitBytes >> 20) MiB, all together \(StackFolders.bundleLimitBytes >> 20)"
        )
      }
      let bytes = try await git(["cat-file", "blob", String(entry.object)], what: "reading \(name)") ?? []
      // All that Git knows of permissions.
      snapshot.files.append(StackFolders.NewFile(place, bytes, mode: entry.mode == "100755" ? 0o755 : nil))
    }
  }

  /// `100644 blob OBJECT    SIZE\tPATH`
  private static func entry(_ line: String) -> TreeEntry? {
    guard let tab = line.firstIndex(of: "\t") else { return nil }
    let words = line[..<tab].split(separator: " ")
    guard words.count == 4 else { return nil }
    return TreeEntry(
      mode: words[0], kind: words[1], object: words[2], sizeBytes: Int(words[3]) ?? 0,
      path: String(line[line.index(after: tab)...]))
  }

  // MARK: git

  private func word(_ arguments: [String]) async throws -> String {
    let bytes = try await git(arguments, what: "reading the commit") ?? []
    return String(String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" })
  }

  /// What holds for every call: nothing of the repository or of other users' settings is run.
  private var settings: [String] {
    let allowed = ["https", "ssh"] + (address.scheme == .http ? ["http"] : [])
    return [
      "core.hooksPath=/dev/null", "core.fsmonitor=false", "protocol.allow=never", "gc.auto=0", "fetch.fsckObjects=true",
      "http.followRedirects=false", "submodule.recurse=false", "credential.interactive=false",
    ] + allowed.map { "protocol.\($0).allow=always" }
  }

  private func environment(_ way: Way) -> Environment {
    .custom([
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0",
      "GIT_ASKPASS": "/bin/false",
      "SSH_ASKPASS": "/bin/false", "GIT_CONFIG_NOSYSTEM": "1",
      "GIT_SSH_COMMAND": way.ssh,
    ])
  }

  /// - Parameter way: it talks to the repository, may need the token, and what it brings is bounded.
  /// - Returns: what it wrote; nil when it failed and may.
  private func git(
    _ arguments: [String], what: String, limit: Duration = localLimit, inFolder: Bool = true, mayFail: Bool = false,
    by way: Way? = nil
  ) async throws -> [UInt8]? {
    let parent = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? "/tmp"
    let socket = try way == nil ? nil : token.map { try GitCredentialSocket($0, for: address, below: parent) }
    let environment = environment(way ?? Way())
    var all =
      (settings + (way?.settings ?? []) + (socket?.settings ?? [])).flatMap { ["-c", $0] }
      + (inFolder ? ["--git-dir", folder] : []) + arguments
    if !inFolder { all.append(folder) }
    let words = all
    let result = try await withThrowingTaskGroup(of: (status: Bool, output: [UInt8], words: String)?.self) { group in
      group.addTask {
        do {
          let result = try await run(
            .name("git"), arguments: Arguments(words), environment: environment, output: .bytes(limit: 20 << 20),
            error: .string(limit: 64 << 10))
          return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
        } catch let error as SubprocessError {
          if error.code == .executableNotFound { throw GitProblem.noGit }
          throw GitProblem.failed(what: what, words: "\(error)")
        }
      }
      group.addTask {
        try await Task.sleep(for: limit)
        return nil
      }
      if way != nil {
        group.addTask {
          try await copy.watch()
          return nil
        }
      }
      if let socket {
        group.addTask {
          try await socket.serve()
          return nil
        }
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
    guard let result else { throw GitProblem.timedOut(what: what, limit: limit) }
    if result.status { return result.output }
    if mayFail { return nil }
    let line = result.words.split(separator: "\n").last { !$0.isEmpty }.map(String.init) ?? "git gave no reason"
    let shown = Redactor([token?.token.reveal()].compactMap(\.self)).redacted(line)
    throw GitProblem.failed(what: what, words: String(shown.prefix(300)))
  }
}
