import DockerEngine
import Foundation
import Testing

/// A folder with a `config.json` and helpers of its own; helpers are found by their names in the PATH.
private func withConfig(_ json: String, _ body: (RegistryCredentials) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "slipway-creds-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appending(path: "config.json")
  try Data(json.utf8).write(to: file)
  try await body(try RegistryCredentials(configPath: file.path))
}

/// Puts a helper program in a folder of the PATH for the length of `body`, under a name of its own.
private func withHelper(_ script: String, _ body: (String) async throws -> Void) async throws {
  let name = "slipway-test-\(UInt32.random(in: 0 ... .max))"
  let path = "/usr/local/bin/docker-credential-\(name)"
  try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
  defer { try? FileManager.default.removeItem(atPath: path) }
  try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  try await body(name)
}

@Suite(.timeLimit(.minutes(1))) struct CredentialTests {
  @Test(arguments: [
    ("web", RegistryCredentials.dockerHub), ("library/web:1", RegistryCredentials.dockerHub), ("docker.io/a/b", RegistryCredentials.dockerHub),
    ("r.io/a", "r.io"), ("localhost/a", "localhost"), ("box:5000/a:1", "box:5000"),
  ])
  func `An image's registry is its first part when that is a host`(image: String, registry: String) {
    #expect(RegistryCredentials.registry(ofImage: image) == registry)
  }

  @Test func `Entries are found by host, by URL and for Docker Hub`() async throws {
    let plain = Data("me:p:w".utf8).base64EncodedString()
    try await withConfig(
      #"{"auths":{"https://index.docker.io/v1/":{"auth":"\#(plain)"},"https://r.io/v2/":{"username":"u","password":"s"},"t.io":{"auth":"","identitytoken":"tok"},"e.io":{}}}"#
    ) { credentials in
      let hub = try await credentials.auth(forImage: "web:1")
      #expect(hub?.username == "me")
      #expect(hub?.secret == "p:w")
      #expect(try await credentials.auth(forImage: "r.io/web")?.secret == "s")
      #expect(try await credentials.auth(forImage: "t.io/web")?.secret == "tok")
      #expect(try await credentials.auth(forImage: "e.io/web") == nil)
      #expect(try await credentials.auth(forImage: "other.io/web") == nil)
    }
  }

  @Test func `The header is JSON in base64 with the URL alphabet`() throws {
    let auth = RegistryAuth(username: "ü?>", password: "ÿ~>?", serverAddress: "r.io")
    #expect(!auth.headerValue.contains("+") && !auth.headerValue.contains("/"))
    let standard = auth.headerValue.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    let fields = try JSONDecoder().decode([String: String].self, from: #require(Data(base64Encoded: standard)))
    #expect(fields == ["username": "ü?>", "password": "ÿ~>?", "serveraddress": "r.io"])
  }

  @Test func `Credentials print as dots`() {
    let auth = RegistryAuth(username: "me", password: "hunter2", serverAddress: "r.io")
    var dumped = ""
    dump(auth, to: &dumped)
    for text in ["\(auth)", String(reflecting: auth), dumped] { #expect(!text.contains("hunter2")) }
  }

  @Test func `A helper is asked for its registry and may answer a token`() async throws {
    try await withHelper(#"read server; echo "{\"ServerURL\":\"$server\",\"Username\":\"<token>\",\"Secret\":\"for-$server-$1\"}""#) { name in
      try await withConfig(#"{"credsStore":"\#(name)","auths":{"r.io":{}}}"#) { credentials in
        let found1 = try await credentials.auth(forImage: "r.io/web")
        #expect(found1 == RegistryAuth(identityToken: "for-r.io-get", serverAddress: "r.io"))
      }
      try await withConfig(#"{"credHelpers":{"r.io":"\#(name)"}}"#) { credentials in
        let found2 = try await credentials.auth(forImage: "r.io/web")
        #expect(found2?.secret == "for-r.io-get")
        let found3 = try await credentials.auth(forImage: "s.io/web")
        #expect(found3 == nil)
      }
    }
  }

  @Test func `A helper without credentials gives none and the file's entry is used`() async throws {
    try await withHelper("echo credentials not found in native keychain; exit 1") { name in
      try await withConfig(#"{"credsStore":"\#(name)","auths":{"r.io":{"username":"u","password":"s"}}}"#) { credentials in
        let found4 = try await credentials.auth(forImage: "r.io/web")
        #expect(found4?.secret == "s")
        let found5 = try await credentials.auth(forImage: "s.io/web")
        #expect(found5 == nil)
      }
    }
  }

  @Test(arguments: [
    ("echo broken >&2; echo locked; exit 3", "failed (3): locked"), ("echo not json", "not JSON"),
    ("exec yes", "more than 65536 bytes"), ("kill -9 $$", "failed (-9)"),
  ])
  func `A helper that fails is an error that names it`(script: String, reason: String) async throws {
    try await withHelper(script) { name in
      try await withConfig(#"{"credsStore":"\#(name)"}"#) { credentials in
        await #expect { try await credentials.auth(forImage: "r.io/web") } throws: { error in
          guard case EngineError.credentials("r.io", let text) = error else { return false }
          return text.contains(reason) && text.contains("docker-credential-\(name)")
        }
      }
    }
  }

  @Test(arguments: ["../evil", "a/b", "a b", "no-such-helper-anywhere"])
  func `A helper that cannot be is an error`(name: String) async throws {
    try await withConfig(#"{"credsStore":"\#(name)"}"#) { credentials in
      await #expect(throws: EngineError.self) { try await credentials.auth(forImage: "r.io/web") }
    }
  }

  @Test func `A missing file has no credentials and a broken one is an error with its path`() async throws {
    #expect(try await RegistryCredentials(configPath: "/nonexistent/config.json").auth(forImage: "web") == nil)
    await #expect { try await withConfig(#"{"auths":[]}"#) { _ in } } throws: { error in
      if case EngineError.credentials(_, let reason) = error { reason.contains("config.json") } else { false }
    }
    #expect(RegistryCredentials.standardPath(environment: ["DOCKER_CONFIG": "/x", "HOME": "/h"]) == "/x/config.json")
    #expect(RegistryCredentials.standardPath(environment: ["HOME": "/h"]) == "/h/.docker/config.json")
    #expect(RegistryCredentials.standardPath(environment: [:]) == nil)
  }
}
