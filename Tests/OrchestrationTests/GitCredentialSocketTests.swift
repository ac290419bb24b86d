import Foundation
import RevisionStore
import Testing

@testable import Orchestration

/// S-SEC-5: git is told a token by a socket, for the host that it was given for.
@Suite struct GitCredentialSocketTests {
  private let folder: URL
  private let token = GitToken(host: "git.example:8443", user: "oauth2", token: Secret("glpat-value"))

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("slipway-git-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func socket(below parent: String? = nil) throws -> GitCredentialSocket {
    let address = try #require(GitAddress("https://git.example:8443/team/app.git"))
    return try GitCredentialSocket(token, for: address, below: parent ?? folder.path)
  }

  @Test(arguments: [
    ("action=get\ntimeout=900\nprotocol=https\nhost=git.example:8443\n", true),
    ("action=get\nprotocol=https\nhost=git.example\n", true), ("action=get\nprotocol=http\nhost=git.example:8443\n", false),
    ("action=get\nprotocol=https\nhost=evil.example\n", false), ("action=get\n", false), ("", false),
    ("action=store\nprotocol=https\nhost=git.example:8443\nusername=a\npassword=b\n", false),
    ("action=erase\nprotocol=https\nhost=git.example:8443\n", false),
  ])
  func `Only who asks for the repository's own host is told`(request: String, isTold: Bool) throws {
    #expect(try socket().answer(to: request) == (isTold ? "username=oauth2\npassword=glpat-value\n" : ""))
  }

  @Test func `The socket is in a folder of its own, and goes with its last use`() throws {
    var socket: GitCredentialSocket? = try socket()
    let path = try #require(socket?.path)
    let parent = (path as NSString).deletingLastPathComponent
    #expect(path.hasPrefix(folder.path))
    #expect(try FileManager.default.attributesOfItem(atPath: parent)[.posixPermissions] as? Int == 0o700)
    #expect(socket?.settings.contains { $0.contains("glpat") } == false)
    socket = nil
    #expect(!FileManager.default.fileExists(atPath: parent))
  }

  @Test(arguments: ["/tmp/a folder", "/tmp/a;b", "/tmp/" + String(repeating: "x", count: 100)])
  func `A path that git would hand to a shell, or that is too long, is not used`(parent: String) throws {
    #expect(try socket(below: parent).path.hasPrefix("/tmp/.ask-"))
  }

  @Test func `A token goes over https, or nowhere but this machine`() throws {
    for (text, isKept) in [
      ("https://git.example/a", true), ("http://127.0.0.1:3000/a", true), ("http://localhost/a", true),
      ("http://git.example/a", false), ("http://10.0.0.1/a", false), ("ssh://git@git.example/a", false),
    ] {
      #expect(try #require(GitAddress(text)).keepsTokens == isKept, "\(text)")
    }
  }

  @Test func `Git itself is told by the socket, with nothing in its arguments`() async throws {
    let socket = try socket()
    let folder = folder
    let answer = try await withThrowingTaskGroup(of: String?.self) { group in
      group.addTask {
        try await socket.serve()
        return nil
      }
      group.addTask {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/git")
        process.currentDirectoryURL = folder
        process.arguments = socket.settings.flatMap { ["-c", $0] } + ["credential", "fill"]
        process.environment = [
          "PATH": "/usr/bin:/bin", "HOME": folder.path, "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "/bin/false",
          "GIT_CONFIG_NOSYSTEM": "1",
        ]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data("protocol=https\nhost=git.example:8443\n\n".utf8))
        try input.fileHandleForWriting.close()
        return String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
    #expect(answer?.contains("username=oauth2\npassword=glpat-value\n") == true, "\(answer ?? "nothing")")
  }
}
